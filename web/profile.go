package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
)

func (p *Pages) profileRoutes(r auth.Routes) {
	r.Get("/profiles", onlookers, p.profiles)
	r.Get("/profiles/new", recruiters, p.profileForm)
	r.Post("/profiles", recruiters, p.saveProfile)
	r.Get("/profiles/:id", recruiters, p.profileForm)
	r.Post("/profiles/:id", recruiters, p.saveProfile)
	r.Post("/profiles/:id/archive", recruiters, p.archiveProfile)
	r.Get("/sources", onlookers, p.sources)
	r.Post("/sources", recruiters, p.saveSource)
	r.Get("/sources/:id", recruiters, p.sourceForm)
	r.Post("/sources/:id", recruiters, p.saveSource)
	r.Post("/sources/:id/archive", recruiters, p.archiveSource)
}

type profileList struct {
	Tabs     []Tab
	Search   string
	Archived bool
	Profiles []store.Profile
	Pager    Pager
	May      bool
}

func (p *Pages) profiles(c *fiber.Ctx) error {
	filter, page, form := catalogueFilter(c)
	list, next, err := p.Reader.Profiles(c.UserContext(), filter, page)
	if err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "profile/list", Page{
		Title: p.Frame.T(c, "profile.title"), Lead: p.Frame.T(c, "profile.lead"), Crumbs: p.vacancyCrumbs(c),
		Body: profileList{inUse(p.Frame.Lang(c), "/profiles", filter.Archived), filter.Text, filter.Archived, list, pagerOf("/profiles", form, next, len(list), "q", "archived"), p.recruits(c)},
	})
}

func (p *Pages) vacancyCrumbs(c *fiber.Ctx, more ...Crumb) []Crumb {
	return append([]Crumb{{Label: p.Frame.T(c, "nav.vacancies"), URL: "/vacancies"}}, more...)
}

// requirementRows is how many blank rows a profile's form offers beyond those filled.
const requirementRows = 4

type profilePage struct {
	ID       uuid.UUID
	Version  string
	Archived bool
	Rows     []int // of requirements
	Kinds    []Option
	Weights  []Option
}

