package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// stage leads one person after another into every situation the page knows.
type stage struct {
	*hall
	next int
	seen map[string]bool
}

func (s *stage) fresh() uuid.UUID { s.next++; return s.Applications[s.next-1] }

// check holds that the page shows this situation, soundly, in three languages, and offers these actions
// and no others.
func (s *stage) check(want string, app uuid.UUID, actions ...string) {
	s.t.Helper()
	s.seen[want] = true
	base := s.base(app)
	for _, lang := range i18n.Languages() {
		s.lang = lang
		page := s.get(base)
		says(s.t, page, i18n.T(lang, "candidate."+want+".title"), `<html lang="`+lang+`"`)
		if strings.Contains(page, "Ivanov") {
			s.t.Errorf("%s: the page has more than the first name", want)
		}
		for _, action := range []string{"confirm", "times", "cancel", "late", "find", "withdraw", "erase", "rejoin", "calendar.ics"} {
			if has := strings.Contains(page, `"`+base+"/"+action+`"`); has != slices.Contains(actions, action) {
				s.t.Errorf("%s in %s: %s offered: %v", want, lang, action, has)
			}
		}
		for _, action := range actions {
			if action == "confirm" || action == "late" || action == "rejoin" || action == "calendar.ics" {
				continue
			}
			s.get(base + "/" + action)
		}
	}
	s.lang = ""
}

func (s *stage) press(app uuid.UUID, from, action string, extra ...string) {
	s.t.Helper()
	base := s.base(app)
	s.hall.press(base+"/"+action, form(s.t, s.get(base+from), base+"/"+action, extra...))
}

func (s *stage) booking(app uuid.UUID) workflows.BookingArgs {
	s.t.Helper()
	b, err := s.Reader.Bookings(context.Background(), app)
	if err != nil || len(b) == 0 {
		s.t.Fatal(b, err)
	}
	return workflows.BookingArgs{Booking: b[0].ID.String(), Version: b[0].Version}
}

