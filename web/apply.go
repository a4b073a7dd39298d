package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

// The open application form: anybody with its address may use it, so it tells nobody whether a person is
// known here, and is bounded by address.

func (p *Pages) applyRoutes(r auth.Routes) {
	r.Get("/apply/:id", auth.Public, p.applyForm)
	r.Post("/apply/:id", auth.Public, p.apply)
	r.Get("/apply/:id/thanks", auth.Public, p.applied)
}

// consentVersion names the text at apply.consent_text; a changed text gets a new one, because each
// application keeps which it agreed to.
const consentVersion = "2026-11b"

// applyLimit bounds how often one network address may send the form.
var applyLimit = store.Limit{Tries: 20, Window: time.Hour}

type applyPage struct {
	Vacancy   store.Vacancy
	Profile   store.Profile
	Closed    bool
	Languages []Option
	Source    string
}

// openTo reads the vacancy of the path, if its form is open to anybody: a closed one says so, a draft or
// one that is not public is not there.
func (p *Pages) openTo(c *fiber.Ctx) (body applyPage, err error) {
	For(c, Candidate, "")
	id, err := idIn(c, "id")
	if err != nil {
		return body, err
	}
	if body.Vacancy, err = p.Reader.Vacancy(c.UserContext(), id); err != nil {
		return body, err
	}
	if !body.Vacancy.Public || body.Vacancy.State == store.VacancyDraft {
		return body, fault.Missing("vacancy")
	}
	body.Closed = body.Vacancy.State == store.VacancyClosed
	body.Languages = languageOptions()
	body.Profile, err = p.Reader.Profile(c.UserContext(), body.Vacancy.ProfileID)
	return body, err
}

func (p *Pages) applyForm(c *fiber.Ctx) error {
	body, err := p.openTo(c)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	return p.showApply(c, fiber.StatusOK, body, NewForm(map[string]string{"language": lang, "source": ReadQuery(c, "source").Get("source")}))
}

func (p *Pages) showApply(c *fiber.Ctx, status int, body applyPage, form *Form) error {
	body.Source = form.Get("source")
	return p.Frame.HTML(c, status, "apply/form", Page{
		Layout: Candidate, Open: true, Lang: p.Frame.Lang(c), Title: body.Vacancy.Title, Lead: body.Vacancy.City, Form: form, Body: body,
	})
}

func (p *Pages) apply(c *fiber.Ctx) error {
	body, err := p.openTo(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "name", "email", "phone", "city", "birth_year", "language", "comment", "consent", "source")
	if body.Closed {
		return p.showApply(c, fiber.StatusConflict, body, form)
	}
	key, err := CommandID(c)
	if err != nil {
		return err
	}
	r := store.Response{
		Vacancy: body.Vacancy.ID, Name: form.Get("name"), Email: form.Get("email"), Phone: form.Get("phone"), City: form.Get("city"),
		Language: form.Get("language"), Comment: form.Get("comment"), Acknowledge: true, Public: true, Source: p.ownSource(c, body.Vacancy.ID, form.Get("source")),
	}
	if form.Get("birth_year") != "" {
		r.BirthYear = whole(form, "birth_year")
	}
	if form.Get("consent") == "yes" {
		r.Consent = consentVersion
	}
	if _, bad := r.Normalise(p.Now()); bad != nil {
		form.Take(bad, "")
	}
	if !form.OK() {
		return p.showApply(c, fiber.StatusUnprocessableEntity, body, form)
	}
	if err := p.Catalog.Hit(c.UserContext(), "apply/"+addressHash(auth.Nearest(c.IP())), applyLimit, time.Now()); err != nil {
		return err
	}
	// The key is the browser's alone, so it is bound to the address and vacancy it was sent for.
	act := store.Act{Actor: "form/" + body.Vacancy.ID.String(), Key: key, Wall: time.Now(), Business: p.Now()}
	_, err = p.Catalog.AddResponse(c.UserContext(), act, r)
	switch {
	case fault.CodeOf(err) == "vacancy_closed":
		body.Closed = true
		return p.showApply(c, fiber.StatusConflict, body, form)
	case err != nil && form.Take(err, ""):
		return p.showApply(c, fiber.StatusUnprocessableEntity, body, form)
	case err != nil:
		return err
	}
	return p.Frame.Redirect(c, "/apply/"+url.PathEscape(body.Vacancy.ID.String())+"/thanks")
}

// ownSource is the source a link to the form names, if the vacancy has it; a made-up one is none.
func (p *Pages) ownSource(c *fiber.Ctx, vacancy uuid.UUID, text string) *uuid.UUID {
	id := uuidOf(text)
	sources, err := p.Reader.VacancySources(c.UserContext(), vacancy)
	if err != nil {
		return nil
	}
	for _, s := range sources {
		if s.SourceID == id {
			return &id
		}
	}
	return nil
}

// addressHash names a network address in the limiter without keeping it.
func addressHash(ip string) string {
	sum := sha256.Sum256([]byte("apply " + ip))
	return hex.EncodeToString(sum[:12])
}

func (p *Pages) applied(c *fiber.Ctx) error {
	body, err := p.openTo(c)
	if err != nil {
		return err
	}
	lang := p.Frame.Lang(c)
	return p.Frame.HTML(c, fiber.StatusOK, "apply/thanks", Page{
		Layout: Candidate, Open: true, Lang: lang, Title: i18n.T(lang, "apply.thanks"), Body: body,
	})
}
