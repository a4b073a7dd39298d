package web

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func (p *Pages) auditRoutes(r auth.Routes) {
	r.Get("/audit", auth.Roles(staff.Admin, staff.HR, staff.Director), p.audit)
}

// auditBody is the journal in words. A step's words are the catalogue's "journal.<step>"; the list of
// steps to filter by is all of those keys, so an area that adds a step adds its words and is done.
type auditBody struct {
	Rows                 []auditRow
	Actors, Kinds, Steps []Option
	Pager                Pager
	Filtered             bool
}

type auditRow struct {
	store.JournalRow
	Who, What, Note   string
	Subject, Kind     string
	URL               string // of the subject's page, if there is one
	ActorKind, Filter string // Filter is the address of the subject's own history
}

// subjectPages are the pages of subjects by kind; the first that this server has is linked.
var subjectPages = map[string][]string{
	"application": {"/applications/:id", "/candidates/:id"},
	"interview":   {"/sessions/:id", "/interviews/:id"},
	"vacancy":     {"/vacancies/:id"},
	"profile":     {"/profiles/:id"},
	"venue":       {"/venues/:id"},
	"source":      {"/sources/:id"},
	"intake":      {"/imports/:id", "/intake/:id"},
	"staff":       {"/people/:id"},
}

func (p *Pages) audit(c *fiber.Ctx) error {
	form := ReadQuery(c, "actor", "kind", "step", "subject", "cursor")
	q := store.JournalQuery{Actor: form.Get("actor"), Kind: form.Get("kind"), Step: form.Get("step"), Subject: form.Get("subject"), Cursor: form.Get("cursor")}
	ctx := c.UserContext()
	rows, next, err := p.Reader.JournalList(ctx, q)
	if err != nil {
		return err
	}
	var named []string
	for _, r := range rows {
		named = append(named, r.Subject, r.Actor)
	}
	slices.Sort(named)
	labels, err := p.Reader.Labels(ctx, slices.Compact(named))
	if err != nil {
		return err
	}
	people, _, err := p.Reader.StaffList(ctx, store.StaffQuery{Limit: 200})
	if err != nil {
		return err
	}
	body := auditBody{Filtered: q.Actor+q.Kind+q.Step+q.Subject != ""}
	for _, r := range rows {
		body.Rows = append(body.Rows, p.auditRow(c, r, labels))
	}
	every := p.Frame.T(c, "audit.everything")
	body.Actors = []Option{{Label: p.Frame.T(c, "audit.everybody")}, {Value: "system", Label: p.Frame.T(c, "audit.system")}, {Value: "candidate", Label: p.Frame.T(c, "audit.candidates")}}
	for _, s := range people {
		body.Actors = append(body.Actors, Option{Value: "staff/" + s.ID.String(), Label: s.Name})
	}
	body.Kinds, body.Steps = []Option{{Label: every}}, []Option{{Label: every}}
	for _, key := range i18n.Keys() {
		if kind, ok := strings.CutPrefix(key, "audit.kind_"); ok {
			body.Kinds = append(body.Kinds, Option{Value: kind, Label: p.Frame.T(c, key)})
		}
		if step, ok := strings.CutPrefix(key, "journal."); ok {
			kind, _, _ := strings.Cut(step, ".")
			body.Steps = append(body.Steps, Option{Value: step, Label: p.kindName(c, kind) + ": " + p.Frame.T(c, key)})
		}
	}
	on := func(cursor string) string {
		to, _ := address("/audit", "actor", q.Actor, "kind", q.Kind, "step", q.Step, "subject", q.Subject, "cursor", cursor) // pairs: no fault
		return to
	}
	if next != "" {
		body.Pager.Next = on(next)
	}
	if q.Cursor != "" {
		body.Pager.First = on("")
	}
	return p.Frame.HTML(c, fiber.StatusOK, "account/audit", Page{
		Title: p.Frame.T(c, "nav.audit"), Lead: p.Frame.T(c, "audit.lead"), Form: form, Body: body,
	})
}

func (p *Pages) kindName(c *fiber.Ctx, kind string) string {
	if key := "audit.kind_" + kind; i18n.Has(key) {
		return p.Frame.T(c, key)
	}
	return kind
}

func (p *Pages) auditRow(c *fiber.Ctx, r store.JournalRow, labels store.Labels) auditRow {
	row := auditRow{JournalRow: r, Who: labels.Names[r.Actor]}
	row.ActorKind, _, _ = strings.Cut(r.Actor, "/")
	if row.Who == "" {
		row.Who = p.Frame.T(c, "audit.gone")
		if r.Actor == "system" {
			row.Who = p.Frame.T(c, "audit.system")
		}
	}
	kind, id, _ := strings.Cut(r.Subject, "/")
	row.Kind = p.kindName(c, kind)
	row.Subject = labels.Names[r.Subject]
	if at, ok := labels.Times[r.Subject]; ok {
		zone := auth.Of(c).Location()
		row.Subject = i18n.DateTime(p.Frame.Lang(c), at, zone)
	}
	if row.Subject == "" {
		row.Subject = row.Kind
	}
	for _, path := range subjectPages[kind] {
		if p.Frame.paths(c.App())[path] && (kind != "staff" || auth.Of(c).Has(staff.Admin)) {
			row.URL = strings.Replace(path, ":id", id, 1)
			break
		}
	}
	row.Filter, _ = address("/audit", "subject", r.Subject) // pairs: no fault
	row.What, row.Note = p.step(c, r), p.note(c, r)
	return row
}

// step is what was done in words; the code itself for a step that has none yet.
func (p *Pages) step(c *fiber.Ctx, r store.JournalRow) string {
	what := automatic(r)
	if what == hiring.DoExpire { // not every invitation whose time comes was sent
		var answer struct{ Code string }
		err := json.Unmarshal(r.Result, &answer)
		if key := "status." + answer.Code; err == nil && answer.Code != string(hiring.BookingNoAnswer) && i18n.Has(key) {
			return p.Frame.T(c, key)
		}
	}
	if what = "audit.do_" + what; i18n.Has(what) {
		return p.Frame.T(c, what)
	}
	if key := "journal." + r.Step; i18n.Has(key) {
		return p.Frame.T(c, key)
	}
	return r.Step
}

// automatic is what a process did by itself: its key is id/what/occasion.
func automatic(r store.JournalRow) string {
	if r.Actor != "system" || !strings.HasSuffix(r.Step, ".advance") {
		return ""
	}
	_, id, _ := strings.Cut(r.Subject, "/")
	what, _, _ := strings.Cut(strings.TrimPrefix(r.Key, id+"/"), "/")
	return what
}

// note says which parts of an account, or of what is known of a person, were changed.
func (p *Pages) note(c *fiber.Ctx, r store.JournalRow) string {
	prefix := map[string]string{"staff.change": "people.column_", "person.correct": "application."}[r.Step]
	if prefix == "" {
		return ""
	}
	var result struct{ Changed []string }
	if json.Unmarshal(r.Result, &result) != nil {
		return ""
	}
	var words []string
	for _, what := range result.Changed {
		if key := prefix + what; i18n.Has(key) {
			words = append(words, p.Frame.T(c, key))
		}
	}
	return i18n.List(p.Frame.Lang(c), words)
}
