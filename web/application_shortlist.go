package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

type shortlistPage struct {
	Vacancy store.Vacancy
	Rows    []candidateRow
	Zone    *time.Location
	May     bool
	Warn    string // too short for what is planned
}

// How many responses one interview takes, of about 100 viewed 15 to 20 are invited and 5 met
// (DOMAIN section 1): the shortlist should hold four for each place.
const shortlistPerPlace = 4

func (p *Pages) shortlist(c *fiber.Ctx) error {
	v, err := p.vacancyOf(c)
	if err != nil {
		return err
	}
	rows, err := p.rankOrder(c, v.ID)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	body := shortlistPage{Vacancy: v, May: p.recruits(c)}
	if body.Zone, err = time.LoadLocation(v.Zone); err != nil {
		return err
	}
	for i, a := range rows {
		row := rowOf(lang, a)
		row.Place, row.Last = i+1, i == len(rows)-1
		body.Rows = append(body.Rows, row)
	}
	if need := v.Headcount * shortlistPerPlace; v.State == store.VacancyOpen && len(rows) < need {
		body.Warn = i18n.T(lang, "shortlist.too_short", "n", len(rows), "need", need, "headcount", v.Headcount)
	}
	return p.Frame.HTML(c, fiber.StatusOK, "application/shortlist", Page{
		Title: p.Frame.T(c, "shortlist.title"), Lead: position(v.Title, v.City), Body: body,
		Crumbs: p.vacancyCrumbs(c, Crumb{v.Title, "/vacancies/" + v.ID.String()}),
	})
}

// maxShortlist bounds the shortlist that can be put in order by hand.
const maxShortlist = 1000

func (p *Pages) rankOrder(c *fiber.Ctx, vacancy uuid.UUID) ([]store.ApplicationRow, error) {
	filter := store.ApplicationFilter{Vacancy: vacancy, States: []hiring.State{hiring.Shortlisted}, ByRank: true}
	var all []store.ApplicationRow
	for page := (store.Page{Limit: store.MaxPage}); ; {
		rows, next, err := p.Reader.Applications(c.UserContext(), filter, page)
		if err != nil {
			return nil, err
		}
		if all = append(all, rows...); next == "" || len(all) >= maxShortlist {
			return all, nil
		}
		page.Cursor = next
	}
}

// moveInShortlist moves one person up, down or to the top of the order of invitation.
func (p *Pages) moveInShortlist(c *fiber.Ctx) error {
	v, err := p.vacancyOf(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "id", "to")
	by, err := p.by(c)
	if err != nil {
		return err
	}
	rows, err := p.rankOrder(c, v.ID)
	if err != nil {
		return err
	}
	at := "/vacancies/" + v.ID.String() + "/shortlist"
	from := -1
	for i, a := range rows {
		if a.ID.String() == form.Get("id") {
			from = i
		}
	}
	if from < 0 {
		return p.Frame.RedirectFlash(c, at, Flash{Key: "fault.not_shortlisted", Tone: Warning})
	}
	for id, rank := range reranked(rows, from, map[string]int{"up": max(from-1, 0), "down": min(from+1, len(rows)-1), "top": 0}[form.Get("to")]) {
		args := workflows.ShortlistArgs{Rank: &rank}
		if _, err := workflows.Do(c.UserContext(), p.Commands, workflows.Shortlist, id.String(), workflows.By{Actor: by.Actor, Key: keyFor(by.Key, id)}, args); err != nil {
			if fault.CodeOf(err) == "key_reused" { // sent twice: the first has moved it, from another place
				break
			}
			return p.after(c, at, Flash{}, err)
		}
	}
	return p.Frame.Redirect(c, at+"#"+rows[from].ID.String())
}

// rankStep leaves room between two ranks, so that most moves change one application.
const rankStep = 64

// reranked returns the ranks to be set so that the row at from stands at to: one, if its new neighbours
// leave room, else those of every row down to the lower of the two places.
func reranked(rows []store.ApplicationRow, from, to int) map[uuid.UUID]int {
	if from == to {
		return nil
	}
	order := make([]store.ApplicationRow, 0, len(rows))
	order = append(order, rows[:from]...)
	order = append(order, rows[from+1:]...)
	order = append(order[:to], append([]store.ApplicationRow{rows[from]}, order[to:]...)...)
	before, next := 0, 0
	known := true
	if to > 0 {
		if known = order[to-1].Rank != nil; known {
			before = *order[to-1].Rank
		}
	}
	switch {
	case to+1 < len(order) && order[to+1].Rank != nil:
		next = *order[to+1].Rank
	default:
		next = before + 2*rankStep
	}
	if known && next-before > 1 && next <= 100000 {
		return map[uuid.UUID]int{rows[from].ID: before + (next-before)/2}
	}
	out := map[uuid.UUID]int{}
	for i := range max(from, to) + 1 {
		if rank := (i + 1) * rankStep; order[i].Rank == nil || *order[i].Rank != rank {
			out[order[i].ID] = rank
		}
	}
	// Whoever follows with a rank of his own must still follow.
	for i := max(from, to) + 1; i < len(order) && order[i].Rank != nil && *order[i].Rank <= i*rankStep; i++ {
		out[order[i].ID] = (i + 1) * rankStep
	}
	return out
}
