package web

import (
	"context"
	"slices"
	"strings"
	"time"

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

type candidatePage struct {
	candidateRow
	Person     store.Person
	Note       store.ResponseNote
	Zone       *time.Location // the vacancy's
	Bookings   []bookingRow
	Mails      []mailRow
	Events     []Event
	Others     []candidateRow
	Probable   []store.Person
	Known      store.Person // whom the record was merged into, else the record's own
	Merged     []mergedRow
	Twice      string // another open application of the person for this vacancy
	May        bool
	CanUndo    bool
	Experience string
	More       map[string]any // what other processes add; see applicationMore
}

type bookingRow struct {
	store.BookingRow
	Place  *time.Location
	Tone   Tone
	Status string
}

type mailRow struct {
	At     time.Time // sent or dropped, else due
	Kind   string
	Status string
	Tone   Tone
}

// applicationMore is what processes after intake show on an application's page (scorecards, decisions):
// templates/parts/application_more.html renders it with the page as its dot.
var applicationMore = func(*Pages, *fiber.Ctx, store.ApplicationRow) (map[string]any, error) { return nil, nil }

func (p *Pages) application(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	a, err := p.Reader.ApplicationRow(ctx, id)
	if err != nil {
		return err
	}
	body := candidatePage{candidateRow: rowOf(lang, a), May: p.recruits(c), CanUndo: hiring.CheckUndoDecision(a.State) == nil}
	if body.Zone, err = time.LoadLocation(a.VacancyZone); err != nil {
		return err
	}
	if body.Person, err = p.Reader.Person(ctx, a.PersonID); err != nil {
		return err
	}
	if body.Note, err = p.Reader.ResponseNoteOf(ctx, a.Application); err != nil {
		return err
	}
	if m := body.Note.ExperienceMonths; m != nil {
		body.Experience = i18n.T(lang, "application.experience_months", "n", *m)
		if *m >= 12 {
			body.Experience = i18n.T(lang, "span.year", "n", *m/12)
		}
	}
	if err := p.sameInto(c, &body); err != nil {
		return err
	}
	others, _, err := p.Reader.Applications(ctx, store.ApplicationFilter{Person: a.PersonID}, store.Page{Limit: 50})
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != id && o.VacancyID == a.VacancyID && open(a.State) && open(o.State) {
			body.Twice = o.ID.String()
		}
		if o.ID != id {
			body.Others = append(body.Others, rowOf(lang, o))
		}
	}
	if err := p.applicationHistory(c, id, &body); err != nil {
		return err
	}
	if body.More, err = applicationMore(p, c, a); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "application/show", Page{
		Title: a.Name, Lead: position(a.VacancyTitle, a.VacancyCity), Body: body,
		Crumbs: []Crumb{{p.Frame.T(c, "nav.candidates"), "/candidates?vacancy=" + a.VacancyID.String()}},
	})
}

func (p *Pages) applicationHistory(c *fiber.Ctx, id uuid.UUID, body *candidatePage) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	bookings, err := p.Reader.BookingRows(ctx, id)
	if err != nil {
		return err
	}
	for _, b := range bookings {
		zone, err := time.LoadLocation(b.Zone)
		if err != nil {
			return err
		}
		body.Bookings = append(body.Bookings, bookingRow{b, zone, toneOf(b.State), i18n.T(lang, "status."+string(b.State))})
	}
	mails, err := p.Reader.ApplicationMails(ctx, id)
	if err != nil {
		return err
	}
	for _, m := range mails {
		row := mailRow{At: m.DueAt, Kind: m.Kind, Status: i18n.T(lang, "application.mail_"+m.State), Tone: map[string]Tone{"sent": Success, "queued": Info, "failed": Danger}[m.State]}
		if m.SettledAt != nil {
			row.At = *m.SettledAt
		}
		if key := "application.mail_kind_" + m.Kind; i18n.Has(key) {
			row.Kind = i18n.T(lang, key)
		}
		body.Mails = append(body.Mails, row)
	}
	events, err := p.Reader.JournalOf(ctx, "application/"+id.String())
	if err != nil {
		return err
	}
	for _, e := range events {
		body.Events = append(body.Events, p.event(c, e))
	}
	first := Event{At: body.RespondedAt, Title: i18n.T(lang, "application.responded"), Icon: "inbox", Tone: Info}
	if body.SourceName != "" {
		first.Text = body.SourceName
	}
	if body.BatchID != nil {
		first.Text = i18n.T(lang, "application.by_import")
	}
	if n := len(events); n == 0 || events[n-1].Step != "application.respond" {
		body.Events = append(body.Events, first)
	}
	return nil
}

// event is a journal row in words.
func (p *Pages) event(c *fiber.Ctx, e store.JournalEvent) Event {
	lang := p.Frame.Lang(c)
	out := Event{At: e.At, Title: e.Step, Text: e.Name}
	if key := "journal." + e.Step; i18n.Has(key) {
		out.Title = i18n.T(lang, key)
	}
	if e.Step == "application.advance" || e.Step == "application.decide" {
		if key := "status." + e.Code; i18n.Has(key) {
			out.Title = i18n.T(lang, key)
		}
	}
	switch {
	case e.Actor == "system":
		out.Text, out.Icon = i18n.T(lang, "application.by_system"), "zap"
	case strings.HasPrefix(e.Actor, "candidate/"):
		out.Text, out.Icon = i18n.T(lang, "application.by_candidate"), "user"
	case strings.HasPrefix(e.Actor, "form/"):
		out.Text, out.Icon = i18n.T(lang, "application.by_form"), "globe"
	case e.Name == "":
		out.Text = i18n.T(lang, "application.by_program")
	}
	return out
}
