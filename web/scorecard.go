package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func (p *Pages) scorecardRoutes(r auth.Routes) {
	r.Get("/scorecards", auth.Roles(scorers...), p.listScorecards)
	r.Get("/scorecards/:application", auth.Roles(scorers...).BySession(), p.showScorecard)
	r.Post("/scorecards/:application", auth.Roles(scorers...).BySession(), p.fileScorecard)
}

func (p *Pages) listScorecards(c *fiber.Ctx) error {
	me := auth.Of(c).StaffID
	open, err := p.Reader.ToScore(c.UserContext(), me)
	if err != nil {
		return err
	}
	filed, err := p.Reader.Scored(c.UserContext(), me)
	if err != nil {
		return err
	}
	// Whom he called, or met without a call, is his to score; the others of his sessions may be met by others.
	due := slices.DeleteFunc(slices.Clone(open), func(row store.ScoringRow) bool { return !row.Due() })
	rest := slices.DeleteFunc(open, store.ScoringRow.Due)
	body := struct{ Due, Rest, Filed []scoringRow }{scoringRows(due), scoringRows(rest), scoringRows(filed)}
	return p.Frame.HTML(c, fiber.StatusOK, "interview/scorecards", Page{Title: p.Frame.T(c, "decision.scorecards"), Body: body})
}

type scoringRow struct {
	store.ScoringRow
	Tone Tone
}

func scoringRows(rows []store.ScoringRow) []scoringRow {
	out := make([]scoringRow, len(rows))
	for i, row := range rows {
		out[i] = scoringRow{row, toneOf(row.State)}
	}
	return out
}

// Local is the zone of the meeting.
func (s scoringRow) Local() *time.Location { return zoneOf(s.Zone) }

type scorecardBody struct {
	Row      store.ScoringRow
	Criteria []criterionField
	Choices  []Option
	Cards    []cardView // what the reader may see
	Mine     bool       // he has filed
	Closed   string     // key of why a card cannot be filed now
	From     Crumb      // the interviewer's own screen while the session is on, else the list
}

type criterionField struct {
	Name    string // motivation
	Options []Option
}

func (p *Pages) showScorecard(c *fiber.Ctx) error {
	row, err := p.scorable(c)
	if err != nil {
		return err
	}
	return p.scorecardPage(c, fiber.StatusOK, row, nil)
}

// scorable returns the application in the path if the person asking met or meets it in his lanes; what
// others are to score is not there for him.
func (p *Pages) scorable(c *fiber.Ctx) (store.ScoringRow, error) {
	id, err := idIn(c, "application")
	if err != nil {
		return store.ScoringRow{}, err
	}
	row, ok, err := p.Reader.Scorable(c.UserContext(), auth.Of(c).StaffID, id)
	if err == nil && !ok {
		err = fault.Missing("application")
	}
	return row, err
}

func (p *Pages) scorecardPage(c *fiber.Ctx, status int, row store.ScoringRow, form *Form) error {
	body := scorecardBody{Row: row}
	if form == nil {
		form = NewForm(nil)
	}
	for _, name := range hiring.Criteria {
		field := criterionField{Name: name}
		for n := 5; n >= 1; n-- {
			score := strconv.Itoa(n)
			field.Options = append(field.Options, Option{Value: score, Label: score, Hint: p.Frame.T(c, "decision.anchor_"+name+"_"+score)})
		}
		body.Criteria = append(body.Criteria, field)
	}
	for _, d := range decisionsInOrder {
		body.Choices = append(body.Choices, Option{Value: string(d), Label: p.Frame.T(c, "decision.recommend_"+string(d))})
	}
	var err error
	body.Cards, body.Mine, err = p.cards(c, row.ApplicationID)
	if err != nil {
		return err
	}
	if !body.Mine && hiring.CheckScore(row.State) != nil {
		body.Closed = "decision.score_closed"
	}
	body.From = Crumb{Label: p.Frame.T(c, "decision.scorecards"), URL: "/scorecards"}
	session, err := p.Reader.InterviewRow(c.UserContext(), row.InterviewID)
	if err != nil {
		return err
	}
	if s := localRow(session); s.runs(auth.Of(c).StaffID) {
		body.From = Crumb{Label: p.Frame.T(c, "board.my_lane"), URL: sessionPath(s.ID) + "/lane"}
	}
	return p.Frame.HTML(c, status, "interview/scorecard", Page{Title: row.Name, Lead: row.VacancyTitle, Form: form, Body: body, Crumbs: []Crumb{body.From}})
}

// cardView is a scorecard as a page shows it.
type cardView struct {
	store.ScorecardRow
	Tone   Tone
	Scores []scoreView
}

type scoreView struct {
	Criterion string
	Score     int
	Note      string
}

// Mean is the average of the scores.
func (v cardView) Mean() float64 {
	sum := 0
	for _, s := range v.Scores {
		sum += s.Score
	}
	return float64(sum) / float64(max(len(v.Scores), 1))
}

