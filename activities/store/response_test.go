package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
)

func (c company) respond(key, name, email, phone string) (store.Responded, error) {
	return c.AddResponse(context.Background(), doing(key), store.Response{
		Vacancy: c.vacancy.ID, Source: &c.source.ID, Name: name, Email: email, Phone: phone, Acknowledge: true, Comment: "Hello",
	})
}

func TestResponseFindsItsPerson(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t)
	first, err := c.respond("1", "Иванов Иван Петрович", " Ivan@Example.org ", "8 916 123-45-67")
	if err != nil || first.Outcome != store.Added {
		t.Fatal(first, err)
	}
	p, err := c.Person(ctx, first.Person)
	if err != nil || p.Email != "ivan@example.org" || p.Phone != "+79161234567" || p.FirstName != "Иван" || p.NameKey == "" {
		t.Fatalf("%+v %v", p, err)
	}
	same, err := c.respond("1", "Иванов Иван Петрович", " Ivan@Example.org ", "8 916 123-45-67")
	if err != nil || fmt.Sprint(same) != fmt.Sprint(first) {
		t.Errorf("the same act: %v %v", same, err)
	}
	for key, contact := range map[string][2]string{"2": {"ivan@example.org", ""}, "3": {"", "+7 916 123 45 67"}, "4": {"new@example.org", "+79161234567"}} {
		again, err := c.respond(key, "Ivan Ivanov", contact[0], contact[1])
		if err != nil || again.Outcome != store.Repeated || again.Application != first.Application || again.Person != first.Person {
			t.Errorf("%v: %+v %v", contact, again, err)
		}
	}
	other, err := c.SaveVacancy(ctx, doing("other"), c.newVacancy("Sofia"), nil)
	if err != nil {
		t.Fatal(err)
	}
	joined, err := c.AddResponse(ctx, doing("5"), store.Response{Vacancy: other.ID, Name: "Ivan", Phone: "+79161234567", City: "г. Москва", BirthYear: 1990})
	if err != nil || joined.Outcome != store.Joined || joined.Person != first.Person {
		t.Fatal(joined, err)
	}
	if p, _ = c.Person(ctx, first.Person); p.City != "Москва" || p.BirthYear == nil || *p.BirthYear != 1990 {
		t.Errorf("not completed: %+v", p)
	}
	probable, err := c.AddResponse(ctx, doing("6"), store.Response{Vacancy: other.ID, Name: "Иван Иванов", Email: "i2@example.org", City: "москва"})
	if err != nil || probable.Outcome != store.Added || len(probable.Probable) != 1 || probable.Probable[0] != first.Person {
		t.Errorf("probably the same: %+v %v", probable, err)
	}
	if n := count(t, c.db, "SELECT count(*) FROM outgoing_mail"); n != 1 {
		t.Errorf("%d mails", n)
	}
	if n := count(t, c.db, "SELECT count(*) FROM document"); n != 1 {
		t.Errorf("%d documents: a repeated response leaves none", n)
	}
	app, err := c.Application(ctx, first.Application)
	if err != nil {
		t.Fatal(err)
	}
	if note, err := c.ResponseNoteOf(ctx, app); err != nil || note.Comment != "Hello" {
		t.Error(note, err)
	}
	_, err = c.respond("7", "Nobody", "", "")
	code(t, "no contact", err, "invalid_input")
	_, err = c.AddResponse(ctx, doing("8"), store.Response{Vacancy: uuid.New(), Name: "A B", Email: "a@example.org"})
	code(t, "no vacancy", err, "not_found")
	if _, err := c.SetVacancyState(ctx, doing("9"), other.ID, 1, store.VacancyClosed); err != nil {
		t.Fatal(err)
	}
	_, err = c.AddResponse(ctx, doing("10"), store.Response{Vacancy: other.ID, Name: "A B", Email: "a@example.org"})
	code(t, "closed", err, "vacancy_closed")
}

// Whoever fills in the open form proves nothing: he joins a known person by the address only, and
// changes nothing of him.
func TestOpenFormTrustsTheAddressOnly(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t)
	known, err := c.respond("1", "Мария Петрова", "", "+79161234567")
	if err != nil {
		t.Fatal(err)
	}
	form := store.Response{Vacancy: c.vacancy.ID, Name: "Мария Петрова", Email: "thief@example.org", Phone: "+79161234567", Public: true}
	_, err = c.AddResponse(ctx, doing("2"), form)
	code(t, "no consent", err, "invalid_input")
	form.Consent = "2027-01"
	out, err := c.AddResponse(ctx, doing("3"), form)
	if err != nil || out.Outcome != store.Added || out.Person == known.Person {
		t.Fatal(out, err)
	}
	if p, _ := c.Person(ctx, known.Person); p.Email != "" {
		t.Error("the open form gave a known person an address")
	}
	app, err := c.Application(ctx, out.Application)
	if err != nil || app.ConsentAt == nil || app.ConsentVersion != "2027-01" {
		t.Error(app, err)
	}
	hidden := c.newVacancy("Moscow")
	hidden.Public = false
	v, err := c.SaveVacancy(ctx, doing("hidden"), hidden, nil)
	if err != nil {
		t.Fatal(err)
	}
	form.Vacancy = v.ID
	_, err = c.AddResponse(ctx, doing("4"), form)
	code(t, "not public", err, "not_found")
}

// Twenty responses of one person at once are one person and one application.
func TestResponsesAtOnce(t *testing.T) {
	c := newCompany(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[string]int{}
	for i := range 20 {
		wg.Go(func() {
			out, err := c.respond(fmt.Sprint("at once ", i), "Анна Смирнова", "anna@example.org", "")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			outcomes[out.Outcome]++
		})
	}
	wg.Wait()
	if outcomes[store.Repeated] != 19 || count(t, c.db, "SELECT count(*) FROM person") != 1 || count(t, c.db, "SELECT count(*) FROM application") != 1 {
		t.Errorf("%v", outcomes)
	}
	if n := count(t, c.db, "SELECT count(*) FROM outgoing_mail WHERE kind = 'acknowledgement' AND key LIKE 'application/%/acknowledgement/1'"); n != 1 {
		t.Errorf("%d mails", n)
	}
}
