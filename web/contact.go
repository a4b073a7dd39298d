package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

// What is known of a person, as HR types it when adding somebody by hand and corrects it later.

var contactFields = []string{"name", "email", "phone", "city", "birth_year", "language"}

func contactIn(form *Form) store.Contact {
	n := store.Contact{Name: form.Get("name"), Email: form.Get("email"), Phone: form.Get("phone"), City: form.Get("city"), Language: form.Get("language")}
	if form.Get("birth_year") != "" {
		n.BirthYear = whole(form, "birth_year")
	}
	return n
}

// contactValues are a contact's fields as they stand in a form.
func contactValues(n store.Contact) map[string]string {
	v := map[string]string{"name": n.Name, "email": n.Email, "phone": n.Phone, "city": n.City, "birth_year": "", "language": n.Language}
	if n.BirthYear != 0 {
		v["birth_year"] = strconv.Itoa(n.BirthYear)
	}
	return v
}

type contactPage struct {
	ID        uuid.UUID // of the application
	Person    store.Person
	Known     *store.Person // whom the record was merged into
	Languages []Option
	Was       []string      // names of the hidden fields with what the page showed
	Owner     *store.Person // who has the address that was typed
	Now       []contactNow  // what another has written meanwhile into fields that were typed into here
}

// contactNow is a field as it stands now.
type contactNow struct{ Label, Value string }

// was is the hidden field with what the page showed in a field.
func was(field string) string { return "was_" + field }

// showAs notes in the form what the page shows, and of which version that is.
func showAs(form *Form, p store.Person) {
	form.Values["version"] = strconv.Itoa(p.Version)
	for name, value := range contactValues(p.Contact()) {
		form.Values[was(name)] = value
	}
}

// contactOf reads whose contact the page of an application corrects.
func (p *Pages) contactOf(c *fiber.Ctx) (body contactPage, err error) {
	if body.ID, err = idIn(c, "id"); err != nil {
		return body, err
	}
	a, err := p.Reader.Application(c.UserContext(), body.ID)
	if err != nil {
		return body, err
	}
	if body.Person, err = p.Reader.ContactOf(c.UserContext(), a.PersonID); err != nil {
		return body, err
	}
	if into := body.Person.MergedInto; into != nil {
		known, err := p.Reader.Person(c.UserContext(), *into)
		if err != nil {
			return body, err
		}
		body.Known = &known
	}
	for _, name := range contactFields {
		body.Was = append(body.Was, was(name))
	}
	v, err := p.Reader.Vacancy(c.UserContext(), a.VacancyID)
	own := Option{Label: p.Frame.T(c, "contact.language_vacancy", "language", i18n.Name(v.Language))}
	body.Languages = append([]Option{own}, languageOptions()...)
	return body, err
}

func (p *Pages) contactForm(c *fiber.Ctx) error {
	body, err := p.contactOf(c)
	if err != nil {
		return p.after(c, "/candidates/"+c.Params("id"), Flash{}, err)
	}
	form := NewForm(contactValues(body.Person.Contact()))
	showAs(form, body.Person)
	return p.showContact(c, fiber.StatusOK, body, form)
}

func (p *Pages) showContact(c *fiber.Ctx, status int, body contactPage, form *Form) error {
	return p.Frame.HTML(c, status, "person/contact", Page{
		Title: p.Frame.T(c, "contact.title"), Lead: body.Person.Name, Form: form, Body: body,
		Crumbs: []Crumb{{p.Frame.T(c, "nav.candidates"), "/candidates"}, {body.Person.Name, "/candidates/" + body.ID.String()}},
	})
}

// correctContact writes what was typed. Of two who correct one person at a time the second is told: what he did not touch
// shows what the first has written, and where both typed he sees the other's beside his own, which counts if sent again.
func (p *Pages) correctContact(c *fiber.Ctx) error {
	body, err := p.contactOf(c)
	if err != nil {
		return p.after(c, "/candidates/"+c.Params("id"), Flash{}, err)
	}
	form := ReadForm(c, slices.Concat([]string{"version"}, contactFields, body.Was)...)
	to := contactIn(form)
	act, err := p.act(c)
	if err != nil {
		return err
	}
	if !form.OK() {
		_, bad := to.Normalise(p.Now(), body.Known != nil)
		form.Take(bad, "")
		return p.showContact(c, fiber.StatusUnprocessableEntity, body, form)
	}
	version, _ := strconv.Atoi(form.Get("version")) // what is no number is of no version
	out, err := p.Catalog.CorrectPerson(c.UserContext(), act, body.Person.ID, version, to)
	switch code := fault.CodeOf(err); {
	case err == nil:
		for _, session := range out.Nudge { // one that is being filled may invite him now
			p.Commands.Nudge(c.UserContext(), session)
		}
		return p.Frame.RedirectFlash(c, "/candidates/"+body.ID.String(), contactDone(out, to))
	case code == "email_taken":
		owner, err := p.Reader.Person(c.UserContext(), uuidOf(fault.As(err).Details["person"]))
		if err != nil {
			return err
		}
		body.Owner = &owner
		form.Add("email", "email_taken")
	case code == "stale_form":
		form.Fault = p.Frame.T(c, "contact.stale")
		body.Now = p.contactBeside(c, body, form)
		showAs(form, body.Person)
	case !form.Take(err, ""):
		return p.after(c, "/candidates/"+body.ID.String(), Flash{}, err)
	}
	return p.showContact(c, fiber.StatusUnprocessableEntity, body, form)
}

// contactDone says what a correction did.
func contactDone(out store.Corrected, to store.Contact) Flash {
	switch {
	case out.Mails > 0:
		return Flash{Key: "flash.contact_told_again"}
	case to.Email != "" && slices.Contains(out.Changed, "email"):
		return Flash{Key: "flash.contact_readdressed"}
	}
	return Flash{Key: "flash.saved"}
}

// contactBeside puts what stands now into the fields that were not typed into, and returns those that both have changed.
func (p *Pages) contactBeside(c *fiber.Ctx, body contactPage, form *Form) (list []contactNow) {
	stands := contactValues(body.Person.Contact())
	for _, name := range contactFields {
		if value := stands[name]; form.Get(name) == form.Get(was(name)) {
			form.Values[name] = value
		} else if value != form.Get(name) && value != form.Get(was(name)) {
			for _, o := range body.Languages {
				if name == "language" && o.Value == value {
					value = o.Label
				}
			}
			list = append(list, contactNow{p.Frame.T(c, "application."+name), value})
		}
	}
	return list
}