// Summary is what the author wrote in the end.
func (v cardView) Summary() string { return v.Notes["summary"] }

func cardOf(row store.ScorecardRow) cardView {
	v := cardView{ScorecardRow: row, Tone: toneOf(row.Recommendation)}
	for _, name := range hiring.Criteria {
		v.Scores = append(v.Scores, scoreView{name, row.Scores[name], row.Notes[name]})
	}
	return v
}

// cards returns the scorecards of an application that the person asking may see, and whether one is his.
func (p *Pages) cards(c *fiber.Ctx, application uuid.UUID) (seen []cardView, mine bool, err error) {
	all, err := p.Reader.ScorecardRows(c.UserContext(), application)
	if err != nil {
		return nil, false, err
	}
	scores, err := p.Reader.Scores(c.UserContext(), auth.Of(c).StaffID, []uuid.UUID{application})
	if err != nil {
		return nil, false, err
	}
	who := auth.Of(c)
	visible, mine := visibleCards(who, all, scores[application])
	for _, row := range visible {
		seen = append(seen, cardOf(row))
	}
	return seen, mine, nil
}

// visibleCards keeps the cards that a reader may see; scores says that he is to file one himself.
func visibleCards(who auth.Principal, all []store.ScorecardRow, scores bool) (seen []store.ScorecardRow, mine bool) {
	mine = slices.ContainsFunc(all, func(s store.ScorecardRow) bool { return s.StaffID == who.StaffID })
	for _, row := range all {
		if staff.SeesScorecard(who.StaffID.String(), row.StaffID.String(), mine, scores, who.Roles) {
			seen = append(seen, row)
		}
	}
	return seen, mine
}

func (p *Pages) fileScorecard(c *fiber.Ctx) error {
	row, err := p.scorable(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form, args, notes := readScorecard(c)
	if !form.OK() {
		return p.scorecardPage(c, fiber.StatusUnprocessableEntity, row, form)
	}
	args.Staff = auth.Of(c).StaffID.String()
	path := "/scorecards/" + row.ApplicationID.String()
	if args.Note, err = p.document(c, who, "scorecard", "application/json", notes); err == nil {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.FileScorecard, row.ApplicationID.String(), who, args)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return p.Frame.RedirectFlash(c, path, Flash{Key: "flash.scorecard_filed"})
	case fault.CodeOf(err) == "already_filed":
		return p.Frame.RedirectFlash(c, path, Flash{Key: "fault.already_filed", Tone: Info})
	case kind == fault.Invalid && form.Take(err, p.Frame.Words(c, err)):
		return p.scorecardPage(c, fiber.StatusUnprocessableEntity, row, form)
	case kind == fault.Conflict, kind == fault.Pending, kind == fault.Unavailable: // what was typed stays
		form.Fault = p.Frame.Words(c, err)
		return p.scorecardPage(c, Status(kind), row, form)
	}
	return err
}

// readScorecard reads the form: every criterion scored, a recommendation, and the notes of hiring.CheckNotes.
func readScorecard(c *fiber.Ctx) (*Form, workflows.ScorecardArgs, []byte) {
	names := []string{"recommendation", "note_summary"}
	for _, name := range hiring.Criteria {
		names = append(names, "score_"+name, "note_"+name)
	}
	form := ReadForm(c, names...)
	args := workflows.ScorecardArgs{Scores: map[string]int{}, Recommendation: form.Get("recommendation")}
	notes := map[string]string{}
	for _, name := range hiring.Criteria {
		score, err := strconv.Atoi(form.Get("score_" + name))
		if err != nil || score < 1 || score > 5 {
			form.Add("score_"+name, "choose_one")
		} else {
			args.Scores[name] = score
		}
		if note := form.Get("note_" + name); note != "" {
			notes[name] = note
		}
	}
	if _, known := hiring.Reasons[hiring.Decision(args.Recommendation)]; !known {
		form.Add("recommendation", "choose_one")
	}
	if text := form.Get("note_" + hiring.SummaryNote); text != "" {
		notes[hiring.SummaryNote] = text
	}
	form.Take(hiring.CheckNotes("note_", args.Scores, notes), "")
	raw, _ := json.Marshal(notes) // strings only: cannot fail
	return form, args, raw
}

// document stores what was written, inert until the command links it; "" stores nothing.
func (p *Pages) document(c *fiber.Ctx, who workflows.By, kind, media string, body []byte) (string, error) {
	if len(body) == 0 {
		return "", nil
	}
	sum := sha256.Sum256(body) // a form sent again with other words must not find the first ones
	id, err := p.Catalog.PutDocument(c.UserContext(), store.Document{
		Key: who.Actor + "/" + who.Key + "/" + kind + "/" + hex.EncodeToString(sum[:16]), Kind: kind, Name: kind, MediaType: media, Body: body, CreatedAt: p.Now(),
	})
	return id.String(), err
}