func (p *Pages) profileForm(c *fiber.Ctx) error {
	if c.Params("id") == "" {
		return p.showProfile(c, fiber.StatusOK, store.Profile{}, NewForm(nil), requirementRows+2)
	}
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	profile, err := p.Reader.Profile(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := NewForm(map[string]string{
		"title": profile.Title, "duties": profile.Duties, "rights": profile.Rights, "liability": profile.Liability, "version": strconv.Itoa(profile.Version),
	})
	for i, r := range profile.Requirements {
		n := strconv.Itoa(i)
		form.Values["kind_"+n], form.Values["text_"+n], form.Values["weight_"+n] = r.Kind, r.Text, "should"
		if r.Must {
			form.Values["weight_"+n] = "must"
		}
	}
	return p.showProfile(c, fiber.StatusOK, profile, form, len(profile.Requirements)+requirementRows)
}

func (p *Pages) showProfile(c *fiber.Ctx, status int, profile store.Profile, form *Form, rows int) error {
	lang := p.Frame.Lang(c)
	body := profilePage{
		ID: profile.ID, Version: form.Get("version"), Archived: profile.ArchivedAt != nil,
		Kinds: keyed(lang, "profile.kind_", store.RequirementKinds), Weights: keyed(lang, "profile.", []string{"must", "should"}),
	}
	for i := range min(rows, store.MaxRequirements) {
		body.Rows = append(body.Rows, i)
	}
	title := p.Frame.T(c, "profile.new")
	if profile.ID != uuid.Nil {
		title = form.Get("title")
	}
	return p.Frame.HTML(c, status, "profile/form", Page{
		Title: title, Form: form, Body: body, Crumbs: p.vacancyCrumbs(c, Crumb{p.Frame.T(c, "profile.title"), "/profiles"}),
	})
}

func (p *Pages) saveProfile(c *fiber.Ctx) error {
	names := []string{"title", "duties", "rights", "liability", "version"}
	for i := range store.MaxRequirements {
		n := strconv.Itoa(i)
		names = append(names, "kind_"+n, "text_"+n, "weight_"+n)
	}
	form := ReadForm(c, names...)
	profile := store.Profile{Title: form.Get("title"), Duties: form.Get("duties"), Rights: form.Get("rights"), Liability: form.Get("liability")}
	if c.Params("id") != "" {
		id, err := idIn(c, "id")
		if err != nil {
			return err
		}
		profile.ID, profile.Version = id, whole(form, "version")
	}
	rows := 0
	for i := range store.MaxRequirements {
		n := strconv.Itoa(i)
		if text := strings.TrimSpace(form.Get("text_" + n)); text != "" {
			profile.Requirements = append(profile.Requirements, store.Requirement{Kind: form.Get("kind_" + n), Text: text, Must: form.Get("weight_"+n) == "must"})
		}
		if _, sent := form.Values["text_"+n]; sent {
			rows = i + 1
		}
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	if form.OK() {
		_, err = p.Catalog.SaveProfile(c.UserContext(), act, profile)
		if ok, err := p.saved(form, p.Frame.Lang(c), err, "title"); err != nil {
			return err
		} else if ok {
			return p.Frame.RedirectFlash(c, "/profiles", Flash{Key: "flash.saved"})
		}
	}
	return p.showProfile(c, fiber.StatusUnprocessableEntity, profile, form, rows)
}

func (p *Pages) archiveProfile(c *fiber.Ctx) error {
	return p.archive(c, "/profiles", p.Catalog.ArchiveProfile)
}

type sourceList struct {
	Sources []store.Source
	Kinds   []Option
	May     bool
}

func (p *Pages) sources(c *fiber.Ctx) error {
	return p.showSources(c, fiber.StatusOK, NewForm(map[string]string{"kind": "board"}))
}

func (p *Pages) showSources(c *fiber.Ctx, status int, form *Form) error {
	list, err := p.Reader.Sources(c.UserContext())
	if err != nil {
		return err
	}
	return p.Frame.HTML(c, status, "source/list", Page{
		Title: p.Frame.T(c, "source.title"), Lead: p.Frame.T(c, "source.lead"), Form: form, Crumbs: p.vacancyCrumbs(c),
		Body: sourceList{list, keyed(p.Frame.Lang(c), "source.kind_", store.SourceKinds), p.recruits(c)},
	})
}

type sourcePage struct {
	Source store.Source
	Kinds  []Option
}

func (p *Pages) sourceForm(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	source, err := p.Reader.Source(c.UserContext(), id)
	if err != nil {
		return err
	}
	return p.showSource(c, fiber.StatusOK, source, NewForm(map[string]string{"name": source.Name, "kind": source.Kind, "version": strconv.Itoa(source.Version)}))
}

func (p *Pages) showSource(c *fiber.Ctx, status int, source store.Source, form *Form) error {
	return p.Frame.HTML(c, status, "source/form", Page{
		Title: form.Get("name"), Form: form, Body: sourcePage{source, keyed(p.Frame.Lang(c), "source.kind_", store.SourceKinds)},
		Crumbs: p.vacancyCrumbs(c, Crumb{p.Frame.T(c, "source.title"), "/sources"}),
	})
}

func (p *Pages) saveSource(c *fiber.Ctx) error {
	form := ReadForm(c, "name", "kind", "version")
	source := store.Source{Name: form.Get("name"), Kind: form.Get("kind")}
	changing := c.Params("id") != ""
	if changing {
		id, err := idIn(c, "id")
		if err != nil {
			return err
		}
		source.ID, source.Version = id, whole(form, "version")
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	if form.OK() {
		_, err = p.Catalog.SaveSource(c.UserContext(), act, source)
		if ok, err := p.saved(form, p.Frame.Lang(c), err, "name"); err != nil {
			return err
		} else if ok {
			return p.Frame.RedirectFlash(c, "/sources", Flash{Key: "flash.saved"})
		}
	}
	if changing {
		return p.showSource(c, fiber.StatusUnprocessableEntity, source, form)
	}
	return p.showSources(c, fiber.StatusUnprocessableEntity, form)
}

func (p *Pages) archiveSource(c *fiber.Ctx) error {
	return p.archive(c, "/sources", p.Catalog.ArchiveSource)
}
