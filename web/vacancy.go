package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func (p *Pages) vacancyRoutes(r auth.Routes) {
	r.Get("/vacancies", onlookers, p.vacancies)
	r.Get("/vacancies/new", recruiters, p.vacancyForm)
	r.Post("/vacancies", recruiters, p.saveVacancy)
	r.Get("/vacancies/:id", onlookers, p.vacancy)
	r.Get("/vacancies/:id/edit", recruiters, p.vacancyForm)
	r.Post("/vacancies/:id", recruiters, p.saveVacancy)
	r.Post("/vacancies/:id/state", recruiters, p.setVacancyState)
}

var vacancyStates = []string{store.VacancyOpen, store.VacancyDraft, store.VacancyClosed}

type vacancyList struct {
	Tabs   []Tab
	Search string
	State  string
	Rows   []store.VacancyRow
	Pager  Pager
	May    bool
	Any    bool // a filter is set
}

func (p *Pages) vacancies(c *fiber.Ctx) error {
	form := ReadQuery(c, "q", "state", "cursor")
	lang := p.Frame.Lang(c)
	state := form.Get("state")
	tabs := []Tab{{Label: i18n.T(lang, "vacancy.state_all"), URL: "/vacancies", Active: state == ""}}
	for _, s := range vacancyStates {
		tabs = append(tabs, Tab{Label: i18n.T(lang, "vacancy.state_"+s), URL: "/vacancies?state=" + s, Active: state == s})
	}
	rows, next, err := p.Reader.Vacancies(c.UserContext(), store.VacancyFilter{State: state, Text: form.Get("q")}, store.Page{Cursor: form.Get("cursor")})
	if err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "vacancy/list", Page{
		Title: p.Frame.T(c, "vacancy.title"),
		Body: vacancyList{
			tabs, form.Get("q"), state, rows, pagerOf("/vacancies", form, next, len(rows), "q", "state"),
			p.recruits(c), form.Get("q") != "" || state != "",
		},
	})
}

type vacancyPage struct {
	Vacancy    store.Vacancy
	Profile    store.Profile
	Stats      []Stat
	Sources    []sourceRow
	Batches    []store.Batch
	Apply      string // address of the public form
	May        bool
	OtherState []string
}

// sourceRow is what a source brought, with the prices; zero price where nobody came yet.
type sourceRow struct {
	store.SourceResult
	PerResponse, PerArrival, PerHire int64
	Link                             string // the public form counting for this source
}

func per(cost int64, n int) int64 {
	if n == 0 {
		return 0
	}
	return (cost + int64(n)/2) / int64(n)
}

func (p *Pages) vacancy(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	v, err := p.Reader.Vacancy(ctx, id)
	if err != nil {
		return err
	}
	body := vacancyPage{Vacancy: v, May: p.recruits(c)}
	if body.Profile, err = p.Reader.Profile(ctx, v.ProfileID); err != nil {
		return err
	}
	counts, err := p.Reader.CountByState(ctx, id)
	if err != nil {
		return err
	}
	body.Stats = vacancyStats(p.Frame.Lang(c), id, counts)
	results, err := p.Reader.SourceResults(ctx, id)
	if err != nil {
		return err
	}
	if v.Public && v.State == store.VacancyOpen {
		body.Apply = p.PublicURL + "/apply/" + id.String()
	}
	for _, r := range results {
		row := sourceRow{SourceResult: r, PerResponse: per(r.CostMinor, r.Responses), PerArrival: per(r.CostMinor, r.Arrived), PerHire: per(r.CostMinor, r.Hired)}
		if body.Apply != "" && r.SourceID != nil {
			row.Link = body.Apply + "?source=" + r.SourceID.String()
		}
		body.Sources = append(body.Sources, row)
	}
	if body.Batches, _, err = p.Reader.Batches(ctx, &id, store.Page{Limit: 5}); err != nil {
		return err
	}
	for _, s := range vacancyStates {
		if s != v.State {
			body.OtherState = append(body.OtherState, s)
		}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "vacancy/show", Page{
		Title: v.Title, Lead: v.City, Crumbs: p.vacancyCrumbs(c), Body: body,
	})
}

// vacancyStats is the funnel as figures that lead to the lists.
func vacancyStats(lang string, id uuid.UUID, counts map[hiring.State]int) []Stat {
	link := "/candidates?vacancy=" + id.String()
	all := 0
	for _, n := range counts {
		all += n
	}
	out := []Stat{{Label: i18n.T(lang, "vacancy.all_responses"), Value: i18n.Number(lang, int64(all)), URL: link}}
	for _, s := range []hiring.State{hiring.Responded, hiring.Shortlisted, hiring.Invited, hiring.Booked, hiring.Interviewed} {
		out = append(out, Stat{Label: capital(i18n.T(lang, "status."+string(s))), Value: i18n.Number(lang, int64(counts[s])), URL: link + "&state=" + string(s)})
	}
	return out
}

type vacancyEdit struct {
	ID        uuid.UUID
	Profiles  []Option
	Zones     []Option
	Languages []Option
	Levels    []Option
	States    []Option
	Sources   []store.Source
	Currency  []Option
}