func TestEverySituationInEveryLanguage(t *testing.T) {
	s := &stage{hall: newHall(t, 26), seen: map[string]bool{}}
	start := s.now.AddDate(0, 0, 2)
	session, off := s.session(start, 30, 5), s.session(start.Add(24*time.Hour), 5)
	s.session(start.Add(72*time.Hour), 5, 5, 5)
	invited := func(to uuid.UUID) uuid.UUID { app := s.fresh(); s.invite(to, app); return app }
	booked := func(to uuid.UUID) uuid.UUID {
		app := invited(to)
		s.press(app, "", "confirm")
		return app
	}

	responded, shortlisted := s.fresh(), s.fresh()
	staffDo(s.hall, workflows.Shortlist, shortlisted, workflows.ShortlistArgs{})
	s.check("responded", responded, "withdraw", "erase")
	s.check("shortlisted", shortlisted, "withdraw", "erase")
	silent, calledOff, twice := invited(session), booked(off), invited(session)
	s.check("invited", silent, "confirm", "times", "cancel", "find", "calendar.ics", "withdraw", "erase")
	s.invite2(off, twice)
	s.lang = "en"
	says(t, s.get(s.base(twice)), i18n.T("en", "candidate.others_title"))
	if page := s.get(s.base(twice)); strings.Count(page, "/confirm\"") != 2 {
		t.Error("a second invitation has no button of its own")
	}
	s.lang = ""
	coming, missing, leaving, waiting, met := booked(session), booked(session), booked(session), booked(session), booked(session)
	s.check("booked", coming, "times", "cancel", "find", "calendar.ics", "withdraw", "erase")
	declined, cancelled, back := invited(session), booked(session), booked(session)
	s.press(declined, "/cancel", "cancel")
	s.check("declined", declined, "times", "withdraw", "erase")
	s.press(cancelled, "/cancel", "cancel")
	s.check("cancelled", cancelled, "times", "withdraw", "erase")
	staffDo(s.hall, workflows.WithdrawByUs, back, s.booking(back))
	s.check("taken_back", back, "times", "withdraw", "erase")
	chosen := s.fresh()
	beside, vacancy := s.besideApp(s.next - 1)
	s.invite(s.sessionFor(vacancy, start, 1), beside)
	s.invite(session, chosen)
	s.press(chosen, "", "confirm")
	s.check("gave_way", beside, "times", "withdraw", "erase")
	staffDo(s.hall, workflows.CancelSession, off, workflows.None{})
	s.check("called_off", calledOff, "times", "withdraw", "erase")
	withdrawn, erasing := booked(session), booked(session)
	s.press(withdrawn, "/withdraw", "withdraw")
	s.check("withdrawn", withdrawn, "rejoin", "erase")
	s.press(withdrawn, "", "rejoin")
	s.check("cancelled", withdrawn, "times", "withdraw", "erase")
	s.press(erasing, "/erase", "erase")
	s.check("erasing", erasing, "rejoin")
	erased := s.base(erasing)
	told := s.fresh()
	staffDo(s.hall, workflows.Decide, told, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
	s.now = s.now.Add(10 * time.Minute)
	for range 2 { // each time anew: the second wish is not taken for the first
		s.press(told, "/erase", "erase")
		s.check("erasing", told, "rejoin")
		s.press(told, "", "rejoin")
		s.check("reject", told, "erase")
	}
	for _, d := range []hiring.Decision{hiring.Reserve, hiring.Reject} {
		app := s.fresh()
		staffDo(s.hall, workflows.Decide, app, workflows.DecideArgs{Decision: d, Reason: hiring.Reasons[d][0]})
		s.now = s.now.Add(10 * time.Minute)
		s.check(string(d), app, "erase")
	}

	s.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE application_id = ?`, silent) // the time to answer runs from there
	s.run(s.now.Add(25*time.Hour), silent)
	s.check("no_answer", silent, "times", "withdraw", "erase")
	s.run(s.now, erasing)
	for _, base := range []string{erased, s.base(erasing)} {
		want := map[bool]int{true: http.StatusNotFound, false: http.StatusOK}[base == erased]
		if res, page := do(t, s.app, "GET", base, ""); res.StatusCode != want || strings.Contains(page, "Ivan") {
			t.Errorf("after the erasing %s: %d", base, res.StatusCode)
		}
	}

	s.now = start.Add(-30 * time.Minute)
	s.check("booked", coming, "times", "cancel", "late", "find", "calendar.ics", "withdraw", "erase")
	s.now = start.Add(5 * time.Minute)
	s.check("due", coming, "cancel", "late", "find", "calendar.ics", "withdraw", "erase")
	for _, app := range []uuid.UUID{leaving, waiting, met} {
		staffDo(s.hall, workflows.CheckIn, app, s.booking(app))
	}
	s.check("here", waiting, "withdraw", "erase")
	staffDo(s.hall, workflows.MarkLeft, leaving, s.booking(leaving))
	s.check("left", leaving, "times", "withdraw", "erase")
	interviewer := s.Staff[staff.Interviewer].String()
	note, err := s.Catalog.PutDocument(t.Context(), store.Document{Key: "card", Kind: "scorecard", MediaType: "application/json", Body: []byte(`{"adequacy":"a"}`), CreatedAt: s.now})
	if err != nil {
		t.Fatal(err)
	}
	staffDo(s.hall, workflows.FileScorecard, met, workflows.ScorecardArgs{
		Staff: interviewer, Scores: map[string]int{"motivation": 4, "competence": 3, "adequacy": 4}, Recommendation: "hire", Note: note.String(),
	})
	s.check("interviewed", met, "withdraw", "erase")
	staffDo(s.hall, workflows.Decide, met, workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"})
	s.check("interviewed", met, "erase")
	s.now = s.now.Add(10 * time.Minute)
	s.check("hire", met, "erase")
	s.exec(`UPDATE booking SET state = 'interviewer_no_show' WHERE application_id = ?`, waiting)
	s.exec(`UPDATE application SET state = 'shortlisted' WHERE id = ?`, waiting)
	s.check("our_fault", waiting, "times", "withdraw", "erase")
	s.run(start.Add(20*time.Minute), missing)
	s.check("missed", missing, "times", "withdraw", "erase")
	s.now = start.AddDate(0, 0, 3)
	s.check("missed", missing, "times", "withdraw", "erase")
	s.now = start.AddDate(0, 0, 3).Add(21 * time.Minute)
	s.check("over", missing, "withdraw", "erase")
	s.check("taken_back", back, "withdraw", "erase")

	for _, key := range i18n.Keys() {
		if rest, ok := strings.CutPrefix(key, "candidate."); ok && strings.HasSuffix(rest, ".title") && !s.seen[strings.TrimSuffix(rest, ".title")] {
			t.Errorf("nobody was led into %s", key)
		}
	}
}

// invite2 invites somebody who has an invitation already.
func (s *stage) invite2(session, app uuid.UUID) {
	staffDo(s.hall, workflows.Invite, session, workflows.InviteArgs{Applications: []string{app.String()}})
}

func TestAPageSpeaksThePersonsLanguage(t *testing.T) {
	h := newHall(t, 1)
	base := h.base(h.Applications[0])
	h.exec(`UPDATE person SET language = 'bg'`)
	for _, c := range []struct{ cookie, browser, want string }{{"", "en", "bg"}, {"lang=ru", "en", "ru"}, {"lang=xx", "en", "bg"}} {
		if _, page := do(t, h.app, "GET", base, "", "Cookie", c.cookie, "Accept-Language", c.browser); !strings.Contains(page, `<html lang="`+c.want+`"`) {
			t.Errorf("%+v", c)
		}
	}
	h.exec(`UPDATE person SET language = ''`) // then the vacancy's
	if _, page := do(t, h.app, "GET", base, "", "Accept-Language", "en"); !strings.Contains(page, `<html lang="ru"`) {
		t.Error(page)
	}
	res, _ := do(t, h.app, "POST", "/preferences", "lang=en&back="+base, "Origin", "null", "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != 303 || res.Header.Get("Location") != base || len(res.Cookies()) != 1 {
		t.Error(res.StatusCode, res.Header)
	}
}

func TestConsentIsShown(t *testing.T) {
	h := newHall(t, 1)
	h.lang = "en"
	h.exec(`UPDATE application SET consent_at = '2027-02-20T22:30:00Z', consent_version = '<v3>'`)
	// 21 February in Moscow.
	says(t, h.get(h.base(h.Applications[0])), i18n.T("en", "candidate.consent_given", "date", "21\u00a0February 2027", "version", "<v3>"))
}

// The reminder of the day asks whether he comes: his page has the button for it, and reception sees the answer.
func TestHeSaysOnTheDayThatHeComes(t *testing.T) {
	h := newHall(t, 1)
	h.lang = "en"
	app := h.Applications[0]
	h.invite(h.session(h.now.AddDate(0, 0, 3), 1, 1, 1), app)
	base := h.base(app)
	h.press(base+"/confirm", form(t, h.get(base), base+"/confirm"))
	if page := h.get(base); strings.Contains(page, base+"/confirm") {
		t.Error("he is asked before the reminder")
	}
	h.exec(`UPDATE booking SET reminded_day = true, reminded_hours = true`)
	page := h.get(base)
	says(t, page, en("candidate.sure"))
	page = h.press(base+"/confirm", form(t, page, base+"/confirm"))
	says(t, page, en("candidate.done_sure"), en("candidate.sure_noted"))
	if strings.Contains(page, base+"/confirm") {
		t.Error("he is asked again")
	}
}
