package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// "In order" passes over who was promised a time that comes first, and says until when; a tick invites him.
func TestWhoWasPromisedATimeIsNotInvitedInOrder(t *testing.T) {
	f := newFirm(t, 3)
	_, places := f.met(1)
	app := places[0].ApplicationID
	f.now = f.now.Add(time.Hour)
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.MarkLeft, app.String(), f.by(staff.Receptionist),
		workflows.BookingArgs{Booking: places[0].ID.String(), Version: places[0].Version})
	f.command(err)
	id, path := f.session(3)
	others := []string{}
	for _, a := range f.Applications {
		if a != app {
			others = append(others, a.String())
			f.shortlist(a)
		}
	}
	for _, role := range []staff.Role{staff.HR, staff.Receptionist} {
		_, home := f.get(role, "/")
		if asked := strings.Contains(home, "was promised a priority time and has not chosen one; it holds until Sun 7\u00a0Mar, 12:55") && strings.Contains(home, "/candidates/"+app.String()); asked != (role == staff.HR) {
			t.Errorf("%s is asked on Today: %v", role, asked)
		}
	}
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Invite 2 in order", "may choose a priority time until Sun 7\u00a0Mar, 12:55: our promise", "1 was promised a priority time by us", "data-elsewhere=")
	if shown := shownIn(page); len(shown) != 2 || strings.Contains(strings.Join(shown, " "), app.String()) {
		t.Error(shown)
	}
	if reserve, err := f.Reader.Reserve(t.Context(), id, f.now, 10); err != nil || len(reserve) != 2 {
		t.Error(reserve, err)
	}
	res, page := f.post(staff.HR, path, path+"/invite", url.Values{"applications": others})
	f.want(res, page, http.StatusSeeOther)
	res, page = f.post(staff.HR, path, path+"/fill", url.Values{"mode": {"auto"}, "from": {"session"}})
	f.want(res, page, http.StatusSeeOther)
	f.run(id)
	f.now = f.now.Add(6 * time.Minute)
	f.run(id)
	_, page = f.get(staff.HR, path)
	wantPage(t, page, "Nobody is invited now:", "1 on the shortlist is passed over", "our promise of a priority time")
	res, page = f.post(staff.HR, path, path+"/invite", url.Values{"applications": {app.String()}})
	f.want(res, page, http.StatusSeeOther)
}

