package web

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

func (p *Pages) applicationRoutes(r auth.Routes) {
	r.Get("/candidates", onlookers, p.applications)
	r.Post("/candidates/search", onlookers, p.searchApplications)
	r.Post("/candidates/selected", recruiters, p.selected)
	r.Get("/candidates/:id", onlookers, p.application)
	r.Post("/candidates/:id/shortlist", recruiters, p.shortlistOne)
	r.Post("/candidates/:id/unshortlist", recruiters, p.unshortlistOne)
	r.Post("/candidates/:id/undo", recruiters, p.undoDecision)
	r.Get("/vacancies/:id/shortlist", onlookers, p.shortlist)
	r.Post("/vacancies/:id/shortlist/move", recruiters, p.moveInShortlist)
}

// candidateRow is an application as the list shows it.
type candidateRow struct {
	store.ApplicationRow
	Tone         Tone
	Status       string // words
	CanShortlist bool
	CanUnshort   bool
	CanReject    bool
	Place        int  // in the shortlist, from 1
	Last         bool // of the shortlist
}

func rowOf(lang string, a store.ApplicationRow) candidateRow {
	row := candidateRow{
		ApplicationRow: a, Tone: toneOf(a.State), Status: i18n.T(lang, "status."+string(a.State)),
		CanShortlist: hiring.CheckShortlist(a.State) == nil, CanUnshort: a.State == hiring.Shortlisted,
		CanReject: hiring.CheckDecide(a.State, hiring.Reject, 0) == nil,
	}
	if a.State == hiring.Decided {
		row.Status = i18n.T(lang, "status."+string(a.Decision))
		row.Tone = toneOf(a.Decision)
	}
	return row
}

type candidateList struct {
	Tabs      []Tab
	Rows      []candidateRow
	Pager     Pager
	Vacancies []Option
	Sources   []Option
	States    []Option
	Reasons   []Option // to reject
	Search    string
	Back      string // the list's own address, without anything personal
	Vacancy   string
	Any       bool // a filter is set
	May       bool
	Found     int
	Many      bool              // a search met more than it shows
	Filter    map[string]string // of the list, for "all that match"
	Match     int               // how many match, if that is more than the page shows
	TooMany   int               // more match than may be chosen at once: this many
}

// listFilters are what an address of the list may carry; a name searched for is posted instead.
var listFilters = []string{"vacancy", "state", "source", "batch"}

func (p *Pages) applications(c *fiber.Ctx) error {
	form := ReadQuery(c, append(listFilters, "cursor")...)
	return p.showApplications(c, form, "")
}

// searchApplications answers a posted search with the list itself: the text is a name, an address or a
// number and must not stand in an address.
func (p *Pages) searchApplications(c *fiber.Ctx) error {
	form := ReadForm(c, append(listFilters, "text")...)
	return p.showApplications(c, form, form.Get("text"))
}

const searchLimit = 100

func filterOf(form *Form, text string) store.ApplicationFilter {
	f := store.ApplicationFilter{Vacancy: uuidOf(form.Get("vacancy")), Source: uuidOf(form.Get("source")), Batch: uuidOf(form.Get("batch")), Text: text}
	if s := hiring.State(form.Get("state")); slices.Contains(hiring.States, s) {
		f.States = []hiring.State{s}
	}
	return f
}

// beyond says how many match in all, where the page does not show them all.
func (b *candidateList) beyond(ctx context.Context, r *store.Reader, form *Form, filter store.ApplicationFilter) error {
	b.Filter = map[string]string{"text": filter.Text}
	for _, name := range listFilters {
		b.Filter[name] = form.Get(name)
	}
	n, err := r.CountMatching(ctx, filter, store.MaxBulk+1)
	switch {
	case n > store.MaxBulk:
		b.TooMany = store.MaxBulk
	case n > len(b.Rows):
		b.Match = n
	}
	return err
}

func (p *Pages) showApplications(c *fiber.Ctx, form *Form, text string) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	filter := filterOf(form, text)
	page := store.Page{Cursor: form.Get("cursor")}
	if text != "" {
		page = store.Page{Limit: searchLimit}
	}
	rows, next, err := p.Reader.Applications(ctx, filter, page)
	if err != nil {
		return err
	}
	body := candidateList{
		Search: text, May: p.recruits(c), Vacancy: form.Get("vacancy"), Any: text != "" || filter.Vacancy != uuid.Nil || filter.Source != uuid.Nil || len(filter.States) > 0 || filter.Batch != uuid.Nil,
		Pager: pagerOf("/candidates", form, next, len(rows), listFilters...), Found: len(rows), Many: text != "" && next != "",
	}
	if text != "" {
		body.Pager = Pager{Rows: len(rows)}
	}
	body.Back, err = address("/candidates", "vacancy", form.Get("vacancy"), "state", form.Get("state"), "source", form.Get("source"), "batch", form.Get("batch"), "cursor", form.Get("cursor"))
	if err != nil {
		return err
	}
	for _, a := range rows {
		body.Rows = append(body.Rows, rowOf(lang, a))
	}
	if body.May && (next != "" || page.Cursor != "") {
		if err := body.beyond(ctx, p.Reader, form, filter); err != nil {
			return err
		}
	}
	if err := p.listChoices(c, &body, form, filter); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "application/list", Page{Title: p.Frame.T(c, "nav.candidates"), Form: form, Body: body})
}

// listChoices fills the filters and the tabs with their counts.
func (p *Pages) listChoices(c *fiber.Ctx, body *candidateList, form *Form, filter store.ApplicationFilter) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	vacancies, _, err := p.Reader.Vacancies(ctx, store.VacancyFilter{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return err
	}
	body.Reasons = keyed(lang, "reason.", hiring.Reasons[hiring.Reject])
	body.Vacancies = []Option{{Value: "", Label: i18n.T(lang, "application.all_vacancies")}}
	for _, v := range vacancies {
		body.Vacancies = append(body.Vacancies, Option{Value: v.ID.String(), Label: position(v.Title, v.City)})
	}
	sources, err := p.Reader.Sources(ctx)
	if err != nil {
		return err
	}
	body.Sources = []Option{{Value: "", Label: i18n.T(lang, "application.all_sources")}}
	for _, s := range sources {
		body.Sources = append(body.Sources, Option{Value: s.ID.String(), Label: s.Name})
	}
	counts, err := p.Reader.CountByState(ctx, filter.Vacancy)
	if err != nil {
		return err
	}
	link := func(state string) string {
		to, _ := address("/candidates", "vacancy", form.Get("vacancy"), "source", form.Get("source"), "state", state) // pairs: no fault
		return to
	}
	all := 0
	for _, n := range counts {
		all += n
	}
	body.Tabs = []Tab{{Label: i18n.T(lang, "application.all"), URL: link(""), Active: form.Get("state") == "", Count: all}}
	for _, s := range hiring.States {
		if n := counts[s]; n > 0 || form.Get("state") == string(s) {
			body.Tabs = append(body.Tabs, Tab{Label: capital(i18n.T(lang, "status."+string(s))), URL: link(string(s)), Active: form.Get("state") == string(s), Count: n})
		}
	}
	return nil
}
