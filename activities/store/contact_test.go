package store

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
)

// correct corrects a record in the version it has.
func (f *family) correct(person uuid.UUID, to Contact, want string) Corrected {
	f.Helper()
	p, err := f.r.Person(context.Background(), person)
	if err != nil {
		f.Fatal(err)
	}
	out, err := f.c.CorrectPerson(context.Background(), f.act(), person, p.Version, to)
	if fault.CodeOf(err) != want || want == "" && err != nil {
		f.Fatalf("correcting gives %v, want %q", err, want)
	}
	return out
}

func TestCorrectingWhatIsKnown(t *testing.T) {
	f := newFamily(t)
	ctx := context.Background()
	a := f.respond(1, "a@exmaple.org", "")
	act := f.act()
	to := Contact{Name: "  Белова  Анна ", Email: "A@Example.org", Phone: "8 916 123-45-67", City: "Тула", BirthYear: 1999, Language: "bg"}
	out, err := f.c.CorrectPerson(ctx, act, a.Person, 1, to)
	if err != nil || out.Version != 2 || !slices.Equal(out.Changed, []string{"name", "email", "phone", "city", "birth_year", "language"}) {
		t.Fatalf("%+v %v", out, err)
	}
	p, err := f.r.Person(ctx, a.Person)
	if err != nil || p.Name != "Белова Анна" || p.FirstName != "Анна" || p.Email != "a@example.org" || p.Phone != "+79161234567" || p.City != "Тула" || *p.BirthYear != 1999 || p.Language != "bg" || p.Version != 2 {
		t.Fatalf("%+v %v", p, err)
	}
	if again, err := f.c.CorrectPerson(ctx, act, a.Person, 1, to); err != nil || again.Version != 2 {
		t.Fatal("the same once more", again, err)
	}
	to.City = "Орёл"
	if _, err := f.c.CorrectPerson(ctx, act, a.Person, 1, to); fault.CodeOf(err) != "key_reused" {
		t.Error(err)
	}
	if _, err := f.c.CorrectPerson(ctx, f.act(), a.Person, 1, to); fault.CodeOf(err) != "stale_form" {
		t.Error("the second of two is not told", err)
	}
	if out := f.correct(a.Person, p.Contact(), ""); len(out.Changed) != 0 || out.Version != 2 {
		t.Errorf("nothing differs: %+v", out)
	}
	f.exec("UPDATE person SET first_name = 'Аня' WHERE id = ?", a.Person)
	one := p.Contact()
	one.Phone = ""
	f.correct(a.Person, one, "")
	if p, _ = f.r.Person(ctx, a.Person); p.FirstName != "Аня" || p.Phone != "" || p.Version != 3 {
		t.Errorf("a first name that was given goes with a telephone: %+v", p)
	}
	if _, err := f.c.CorrectPerson(ctx, f.act(), uuid.New(), 1, one); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	_, err = f.c.CorrectPerson(ctx, f.act(), a.Person, 3, Contact{Name: "Анна", Language: "de", BirthYear: 3})
	if e := fault.As(err); e == nil || e.Fields["email"] != "row_no_contact" || e.Fields["language"] == "" || e.Fields["birth_year"] == "" {
		t.Error(err)
	}
	// The journal names the fields and nothing they say.
	var kept string
	if err := f.r.db.NewRaw("SELECT string_agg(journal::text, ' ') FROM journal WHERE step = 'person.correct'").Scan(ctx, &kept); err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"Бел", "Анна", "example", "9161234567", "Тула"} {
		if strings.Contains(kept, personal) {
			t.Errorf("the journal holds %q", personal)
		}
	}
	if !strings.Contains(kept, "birth_year") {
		t.Error(kept)
	}
	for column, code := range map[string]string{"erase_at": "person_erasing", "erased_at": "person_erased"} {
		f.exec("UPDATE person SET "+column+" = ? WHERE id = ?", f.now, a.Person)
		f.correct(a.Person, one, code)
		if _, err := f.r.ContactOf(ctx, a.Person); fault.CodeOf(err) != code {
			t.Error(err)
		}
		f.exec("UPDATE person SET "+column+" = NULL WHERE id = ?", a.Person)
	}
}

