package web

import (
	"math"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

// forecastBody is one person's forecast for a session.
type forecastBody struct {
	Row    meeting
	ID     uuid.UUID
	Name   string
	P      float64
	Model  float64
	Own    bool
	Why    []string
	Manage bool
}

func (p *Pages) showForecast(c *fiber.Ctx) error { return p.forecastPage(c, fiber.StatusOK, nil) }

func (p *Pages) forecastPage(c *fiber.Ctx, status int, form *Form) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	id, err := idIn(c, "application")
	if err != nil {
		return err
	}
	who, err := p.Reader.ApplicationRow(ctx, id)
	if err != nil {
		return err
	}
	forecasts, _, err := p.Reader.Forecasts(ctx, s.ID, p.Now(), []uuid.UUID{id})
	if err != nil {
		return err
	}
	names, err := p.Reader.RateNames(ctx)
	if err != nil {
		return err
	}
	f, known := forecasts[id]
	if ok, err := p.Reader.ForVacancy(ctx, s.ID, who.VacancyID); err != nil || !ok || !known {
		return fault.Missing("forecast")
	}
	body := forecastBody{Row: s, ID: id, Name: who.Name, P: f.P, Model: f.Modelled(), Why: reasonWords(lang, f.Reasons, names), Manage: auth.Of(c).Has(planners...) && s.Live()}
	body.Own = len(f.Reasons) > 0 && f.Reasons[len(f.Reasons)-1].Code == "override"
	if form == nil {
		form = NewForm(nil)
		if body.Own {
			form.Values["p"] = plainNumber(math.Round(f.P*1000) / 10)
		}
	}
	return p.Frame.HTML(c, status, "plan/person", Page{
		Title: i18n.T(lang, "plan.forecast_of", "name", who.Name), Lead: sessionTitle(lang, s), Form: form, Body: body,
		Crumbs: []Crumb{{Label: sessionTitle(lang, s), URL: sessionPath(s.ID)}, {Label: p.Frame.T(c, "plan.title"), URL: planPath(s)}},
	})
}

func (p *Pages) overrideForecast(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	id, err := idIn(c, "application")
	if err != nil {
		return err
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "p")
	var own *float64
	done := "flash.forecast_model"
	if c.FormValue("step") != "model" {
		v := decimalField(form, "p", 0, 100) / 100
		own, done = &v, "flash.forecast_set"
	}
	if form.OK() {
		if _, err = p.Catalog.OverrideForecast(c.UserContext(), act, s.ID, id, own); err == nil {
			p.Commands.Nudge(c.UserContext(), "interview/"+s.ID.String()) // a session that is being filled plans with it at once
			return p.Frame.RedirectFlash(c, planPath(s)+"#people", Flash{Key: done})
		}
		if fault.KindOf(err) != fault.Invalid || !form.Take(err, "") {
			return err
		}
	}
	return p.forecastPage(c, fiber.StatusUnprocessableEntity, form)
}
