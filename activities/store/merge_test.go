package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/workflows/fault"
)

// family is a database with people who may be one.
type family struct {
	*testing.T
	r   *Reader
	c   *Catalog
	rec *Records
	n   int
	now time.Time
}

func newFamily(t *testing.T) *family {
	t.Helper()
	db, err := Open(pgtest.Migrated(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	f := &family{T: t, r: NewReader(db), c: NewCatalog(db), rec: NewRecords(db), now: listStart}
	f.exec(`INSERT INTO profile (id, title, created_at) VALUES (md5('p')::uuid, 'Account manager', '2027-01-01Z')`)
	f.exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		SELECT md5('v' || g)::uuid, md5('p')::uuid, 'Vacancy ' || g, 'Moscow', 'Europe/Moscow', 3, 1, true, '2027-01-01Z' FROM generate_series(1, 3) g`)
	f.exec(`INSERT INTO venue (id, name, city, zone, address, created_at) VALUES (md5('w')::uuid, 'Office', 'Moscow', 'Europe/Moscow', 'Lenina 1', '2027-01-01Z')`)
	f.exec(`INSERT INTO interview (id, venue_id, zone, starts_at, ends_at, slot_minutes, room, wait_minutes, rules, state, created_by, created_at, changed_at)
		VALUES (md5('i')::uuid, md5('w')::uuid, 'Europe/Moscow', '2027-03-08T06:00Z', '2027-03-08T10:00Z', 30, 12, 60, '{}', 'open', 'system', '2027-01-01Z', '2027-01-01Z')`)
	f.exec(`INSERT INTO slot SELECT md5('i')::uuid, n, '2027-03-08T06:00Z', 5, 0 FROM generate_series(0, 3) n`)
	f.exec(`INSERT INTO interview_vacancy SELECT md5('i')::uuid, id FROM vacancy`)
	return f
}

func (f *family) exec(query string, args ...any) {
	f.Helper()
	if _, err := f.r.db.NewRaw(query, args...).Exec(context.Background()); err != nil {
		f.Fatal(err)
	}
}

func (f *family) act() Act {
	f.n++
	return Act{Actor: "system", Key: fmt.Sprint("act ", f.n), Business: f.now}
}

func (f *family) vacancy(n int) (id uuid.UUID) {
	f.Helper()
	if err := f.r.db.NewRaw("SELECT md5(?)::uuid", fmt.Sprint("v", n)).Scan(context.Background(), &id); err != nil {
		f.Fatal(err)
	}
	return id
}

// respond takes in a response of "Анна Белая", Moscow, and returns what became of it.
func (f *family) respond(vacancy int, email, phone string) Responded {
	f.Helper()
	out, err := f.c.AddResponse(context.Background(), f.act(), Response{Vacancy: f.vacancy(vacancy), Name: "Анна Белая", City: "Moscow", Email: email, Phone: phone})
	if err != nil {
		f.Fatal(err)
	}
	return out
}

func (f *family) merge(person, into uuid.UUID, want string) {
	f.Helper()
	if _, err := f.c.MergePeople(context.Background(), f.act(), person, into); fault.CodeOf(err) != want {
		f.Fatalf("merging gives %v, want %q", err, want)
	}
}

func (f *family) unmerge(person uuid.UUID, want string) {
	f.Helper()
	if _, err := f.c.UnmergePerson(context.Background(), f.act(), person); fault.CodeOf(err) != want {
		f.Fatalf("taking a merge back gives %v, want %q", err, want)
	}
}

// roots are the surviving persons of these, as the letters of their places.
func (f *family) roots(ids ...uuid.UUID) string {
	f.Helper()
	var out strings.Builder
	for _, id := range ids {
		p, err := f.r.Surviving(context.Background(), id)
		if err != nil {
			f.Fatal(err)
		}
		letter := "?"
		for n, other := range ids {
			if other == p.ID {
				letter = string(rune('a' + n))
			}
		}
		out.WriteString(letter)
	}
	return out.String()
}

func TestMergedPeopleAreOneEverywhere(t *testing.T) {
	f := newFamily(t)
	ctx := context.Background()
	a, b := f.respond(1, "a@example.org", ""), f.respond(2, "b@example.org", "+79161234567")
	if len(b.Probable) != 1 || b.Probable[0] != a.Person {
		t.Fatalf("%+v", b)
	}
	f.exec("UPDATE person SET name = 'Белая Анна' WHERE id = ?", b.Person)
	f.merge(b.Person, a.Person, "")
	if list, err := f.r.MergedInto(ctx, a.Person); err != nil || len(list) != 1 || list[0].ID != b.Person || list[0].MergedBy != "system" || list[0].IntoID != a.Person {
		t.Errorf("%+v %v", list, err)
	}
	// Lists: the surviving name, the record's own address, both applications of the person.
	rows, _, err := f.r.Applications(ctx, ApplicationFilter{Person: b.Person}, Page{})
	if err != nil || len(rows) != 2 || rows[0].Name != "Анна Белая" || rows[1].Name != "Анна Белая" || rows[0].Others != 1 || rows[0].Email == rows[1].Email {
		t.Fatalf("%+v %v", rows, err)
	}
	for _, text := range []string{"a@example.org", "b@example.org", "8 916 123-45-67", "белая ан", "Анна Бел"} {
		if rows, _, err = f.r.Applications(ctx, ApplicationFilter{Text: text}, Page{}); err != nil || len(rows) != 2 {
			t.Errorf("%q finds %d %v", text, len(rows), err)
		}
	}
	p, err := f.r.Surviving(ctx, b.Person)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := f.r.ProbablySame(ctx, p); err != nil || len(same) != 0 {
		t.Errorf("%+v %v", same, err)
	}
	// A response under the other address is the surviving person's; to a vacancy either applied to it is one more of the same.
	if again := f.respond(2, "b@example.org", ""); again.Outcome != Repeated || again.Application != b.Application {
		t.Errorf("%+v", again)
	}
	if third := f.respond(3, "", "+79161234567"); third.Outcome != Joined || third.Person != a.Person {
		t.Errorf("%+v", third)
	}
	byEmail, _, err := f.r.KnownContacts(ctx, f.vacancy(2), []string{"a@example.org"}, nil)
	if err != nil || !byEmail["a@example.org"].Applied {
		t.Errorf("a preview does not know that he applied: %+v %v", byEmail, err)
	}
	f.merge(b.Person, a.Person, "same_person")
	f.merge(a.Person, b.Person, "same_person")
	f.merge(a.Person, a.Person, "same_person")
	f.merge(a.Person, uuid.New(), "not_found")
	f.unmerge(a.Person, "not_merged")
	f.unmerge(b.Person, "")
	if got := f.roots(a.Person, b.Person); got != "ab" {
		t.Error(got)
	}
	if rows, _, err = f.r.Applications(ctx, ApplicationFilter{Person: b.Person}, Page{}); err != nil || len(rows) != 1 {
		t.Errorf("%d %v", len(rows), err)
	}
	// Not the same person: nobody asks again, also not of a third record that is one of them.
	if err := f.c.PeopleDistinct(ctx, f.act(), a.Person, b.Person); err != nil {
		t.Fatal(err)
	}
	c := f.respond(1, "c@example.org", "")
	f.merge(c.Person, b.Person, "")
	if p, err = f.r.Surviving(ctx, a.Person); err != nil {
		t.Fatal(err)
	}
	if same, err := f.r.ProbablySame(ctx, p); err != nil || len(same) != 0 {
		t.Errorf("%+v %v", same, err)
	}
	var steps []string
	f.exec("SELECT 1")
	if err := f.r.db.NewRaw("SELECT step FROM journal WHERE subject LIKE 'person/%' ORDER BY seq").Scan(ctx, &steps); err != nil || strings.Join(steps, " ") != "person.merge person.unmerge person.distinct person.merge" {
		t.Error(steps, err)
	}
}

func TestChainsOfMergesComeApartAnywhere(t *testing.T) {
	f := newFamily(t)
	var p []uuid.UUID
	for n := range 4 {
		p = append(p, f.respond(1, fmt.Sprintf("p%d@example.org", n), "").Person)
	}
	want := func(roots string) {
		t.Helper()
		if got := f.roots(p...); got != roots {
			t.Fatalf("%s, want %s", got, roots)
		}
	}
	f.merge(p[0], p[1], "") // a -> b
	f.merge(p[1], p[2], "") // b -> c
	want("cccd")
	f.merge(p[0], p[3], "merged_meanwhile")
	f.merge(p[2], p[0], "same_person") // a cycle
	f.merge(p[2], p[3], "")
	want("dddd")
	f.unmerge(p[1], "") // the middle: a goes with b
	want("bbdd")
	f.unmerge(p[0], "")
	want("abdd")
	f.merge(p[1], p[0], "")
	f.merge(p[0], p[2], "merged_meanwhile")
	f.merge(p[0], p[3], "")
	want("dddd")
	f.unmerge(p[2], "")
	f.unmerge(p[0], "")
	want("aacd")
}
