package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// besides schedules one more session at starts, with an interviewer of its own, for the vacancy (uuid.Nil: the firm's).
func (f *firm) besides(vacancy uuid.UUID, starts time.Time, seats ...int) uuid.UUID {
	f.Helper()
	if vacancy == uuid.Nil {
		vacancy = f.Vacancy
	}
	id, lane := uuid.New(), uuid.New()
	_, err := f.DB.NewRaw(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, ?, 'Olga', '{interviewer}', now())`, lane, lane.String()+"@example.org").Exec(context.Background())
	f.command(err)
	_, err = workflows.Do(context.Background(), f.pages.Commands, workflows.Schedule, id.String(), f.by(staff.HR), workflows.ScheduleArgs{
		Venue: f.Venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: starts, SlotMinutes: 30, Seats: seats, Lanes: []string{lane.String()}, Room: 10, WaitMinutes: 60},
	})
	f.command(err)
	return id
}

func (f *firm) shortlist(apps ...uuid.UUID) {
	f.Helper()
	for _, a := range apps {
		_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Shortlist, a.String(), f.by(staff.HR), workflows.ShortlistArgs{})
		f.command(err)
	}
}

func (f *firm) inviteTo(session uuid.UUID, apps ...uuid.UUID) {
	f.Helper()
	var args workflows.InviteArgs
	for _, a := range apps {
		args.Applications = append(args.Applications, a.String())
	}
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Invite, session.String(), f.by(staff.HR), args)
	f.command(err)
}

// "In order" leaves out who is invited elsewhere, the list says where and when, and filling says the same.
func TestWhoIsInvitedElsewhereIsNotInvitedInOrder(t *testing.T) {
	f := newFirm(t, 5)
	id, path := f.session(5, 1)
	starts := f.now.AddDate(0, 0, 3)
	near, far := f.besides(uuid.Nil, starts.Add(90*time.Minute), 2), f.besides(uuid.Nil, starts.AddDate(0, 0, 1), 2)
	a := f.Applications
	f.shortlist(a...)
	f.inviteTo(near, a[0])
	f.inviteTo(far, a[1])
	_, err := f.DB.NewRaw(`UPDATE person SET email = '' WHERE id = (SELECT person_id FROM application WHERE id = ?)`, a[2]).Exec(t.Context())
	f.command(err)
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Invite 2 in order", "2 have another invitation or time already", "passes them over", "Of these, 1 at hours that may overlap.", "1 has no e-mail address that takes mail: telephone.",
		"another invitation: Head office, Thu 4\u00a0Mar, 13:30 (the hours may overlap)", "another invitation: Head office, Fri 5\u00a0Mar, 12:00<")
	if shown := shownIn(page); len(shown) != 2 || shown[0] != a[3].String() || shown[1] != a[4].String() {
		t.Error(shown)
	}
	for lang, words := range map[string][]string{
		"bg": {"Покани 2 по ред", "2 вече имат друга покана или час", "При 1 от тях", "1 няма имейл", "друга покана: Head office", "часовете може да се застъпват"},
		"ru": {"Пригласить 2 по порядку", "У 2 человек уже есть другое приглашение или запись", "Из них 1 на часы", "1 человек без действующей эл. почты", "другое приглашение: Head office", "часы могут пересекаться"},
	} {
		_, page := f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; lang="+lang)
		wantPage(t, page, words...)
	}
	// Filling passes the same people over, and says so.
	res, page := f.post(staff.HR, path, path+"/fill", url.Values{"mode": {"auto"}, "from": {"session"}})
	f.want(res, page, http.StatusSeeOther)
	f.run(id)
	f.now = f.now.Add(6 * time.Minute)
	f.run(id)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "Nobody is invited now:", "2 on the shortlist have another invitation or time already, and nobody else is left", "passes them over")
	if strings.Contains(page, `name="first"`) || strings.Contains(page, "nobody is left on the shortlist") {
		t.Error("the list and filling disagree")
	}
	// A tick invites here too.
	res, page = f.post(staff.HR, path, path+"/invite", url.Values{"applications": {a[1].String()}})
	f.want(res, page, http.StatusSeeOther)
	_, page = f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; "+flashOf(res))
	wantPage(t, page, i18n.T("en", "flash.wave_invited", "n", 1), "1 has another invitation or time already", "passes that person over")
}

// A time for another vacancy keeps nobody out, unless he would have to be in two places; the question says so.
func TestATimeForAnotherVacancy(t *testing.T) {
	f := newFirm(t, 2)
	id, path := f.session(3)
	other := uuid.New()
	_, err := f.DB.NewRaw(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		SELECT ?, profile_id, 'Key accounts', city, zone, headcount, pay_level, public, created_at FROM vacancy WHERE id = ?`, other, f.Vacancy).Exec(t.Context())
	f.command(err)
	starts := f.now.AddDate(0, 0, 3)
	overlapping, later := f.besides(other, starts, 1), f.besides(other, starts.AddDate(0, 0, 1), 1)
	for n, session := range []uuid.UUID{overlapping, later} {
		twin := uuid.New()
		_, err := f.DB.NewRaw(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at)
			SELECT ?, person_id, ?, 'responded', responded_at, changed_at FROM application WHERE id = ?`, twin, other, f.Applications[n]).Exec(t.Context())
		f.command(err)
		f.shortlist(twin)
		f.inviteTo(session, twin)
		places, err := f.Reader.SessionPlaces(t.Context(), session)
		f.command(err)
		_, err = workflows.Do(t.Context(), f.pages.Commands, workflows.Confirm, twin.String(), workflows.By{Actor: "candidate/" + twin.String(), Key: uuid.NewString()},
			workflows.BookingArgs{Booking: places[0].ID.String(), Version: places[0].Version})
		f.command(err)
	}
	f.shortlist(f.Applications...)
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Invite 1 in order", "1 of them has a time for another vacancy, at other hours.", "another time: Head office, Thu 4\u00a0Mar, 12:00 (the hours may overlap)", "another time: Head office, Fri 5\u00a0Mar, 12:00<")
	reserve, err := f.Reader.Reserve(t.Context(), id, f.now, 10)
	f.command(err)
	if shown := shownIn(page); len(shown) != 1 || shown[0] != f.Applications[1].String() || len(reserve) != 1 || reserve[0] != f.Applications[1] {
		t.Error(shown, reserve)
	}
}

// The bound says what uses it up.
func TestTheBoundSaysThatDeclinesUseItUp(t *testing.T) {
	f := newFirm(t, 1)
	_, path := f.session(2)
	for lang, words := range map[string]string{"en": "who declines or does not answer uses it up too", "bg": "и отказалите, и неотговорилите", "ru": "и кто отказался, и кто не ответил"} {
		_, page := f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; lang="+lang)
		wantPage(t, page, i18n.T(lang, "plan.most_invited"), words)
	}
}
