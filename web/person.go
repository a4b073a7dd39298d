package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func (p *Pages) personRoutes(r auth.Routes) {
	r.Get("/candidates/person/:id/compare", recruiters, p.comparePeople)
	r.Get("/candidates/:id/contact", recruiters, p.contactForm)
	r.Post("/candidates/:id/contact", recruiters, p.correctContact)
	r.Post("/candidates/person/:id/merge", recruiters, p.mergePeople)
	r.Post("/candidates/person/:id/unmerge", recruiters, p.unmergePerson)
	r.Post("/candidates/person/:id/distinct", recruiters, p.peopleDistinct)
}

// likeness is a person beside another.
type likeness struct {
	store.Person
	Merged       []store.Merged
	Applications []candidateRow
}

type comparePage struct {
	One, Other likeness
	Both       []string // vacancies to which both have an open application: one of them is to be closed
}

func (p *Pages) likeness(c *fiber.Ctx, id uuid.UUID) (l likeness, err error) {
	ctx := c.UserContext()
	if l.Person, err = p.Reader.Surviving(ctx, id); err != nil {
		return l, err
	}
	if l.Merged, err = p.Reader.MergedInto(ctx, l.ID); err != nil {
		return l, err
	}
	rows, _, err := p.Reader.Applications(ctx, store.ApplicationFilter{Person: l.ID}, store.Page{Limit: 50})
	for _, a := range rows {
		l.Applications = append(l.Applications, rowOf(p.Frame.Lang(c), a))
	}
	return l, err
}

// comparePeople shows two people side by side: are they one?
func (p *Pages) comparePeople(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	with, err := parseID(ReadQuery(c, "with").Get("with"))
	if err != nil {
		return err
	}
	var body comparePage
	if body.One, err = p.likeness(c, id); err != nil {
		return err
	}
	if body.Other, err = p.likeness(c, with); err != nil {
		return err
	}
	if body.One.ID == body.Other.ID { // somebody was quicker
		return p.Frame.RedirectFlash(c, p.pageOf(c, id), Flash{Key: "fault.same_person", Tone: Info})
	}
	for _, a := range body.One.Applications {
		for _, b := range body.Other.Applications {
			if a.VacancyID == b.VacancyID && goesOn(a.State) && goesOn(b.State) {
				body.Both = append(body.Both, position(a.VacancyTitle, a.VacancyCity))
			}
		}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "person/compare", Page{
		Title: p.Frame.T(c, "person.compare"), Lead: p.Frame.T(c, "person.compare_lead"), Body: body,
		Crumbs: []Crumb{{p.Frame.T(c, "nav.candidates"), "/candidates"}, {body.One.Name, p.pageOf(c, id)}},
	})
}

// mergedRow is a record merged into a person, with when and by whom in words.
type mergedRow struct {
	store.Merged
	By string
}

// sameInto gathers who is the same as the person of a page, and who may be.
func (p *Pages) sameInto(c *fiber.Ctx, body *candidatePage) (err error) {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	if body.Known, err = p.Reader.Surviving(ctx, body.Person.ID); err != nil {
		return err
	}
	if body.Probable, err = p.Reader.ProbablySame(ctx, body.Known); err != nil {
		return err
	}
	merged, err := p.Reader.MergedInto(ctx, body.Known.ID)
	for _, m := range merged {
		by := m.ByName
		if by == "" {
			by = i18n.T(lang, "application.by_program")
		}
		body.Merged = append(body.Merged, mergedRow{m, i18n.T(lang, "person.merged_by", "name", by, "when", i18n.Date(lang, m.MergedAt, p.Frame.opt.Zone))})
	}
	return err
}

// goesOn says that an application still waits for something.
func goesOn(s hiring.State) bool {
	switch s {
	case hiring.Decided, hiring.Withdrawn, hiring.Declined, hiring.NoAnswer, hiring.NoShow, hiring.Expired:
		return false
	}
	return true
}

// pageOf is the page of a person: of his latest application.
func (p *Pages) pageOf(c *fiber.Ctx, id uuid.UUID) string {
	rows, _, err := p.Reader.Applications(c.UserContext(), store.ApplicationFilter{Person: id}, store.Page{Limit: 1})
	if err != nil || len(rows) == 0 {
		return "/candidates"
	}
	return "/candidates/" + rows[0].ID.String()
}

// onPeople does something about the person of the path and (field other) another, and goes on with his page.
func (p *Pages) onPeople(c *fiber.Ctx, done string, do func(act store.Act, id, other uuid.UUID) (store.Readdressed, error)) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	out, err := do(act, id, uuidOf(ReadForm(c, "other").Get("other")))
	for _, session := range out.Nudge { // one that is being filled may invite him now
		p.Commands.Nudge(c.UserContext(), session)
	}
	if fault.CodeOf(err) == "key_reused" { // the form was sent again with the other choice
		err = fault.New(fault.Conflict, "same_person")
	}
	return p.after(c, p.pageOf(c, id), Flash{Key: done}, err)
}

// mergePeople makes one person of two; field keep says whose name both go on under.
func (p *Pages) mergePeople(c *fiber.Ctx) error {
	keep := uuidOf(ReadForm(c, "keep").Get("keep"))
	return p.onPeople(c, "flash.people_merged", func(act store.Act, id, other uuid.UUID) (store.Readdressed, error) {
		if keep == other {
			return p.Catalog.MergePeople(c.UserContext(), act, id, other)
		}
		return p.Catalog.MergePeople(c.UserContext(), act, other, id)
	})
}

func (p *Pages) unmergePerson(c *fiber.Ctx) error {
	return p.onPeople(c, "flash.person_unmerged", func(act store.Act, id, _ uuid.UUID) (store.Readdressed, error) {
		return p.Catalog.UnmergePerson(c.UserContext(), act, id)
	})
}

func (p *Pages) peopleDistinct(c *fiber.Ctx) error {
	return p.onPeople(c, "flash.people_distinct", func(act store.Act, id, other uuid.UUID) (store.Readdressed, error) {
		return store.Readdressed{}, p.Catalog.PeopleDistinct(c.UserContext(), act, id, other)
	})
}
