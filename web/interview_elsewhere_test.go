package web

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// twin gives the person of an application another one, to a vacancy of its own; if merged, under a record of its own.
func (f *firm) twin(app uuid.UUID, merged bool) (id, vacancy uuid.UUID) {
	f.Helper()
	id, vacancy = uuid.New(), uuid.New()
	person := uuid.New()
	exec := func(query string, args ...any) {
		f.Helper()
		_, err := f.DB.NewRaw(query, args...).Exec(f.Context())
		f.command(err)
	}
	exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		SELECT ?, profile_id, 'Key accounts', city, zone, headcount, pay_level, public, created_at FROM vacancy WHERE id = ?`, vacancy, f.Vacancy)
	if merged {
		exec(`INSERT INTO person (id, name, first_name, email, created_at, merged_into) SELECT ?, 'Ivan', 'Ivan', ?, created_at, id FROM person
			WHERE id = (SELECT person_id FROM application WHERE id = ?)`, person, person.String()+"@example.org", app)
	}
	exec(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at)
		SELECT ?, coalesce((SELECT id FROM person WHERE id = ?), person_id), ?, 'responded', responded_at, changed_at FROM application WHERE id = ?`, id, person, vacancy, app)
	return id, vacancy
}

// A session's rows and the candidate's page name the other time of the same person.
func TestTheOtherTimeOfTheSamePersonIsNamed(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(2)
	starts := f.now.AddDate(0, 0, 3)
	one, vacancy := f.twin(f.Applications[0], true)
	near := f.besides(vacancy, starts.Add(15*time.Minute), 1)
	f.shortlist(f.Applications[0], f.Applications[1], one)
	f.inviteTo(id, f.Applications...)
	f.inviteTo(near, one)
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "another invitation: Head office, Thu 4\u00a0Mar, 12:15 (the hours may overlap)")
	if strings.Count(page, "another invitation") != 1 {
		t.Error("of others too")
	}
	_, page = f.get(staff.HR, "/sessions/"+near.String())
	wantPage(t, page, "another invitation: Head office, Thu 4\u00a0Mar, 12:00 (the hours may overlap)")
	_, page = f.get(staff.HR, "/candidates/"+one.String())
	wantPage(t, page, "Other applications", "another invitation: Head office, Thu 4\u00a0Mar, 12:00 (the hours may overlap)")
	// A yes to one: the other row says that he took another time, and the one that stands names no other any more.
	places, err := f.Reader.SessionPlaces(t.Context(), near)
	f.command(err)
	_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.Confirm, one.String(), workflows.By{Actor: "candidate/" + one.String(), Key: uuid.NewString()},
		workflows.BookingArgs{Booking: places[0].ID.String(), Version: places[0].Version})
	f.command(err)
	_, page = f.get(staff.HR, path)
	_, people, _ := strings.Cut(page, `id="people"`)
	wantPage(t, people, "took another time", "another time: Head office, Thu 4\u00a0Mar, 12:15 (the hours may overlap)")
	_, page = f.get(staff.HR, "/candidates/"+f.Applications[0].String())
	wantPage(t, page, "took another time", "another time: Head office, Thu 4\u00a0Mar, 12:15<", "Invitation gave way to the person&#39;s other time")
	_, page = f.get(staff.HR, "/sessions/"+near.String())
	if strings.Contains(page, "another time") || strings.Contains(page, "another invitation") {
		t.Error("what is gone is named")
	}
}

