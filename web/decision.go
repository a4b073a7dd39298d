package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/hiring"
)

func (p *Pages) decisionRoutes(r auth.Routes) {
	r.Get("/decisions", auth.Roles(deciders...), p.listDecisions)
	r.Get("/decisions/:application", auth.Roles(deciders...), p.showDecision)
	r.Post("/decisions/:application", auth.Roles(deciders...), p.decide)
	r.Post("/decisions/:application/undo", auth.Roles(deciders...), p.takeBack)
}

var decisionsInOrder = []hiring.Decision{hiring.Hire, hiring.Reserve, hiring.Reject}

type decisionList struct {
	Tabs    []Tab
	Done    bool // the list of what is decided
	Form    *Form
	Choices []Option // vacancies
	Session *meeting
	Rows    []comparedRow
	Heads   []string // the criteria
	Decided []decidedRow
	Just    *decidedRow // decided a moment ago, to be undone
	Within  within
	Pager   Pager
}

// within is the part of the list somebody works through, a session's or a vacancy's people. It goes along to
// each person and back, so that the next one is at hand.
type within struct{ Vacancy, Session uuid.UUID }

func withinOf(c *fiber.Ctx) within {
	return within{uuidOf(c.Query("vacancy")), uuidOf(c.Query("session"))}
}

// To adds it to a path.
func (w within) To(path string, more ...any) (string, error) {
	pairs := append([]any{"vacancy", orEmpty(w.Vacancy), "session", orEmpty(w.Session)}, more...)
	return address(path, pairs...)
}

// orEmpty writes an id, and nothing for uuid.Nil.
func orEmpty(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// comparedRow is one person of a comparison.
type comparedRow struct {
	store.ApplicationRow
	Local  *time.Location
	Tone   Tone
	Cards  []cardView // those the reader may see
	Hidden int        // filed, but not for his eyes before he has filed his own
	Blind  bool       // he is to file one
}

// Mean is the average of all the scores to be seen; 0 without any.
func (r comparedRow) Mean() float64 {
	sum := 0.0
	for _, card := range r.Cards {
		sum += card.Mean()
	}
	return sum / float64(max(len(r.Cards), 1))
}

// Cell gathers the scores of one criterion, in the order of the cards.
func (r comparedRow) Cell(criterion string) []int {
	var out []int
	for _, card := range r.Cards {
		out = append(out, card.ScorecardRow.Scores[criterion])
	}
	return out
}

type decidedRow struct {
	store.DecisionRow
	Local *time.Location
	Tone  Tone
	Undo  bool
	Told  bool // the mail has gone: undoing it tells the person that it was a mistake
}

func decidedOf(d store.DecisionRow) decidedRow {
	return decidedRow{d, zoneOf(d.VacancyZone), toneOf(d.Decision.Decision), hiring.CheckUndoDecision(d.State) == nil, d.MailState == "sent"}
}

func (p *Pages) listDecisions(c *fiber.Ctx) error {
	ctx := c.UserContext()
	filter := ReadQuery(c, "vacancy", "session", "view", "cursor")
	body := decisionList{Done: filter.Get("view") == "decided", Form: filter, Heads: hiring.Criteria, Within: withinOf(c)}
	vacancy, session := body.Within.Vacancy, body.Within.Session
	if session != uuid.Nil {
		row, err := p.Reader.InterviewRow(ctx, session)
		if err != nil {
			return err
		}
		local := localRow(row)
		body.Session = &local
	}
	if id := uuidOf(c.Query("done")); id != uuid.Nil {
		if list, _, err := p.Reader.Decisions(ctx, store.DecisionFilter{Application: id}, store.Page{Limit: 1}); err != nil {
			return err
		} else if len(list) > 0 {
			just := decidedOf(list[0])
			body.Just = &just
		}
	}
	next, err := "", error(nil)
	page := store.Page{Cursor: filter.Get("cursor"), Limit: 50}
	if body.Done {
		next, err = p.decidedInto(ctx, &body, store.DecisionFilter{Vacancy: vacancy, Interview: session}, page)
	} else {
		next, err = p.compareInto(c, &body, store.ApplicationFilter{Vacancy: vacancy, Interview: session, States: []hiring.State{hiring.Interviewed}}, page)
	}
	if err != nil {
		return err
	}
	open, _ := body.Within.To("/decisions")
	done, _ := body.Within.To("/decisions", "view", "decided")
	body.Tabs = []Tab{
		{Label: p.Frame.T(c, "decision.to_decide"), URL: open, Active: !body.Done},
		{Label: p.Frame.T(c, "decision.decided"), URL: done, Active: body.Done},
	}
	if body.Choices, err = p.vacancyOptions(ctx, ""); err != nil {
		return err
	}
	body.Choices = append([]Option{{Value: "", Label: p.Frame.T(c, "decision.all_vacancies")}}, body.Choices...)
	if body.Pager, err = forwardPager("/decisions", page.Cursor, next, "vacancy", orEmpty(vacancy), "session", orEmpty(session), "view", filter.Get("view")); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "interview/decisions", Page{Title: p.Frame.T(c, "decision.title"), Body: body, Wide: true})
}

func (p *Pages) decidedInto(ctx context.Context, body *decisionList, f store.DecisionFilter, page store.Page) (string, error) {
	list, next, err := p.Reader.Decisions(ctx, f, page)
	for _, d := range list {
		body.Decided = append(body.Decided, decidedOf(d))
	}
	return next, err
}

// compareInto puts the people side by side, the best of the page first by the scores that the reader
// may see: an order by hidden ones would tell them.
func (p *Pages) compareInto(c *fiber.Ctx, body *decisionList, f store.ApplicationFilter, page store.Page) (string, error) {
	list, next, err := p.Reader.Applications(c.UserContext(), f, page)
	if err != nil {
		return "", err
	}
	body.Rows, err = p.candidates(c, list)
	slices.SortStableFunc(body.Rows, func(a, b comparedRow) int { return cmp.Compare(b.Mean(), a.Mean()) })
	return next, err
}

func (p *Pages) candidates(c *fiber.Ctx, list []store.ApplicationRow) ([]comparedRow, error) {
	who := auth.Of(c)
	ids := make([]uuid.UUID, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	cards, err := p.Reader.ScorecardsOf(c.UserContext(), ids)
	if err != nil {
		return nil, err
	}
	scores, err := p.Reader.Scores(c.UserContext(), who.StaffID, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]comparedRow, len(list))
	for i, a := range list {
		seen, mine := visibleCards(who, cards[a.ID], scores[a.ID])
		rows[i] = comparedRow{
			ApplicationRow: a, Local: zoneOf(a.BookingZone), Tone: toneOf(a.State),
			Hidden: len(cards[a.ID]) - len(seen), Blind: scores[a.ID] && !mine,
		}
		for _, card := range seen {
			rows[i].Cards = append(rows[i].Cards, cardOf(card))
		}
	}
	return rows, nil
}
