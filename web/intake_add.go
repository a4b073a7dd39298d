package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
)

type addPage struct {
	Vacancy   store.Vacancy
	Sources   []Option
	Languages []Option
}

func (p *Pages) addForm(c *fiber.Ctx) error {
	v, err := p.vacancyOf(c)
	if err != nil {
		return err
	}
	return p.showAdd(c, fiber.StatusOK, v, NewForm(map[string]string{"language": v.Language, "acknowledge": "yes"}))
}

func (p *Pages) showAdd(c *fiber.Ctx, status int, v store.Vacancy, form *Form) error {
	sources, err := p.sourceOptions(c, form.Get("source"))
	if err != nil {
		return err
	}
	return p.Frame.HTML(c, status, "intake/add", Page{
		Title: p.Frame.T(c, "import.add"), Lead: position(v.Title, v.City), Form: form, Body: addPage{v, sources, languageOptions()},
		Crumbs: p.vacancyCrumbs(c, Crumb{v.Title, "/vacancies/" + v.ID.String()}),
	})
}

func (p *Pages) addResponse(c *fiber.Ctx) error {
	v, err := p.vacancyOf(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, append([]string{"source", "comment", "acknowledge", "responded"}, contactFields...)...)
	who := contactIn(form)
	r := store.Response{
		Vacancy: v.ID, Name: who.Name, Email: who.Email, Phone: who.Phone, City: who.City, BirthYear: who.BirthYear, Language: who.Language,
		Comment: form.Get("comment"), Acknowledge: form.Get("acknowledge") == "yes",
	}
	if text := form.Get("responded"); text != "" {
		zone, err := time.LoadLocation(v.Zone)
		if err != nil {
			return err
		}
		if r.RespondedAt, err = time.ParseInLocation(time.DateOnly, text, zone); err != nil {
			form.Add("responded", "invalid_date")
		}
	}
	if id := uuidOf(form.Get("source")); id != uuid.Nil {
		r.Source = &id
	}
	act, err := p.act(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		_, bad := r.Normalise(p.Now())
		form.Take(bad, "")
		return p.showAdd(c, fiber.StatusUnprocessableEntity, v, form)
	}
	out, err := p.Catalog.AddResponse(c.UserContext(), act, r)
	switch {
	case fault.CodeOf(err) == "vacancy_closed":
		form.Fault = p.Frame.T(c, "fault.vacancy_closed")
		return p.showAdd(c, fiber.StatusUnprocessableEntity, v, form)
	case err != nil && form.Take(err, ""):
		return p.showAdd(c, fiber.StatusUnprocessableEntity, v, form)
	case err != nil:
		return err
	}
	flash := Flash{Key: "flash.response_" + out.Outcome}
	if out.Outcome == store.Repeated {
		flash.Tone = Info
	}
	return p.Frame.RedirectFlash(c, "/candidates/"+out.Application.String(), flash)
}