// An address stands for one person, whichever of his records has it and whoever else comes with it at that moment.
func TestAnAddressOfAnother(t *testing.T) {
	f := newFamily(t)
	ctx := context.Background()
	a, b, c := f.respond(1, "a@example.org", ""), f.respond(1, "b@example.org", ""), f.respond(2, "c@example.org", "")
	f.merge(c.Person, b.Person, "")
	for _, email := range []string{"b@example.org", "c@example.org"} {
		p, _ := f.r.Person(ctx, a.Person)
		_, err := f.c.CorrectPerson(ctx, f.act(), a.Person, p.Version, Contact{Name: "Анна Белая", Email: email})
		if e := fault.As(err); e == nil || e.Code != "email_taken" || e.Details["person"] != b.Person.String() {
			t.Error(email, err)
		}
	}
	// His own other address he may have; taken apart, it is again the other's.
	f.correct(b.Person, Contact{Name: "Анна Белая", Email: "c@example.org"}, "")
	before, _ := f.r.ApplicationRow(ctx, b.Application)
	f.unmerge(c.Person, "")
	if row, _ := f.r.ApplicationRow(ctx, b.Application); row.Email != "" || row.PersonVersion != before.PersonVersion+1 || row.LinkGeneration != before.LinkGeneration+1 {
		t.Error("he loses the address, and its links and forms go on:", row.Email, row.PersonVersion, row.LinkGeneration)
	}
	// So it is further down: taken out one after the other, none takes an address from whom it is nothing to.
	f.merge(c.Person, b.Person, "")
	f.correct(b.Person, Contact{Name: "Анна Белая", Email: "c@example.org"}, "")
	d := f.respond(3, "d@example.org", "")
	f.merge(b.Person, d.Person, "")
	f.unmerge(c.Person, "")
	f.unmerge(b.Person, "")
	if row, _ := f.r.ApplicationRow(ctx, c.Application); row.Email != "c@example.org" {
		t.Errorf("taken from a stranger: %q", row.Email)
	}
	for range 10 {
		act, form := f.act(), f.act()
		email := uuid.NewString() + "@example.org"
		p, _ := f.r.Person(ctx, a.Person)
		var wait sync.WaitGroup
		var err1, err2 error
		wait.Go(func() {
			_, err1 = f.c.CorrectPerson(ctx, act, a.Person, p.Version, Contact{Name: "Анна Белая", Email: email})
		})
		wait.Go(func() {
			_, err2 = f.c.AddResponse(ctx, form, Response{Vacancy: f.vacancy(3), Name: "Анна Белая", Email: email, Public: true, Consent: "1"})
		})
		wait.Wait()
		if err1 != nil && fault.CodeOf(err1) != "email_taken" || err2 != nil {
			t.Fatal(err1, err2)
		}
		var owners int
		if err := f.r.db.NewRaw("SELECT count(*) FROM person WHERE email = ?", email).Scan(ctx, &owners); err != nil || owners != 1 {
			t.Fatal(owners, err)
		}
	}
}

// The mails of a merged record's applications go to its own address, which can be corrected there; to that of the person
// it was merged into it goes without one, and a merge taken back leaves that where it was.
func TestTheAddressOfAMergedRecord(t *testing.T) {
	f := newFamily(t)
	ctx := context.Background()
	a, b := f.respond(1, "old@example.org", ""), f.respond(2, "b@example.org", "")
	f.merge(a.Person, b.Person, "")
	goes := func(want string) {
		t.Helper()
		letter, err := f.r.CandidateLetter(ctx, a.Application, nil)
		row, err2 := f.r.ApplicationRow(ctx, a.Application)
		if err != nil || err2 != nil || letter.Email != want || row.Email != want {
			t.Fatalf("to %q, shown %q, want %q: %v %v", letter.Email, row.Email, want, err, err2)
		}
	}
	goes("old@example.org")
	f.correct(a.Person, Contact{Name: "Анна Белая", Email: "new@example.org"}, "")
	goes("new@example.org")
	out := f.correct(a.Person, Contact{Name: "Анна Белая", Email: "b@example.org"}, "")
	if goes("b@example.org"); !slices.Equal(out.Changed, []string{"email"}) {
		t.Error(out)
	}
	p, err := f.r.ContactOf(ctx, a.Person)
	if err != nil || p.Email != "" {
		t.Error(p.Email, err)
	}
	if out := f.correct(a.Person, Contact{Name: "Анна Белая", Email: "b@example.org"}, ""); len(out.Changed) != 0 {
		t.Error(out)
	}
	// Another address of the one is that of both.
	before, _ := f.r.ApplicationRow(ctx, a.Application)
	f.correct(b.Person, Contact{Name: "Анна Белая", Email: "b2@example.org"}, "")
	goes("b2@example.org")
	if row, _ := f.r.ApplicationRow(ctx, a.Application); row.LinkGeneration != before.LinkGeneration+1 {
		t.Error("its links to the old address go on")
	}
	// What a form that was opened before says of something else does not bring the address back.
	if _, err := f.c.CorrectPerson(ctx, f.act(), a.Person, p.Version, Contact{Name: p.Name, City: "Тула"}); err != nil {
		t.Error(err)
	}
	goes("b2@example.org")
	f.correct(b.Person, Contact{Name: "Анна Белая"}, "invalid_input") // he himself needs an address or a telephone
	f.unmerge(a.Person, "")
	goes("")
	if p, _ := f.r.Person(ctx, b.Person); p.Email != "b2@example.org" {
		t.Error("the merge took his address along:", p.Email)
	}
}