func (p *Pages) vacancyForm(c *fiber.Ctx) error {
	if c.Params("id") == "" {
		return p.showVacancy(c, fiber.StatusOK, uuid.Nil, NewForm(map[string]string{
			"zone": "Europe/Moscow", "language": "ru", "headcount": "1", "pay_level": "1", "state": store.VacancyOpen, "public": "yes", "currency": "RUB",
			"profile": ReadQuery(c, "profile").Get("profile"),
		}))
	}
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	v, err := p.Reader.Vacancy(c.UserContext(), id)
	if err != nil {
		return err
	}
	sources, err := p.Reader.VacancySources(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := NewForm(map[string]string{
		"profile": v.ProfileID.String(), "title": v.Title, "city": v.City, "zone": v.Zone, "language": v.Language, "headcount": strconv.Itoa(v.Headcount),
		"pay_level": strconv.Itoa(v.PayLevel), "state": v.State, "version": strconv.Itoa(v.Version), "currency": "RUB",
	})
	if v.Public {
		form.Values["public"] = "yes"
	}
	for _, s := range sources {
		form.Values["currency"] = s.Currency
		form.Many["sources"] = append(form.Many["sources"], s.SourceID.String())
		form.Values["cost_"+s.SourceID.String()] = amount(s.CostMinor)
	}
	return p.showVacancy(c, fiber.StatusOK, id, form)
}

func (p *Pages) showVacancy(c *fiber.Ctx, status int, id uuid.UUID, form *Form) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	profiles, _, err := p.Reader.Profiles(ctx, store.CatalogueFilter{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return err
	}
	body := vacancyEdit{
		ID: id, Zones: zoneOptions(lang, form.Get("zone"), p.Now()), Languages: languageOptions(), States: keyed(lang, "vacancy.state_", vacancyStates),
		Levels: keyed(lang, "vacancy.level_", []string{"1", "2", "3", "4"}), Profiles: []Option{{Value: "", Label: i18n.T(lang, "form.choose")}},
	}
	for _, code := range []string{"RUB", "BGN", "EUR", "KZT", "USD"} {
		body.Currency = append(body.Currency, Option{Value: code, Label: code})
	}
	chosen := false
	for _, one := range profiles {
		body.Profiles = append(body.Profiles, Option{Value: one.ID.String(), Label: one.Title})
		chosen = chosen || one.ID.String() == form.Get("profile")
	}
	if old := uuidOf(form.Get("profile")); !chosen && old != uuid.Nil { // archived since: the vacancy keeps it
		if one, err := p.Reader.Profile(ctx, old); err == nil {
			body.Profiles = append(body.Profiles, Option{Value: one.ID.String(), Label: one.Title})
		}
	}
	all, err := p.Reader.Sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ArchivedAt == nil || form.Has("sources", s.ID.String()) {
			body.Sources = append(body.Sources, s)
		}
	}
	page := Page{Title: p.Frame.T(c, "vacancy.new"), Form: form, Body: body, Crumbs: p.vacancyCrumbs(c)}
	if id != uuid.Nil {
		page.Title = p.Frame.T(c, "vacancy.edit")
		page.Crumbs = p.vacancyCrumbs(c, Crumb{form.Get("title"), "/vacancies/" + id.String()})
	}
	return p.Frame.HTML(c, status, "vacancy/form", page)
}

func (p *Pages) saveVacancy(c *fiber.Ctx) error {
	all, err := p.Reader.Sources(c.UserContext())
	if err != nil {
		return err
	}
	names := []string{"profile", "title", "city", "zone", "language", "headcount", "pay_level", "state", "public", "version", "sources", "currency"}
	for _, s := range all {
		names = append(names, "cost_"+s.ID.String())
	}
	form := ReadForm(c, names...)
	v := store.Vacancy{
		ProfileID: uuidOf(form.Get("profile")), Title: form.Get("title"), City: form.Get("city"), Zone: form.Get("zone"), Language: form.Get("language"),
		Headcount: whole(form, "headcount"), PayLevel: whole(form, "pay_level"), State: form.Get("state"), Public: form.Get("public") == "yes",
	}
	if c.Params("id") != "" {
		if v.ID, err = idIn(c, "id"); err != nil {
			return err
		}
		v.Version = whole(form, "version")
	}
	var sources []store.VacancySource
	for _, s := range all {
		cost, ok := minor(form.Get("cost_" + s.ID.String()))
		if !ok {
			form.Add("cost_"+s.ID.String(), "invalid_money")
		}
		if slices.Contains(form.Many["sources"], s.ID.String()) || cost > 0 {
			sources = append(sources, store.VacancySource{SourceID: s.ID, CostMinor: cost, Currency: form.Get("currency")})
		}
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		form.Take(v.Check(), "")
	} else {
		saved, err := p.Catalog.SaveVacancy(c.UserContext(), act, v, sources)
		if ok, err := p.saved(form, p.Frame.Lang(c), err, "title"); err != nil {
			return err
		} else if ok {
			return p.Frame.RedirectFlash(c, "/vacancies/"+saved.ID.String(), Flash{Key: "flash.saved"})
		}
	}
	return p.showVacancy(c, fiber.StatusUnprocessableEntity, v.ID, form)
}

func (p *Pages) setVacancyState(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	form := ReadForm(c, "version", "state")
	act, err := p.act(c)
	if err != nil {
		return err
	}
	path := "/vacancies/" + id.String()
	_, err = p.Catalog.SetVacancyState(c.UserContext(), act, id, whole(form, "version"), form.Get("state"))
	if fault.CodeOf(err) == "stale_form" {
		return p.Frame.RedirectFlash(c, path, Flash{Key: "fault.stale_form", Tone: Warning})
	} else if err != nil {
		return err
	}
	return p.Frame.RedirectFlash(c, path, Flash{Key: "flash.saved"})
}