// A candidate's page says that he may choose a time that comes first after an invitation and its end too, in three languages.
func TestThePromiseOutlivesAnInvitationOnThePage(t *testing.T) {
	h := newHall(t, 1)
	app := h.Applications[0]
	start := h.now.AddDate(0, 0, 2)
	first := h.session(start, 1)
	h.invite(first, app)
	s := &stage{hall: h}
	h.press(h.base(app)+"/confirm", form(t, h.get(h.base(app)), h.base(app)+"/confirm"))
	h.now = start
	staffDo(h, workflows.CheckIn, app, s.booking(app))
	staffDo(h, workflows.MarkLeft, app, s.booking(app))
	until := "Sat 6\u00a0Mar, 12:00"
	promise := func(want bool) {
		t.Helper()
		for _, lang := range i18n.Languages() {
			h.lang = lang
			words, _, _ := strings.Cut(i18n.T(lang, "candidate.promised", "until", "{until}"), "{until}")
			if page := h.get(h.base(app)); strings.Contains(page, words) != want {
				t.Errorf("%s: promised: %v", lang, !want)
			} else if want && lang == "en" && !strings.Contains(page, until) {
				says(t, page, until)
			}
		}
		h.lang = ""
	}
	promise(false) // the page itself says so
	next := h.session(h.now.AddDate(0, 0, 3), 2, 2)
	staffDo(h, workflows.Invite, next, workflows.InviteArgs{Applications: []string{app.String()}})
	h.run(h.now, app)
	promise(true)
	h.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE application_id = ?`, app)
	h.run(h.now.Add(25*time.Hour), app)
	promise(true)
	answer := staffDo(h, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String(), Slot: 1})
	b, err := h.Reader.Bookings(t.Context(), app)
	if err != nil || b[0].ID != uuid.MustParse(answer.ID) || !b[0].Priority {
		t.Fatal(b, err)
	}
	promise(false)
}

// Among the times to choose those are marked at which he comes first, in three languages; to whom nothing was promised
// none is.
func TestTheTimesThatComeFirstAreMarked(t *testing.T) {
	h := newHall(t, 3)
	app, other, plain := h.Applications[0], h.Applications[1], h.Applications[2]
	start := h.now.AddDate(0, 0, 2)
	first := h.session(start, 2)
	h.invite(first, app, plain)
	s := &stage{hall: h}
	h.press(h.base(app)+"/confirm", form(t, h.get(h.base(app)), h.base(app)+"/confirm"))
	h.press(h.base(plain)+"/cancel", form(t, h.get(h.base(plain)+"/cancel"), h.base(plain)+"/cancel"))
	h.now = start
	staffDo(h, workflows.CheckIn, app, s.booking(app))
	staffDo(h, workflows.MarkLeft, app, s.booking(app))
	next := h.session(h.now.AddDate(0, 0, 3), 2, 2)
	h.invite(next, other) // at its first time, where the one interviewer is then spoken for
	marked := func(app uuid.UUID, sentence string, want ...bool) {
		t.Helper()
		for _, lang := range i18n.Languages() {
			h.lang = lang
			page := h.get(h.base(app) + "/times")
			for slot, want := range want {
				value := next.String() + "/" + strconv.Itoa(slot)
				if want {
					value += "/first"
				}
				_, rest, _ := strings.Cut(page, `value="`+value+`"`)
				label, _, shown := strings.Cut(rest, "</label>")
				if !shown || strings.Contains(label, i18n.T(lang, "candidate.times_first")) != want {
					t.Errorf("%s: slot %d comes first: want %v of %q", lang, slot, want, label)
				}
			}
			for _, key := range []string{"candidate.times_owed", "candidate.times_owed_none"} {
				words, _, _ := strings.Cut(i18n.T(lang, key, "until", "{until}"), "{until}")
				if strings.Contains(page, words) != (key == sentence) {
					t.Errorf("%s: %s is said: %v", lang, key, key != sentence)
				}
			}
		}
		h.lang = ""
	}
	marked(app, "candidate.times_owed", true, true) // an invitation without an answer takes nobody's turn
	times := h.base(app) + "/times"
	stale := form(t, h.get(times), times, "time", next.String()+"/0/first")
	h.press(h.base(other)+"/confirm", form(t, h.get(h.base(other)), h.base(other)+"/confirm"))
	marked(app, "candidate.times_owed", false, true)
	h.lang = "en"
	res, page := h.post(times, stale)
	if res.StatusCode != http.StatusConflict {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	says(t, page, i18n.T("en", "candidate.refused_no_longer_first"), `value="`+next.String()+`/0"`, `value="`+next.String()+`/1/first"`)
	marked(app, "candidate.times_owed", false, true) // nothing was spent
	marked(plain, "", false, false)
	h.exec(`UPDATE lane SET closed_at = ? WHERE interview_id = ?`, h.now, next)
	marked(app, "candidate.times_owed_none", false, false)
	h.exec(`UPDATE lane SET closed_at = NULL WHERE interview_id = ?`, next)
	h.exec(`UPDATE slot SET taken = seats WHERE interview_id = ? AND number = 1`, next) // as many are invited as were planned
	marked(app, "candidate.times_owed", false, true)
	answer := staffDo(h, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String(), Slot: 1})
	if b, err := h.Reader.Bookings(t.Context(), app); err != nil || b[0].ID.String() != answer.ID || !b[0].Priority {
		t.Fatal(b, err)
	}
	marked(app, "", false) // it was for one time
}