// A session for two vacancies: a person who applied for both stands on its list once.
func TestAPersonStandsOnAListOnce(t *testing.T) {
	f := newFirm(t, 3)
	id, path := f.session(7)
	for n, app := range f.Applications[:2] {
		twin, vacancy := f.twin(app, n == 1)
		_, err := f.DB.NewRaw(`INSERT INTO interview_vacancy (interview_id, vacancy_id) VALUES (?, ?)`, id, vacancy).Exec(t.Context())
		f.command(err)
		f.shortlist(twin)
	}
	f.shortlist(f.Applications...)
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "7 people fit into the free seats; 3 are on the shortlist", "Invite 3 in order")
	if n := strings.Count(page, "too; invited once"); n != 2 {
		t.Error(n, "rows say for what else")
	}
	if shown := shownIn(page); len(shown) != 3 {
		t.Error(shown)
	}
	reserve, err := f.Reader.Reserve(t.Context(), id, f.now, 10)
	if err != nil || len(reserve) != 3 {
		t.Error(reserve, err)
	}
	// In it under one of them, he is neither on the list nor in the reserve under the other.
	f.inviteTo(id, f.Applications[0])
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "2 are on the shortlist", "Invite 2 in order")
	if reserve, err = f.Reader.Reserve(t.Context(), id, f.now, 10); err != nil || len(reserve) != 2 {
		t.Error(reserve, err)
	}
	// Whom mail reaches under one of his records stands there by that one.
	_, err = f.DB.NewRaw(`UPDATE person SET email = '' WHERE id = (SELECT person_id FROM application WHERE id = ?)`, f.Applications[1]).Exec(t.Context())
	f.command(err)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "2 are on the shortlist", "Invite 2 in order")
}

// Two records of one person, two applications for one vacancy: who has a time by one is passed over by the other, at
// whatever hour, on the page and by filling; and he takes nobody's turn.
func TestATimeForTheSameVacancyUnderAnotherRecord(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(3)
	twin, _ := f.twin(f.Applications[0], true)
	_, err := f.DB.NewRaw(`UPDATE application SET vacancy_id = ? WHERE id = ?`, f.Vacancy, twin).Exec(t.Context())
	f.command(err)
	later := f.besides(uuid.Nil, f.now.AddDate(0, 0, 4), 1)
	f.shortlist(twin)
	f.inviteTo(later, twin)
	places, err := f.Reader.SessionPlaces(t.Context(), later)
	f.command(err)
	_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.Confirm, twin.String(), workflows.By{Actor: "candidate/" + twin.String(), Key: uuid.NewString()},
		workflows.BookingArgs{Booking: places[0].ID.String(), Version: places[0].Version})
	f.command(err)
	f.shortlist(f.Applications...)
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Invite 1 in order", "1 has another invitation or time already", "another time: Head office, Fri 5\u00a0Mar, 12:00<")
	reserve, err := f.Reader.Reserve(t.Context(), id, f.now, 1)
	f.command(err)
	if shown := shownIn(page); len(shown) != 1 || shown[0] != f.Applications[1].String() || len(reserve) != 1 || reserve[0] != f.Applications[1] {
		t.Error(shown, reserve)
	}
}

// Whose last mail was refused for good is no more invited in order than by filling; the list says to call him.
func TestWhomNoMailReachesIsNotInvitedInOrder(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(3)
	f.shortlist(f.Applications...)
	_, err := f.DB.NewRaw(`INSERT INTO outgoing_mail (id, key, kind, application_id, due_at, created_at, state, code) VALUES (?, 'k', 'acknowledgement', ?, ?, ?, 'failed', 'smtp_address')`,
		uuid.New(), f.Applications[0], f.now, f.now).Exec(t.Context())
	f.command(err)
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Invite 1 in order", "1 has no e-mail address that takes mail: telephone.", "the last mail was refused: call them")
	reserve, err := f.Reader.Reserve(t.Context(), id, f.now, 10)
	f.command(err)
	if shown := shownIn(page); len(shown) != 1 || shown[0] != f.Applications[1].String() || len(reserve) != 1 || reserve[0] != f.Applications[1] {
		t.Error(shown, reserve)
	}
	// Under another application mail reaches him: he stands there by that one.
	twin, vacancy := f.twin(f.Applications[0], false)
	_, err = f.DB.NewRaw(`INSERT INTO interview_vacancy (interview_id, vacancy_id) VALUES (?, ?)`, id, vacancy).Exec(t.Context())
	f.command(err)
	f.shortlist(twin)
	_, page = f.get(staff.HR, path)
	if shown := shownIn(page); len(shown) != 2 || !strings.Contains(page, "Invite 2 in order") {
		t.Error(shown)
	}
}
