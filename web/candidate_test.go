package web

import (
	"context"
	"html"
	"maps"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/link"
)

func en(key string, args ...any) string { return html.EscapeString(i18n.T("en", key, args...)) }

func TestCandidateConfirmsMovesAndCancels(t *testing.T) {
	h := newHall(t, 2)
	h.lang = "en"
	app := h.Applications[0]
	start := h.now.AddDate(0, 0, 3)
	session := h.session(start, 1, 1, 1)
	h.invite(session, app)
	base := h.base(app)

	page := h.get(base)
	says(t, page, en("candidate.invited.title"), "Hello, Ivan.", "Thursday, 4", "12:00", "Moscow time (UTC+3)", "Lenina 1", en("candidate.how_shared", "wait", "1\u00a0h"))
	confirm := form(t, page, base+"/confirm")
	first := h.press(base+"/confirm", confirm)
	says(t, first, en("candidate.booked.title"), en("candidate.done_confirmed"))
	after := h.sums()
	says(t, h.press(base+"/confirm", confirm), en("candidate.booked.title"), en("candidate.done_confirmed"))
	if now := h.sums(); !maps.Equal(after, now) {
		t.Error("a double submit wrote something")
	}
	// A second tab that was opened before: the same form has the same command id.
	confirm.Set("_command", "another-tab")
	says(t, h.press(base+"/confirm", confirm), en("candidate.refused"), en("candidate.booked.title"))
	if !maps.Equal(after, h.sums()) {
		t.Error("a stale form wrote something")
	}

	times := h.get(base + "/times")
	says(t, times, "12:30", "13:00", "Moscow time")
	if strings.Contains(times, session.String()+"/0") {
		t.Error("his own time is offered")
	}
	move := form(t, times, base+"/times", "time", session.String()+"/2")
	says(t, h.press(base+"/times", move), en("candidate.done_moved"), "13:00")
	says(t, h.press(base+"/times", move), en("candidate.done_moved"), "13:00")
	// The other tab's form for another time carries the same command id: nothing happens twice.
	move.Set("time", session.String()+"/1")
	says(t, h.press(base+"/times", move), en("candidate.refused"), "13:00")
	empty := form(t, h.get(base+"/times"), base+"/times")
	if res, page := h.post(base+"/times", empty); res.StatusCode != 422 || !strings.Contains(page, en("invalid.choose_one")) {
		t.Error(res.StatusCode)
	}

	h.now = start.Add(-30 * time.Minute)
	page = h.get(base)
	late := form(t, page, base+"/late", "minutes", "20")
	says(t, h.press(base+"/late", late), en("candidate.done_late_noted"), en("candidate.late_noted", "late", "20\u00a0min"))
	says(t, h.get(base+"/find"), "Second door", "+74950000000", `href="tel:&#43;74950000000"`)

	cancel := form(t, h.get(base+"/cancel"), base+"/cancel")
	says(t, h.press(base+"/cancel", cancel), en("candidate.cancelled.title"), en("candidate.done_cancelled_late"))
	// Nothing is left to find or to put into a calendar.
	for _, path := range []string{"/find", "/calendar.ics", "/cancel"} {
		if res, _ := do(t, h.app, "GET", base+path, ""); res.StatusCode != 303 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// Two sessions at one place and hour are one choice, and whoever can stay in his own does.
func TestTwoSessionsAtTheSameHour(t *testing.T) {
	h := newHall(t, 2)
	h.lang = "en"
	start := h.now.AddDate(0, 0, 3)
	one, other := h.session(start, 1, 1), h.session(start, 1, 1, 1)
	for n, session := range []uuid.UUID{one, other} { // whichever of the ids sorts first
		app, theirs := h.Applications[n], []uuid.UUID{other, one}[n]
		h.invite(session, app)
		base := h.base(app)
		h.press(base+"/confirm", form(t, h.get(base), base+"/confirm"))
		page := h.get(base + "/times")
		says(t, page, session.String()+"/1")
		for _, hidden := range []string{session.String() + "/0", theirs.String() + "/0", theirs.String() + "/1"} {
			if strings.Contains(page, hidden) {
				t.Errorf("%s is offered to who has 12:00 in %s", hidden, session)
			}
		}
	}
}

func TestCandidateTakesTheSameTimeAgain(t *testing.T) {
	h := newHall(t, 2)
	h.lang = "en"
	app := h.Applications[0]
	session := h.session(h.now.AddDate(0, 0, 3), 1)
	h.invite(session, app)
	base := h.base(app)
	page := h.press(base+"/cancel", form(t, h.get(base+"/cancel"), base+"/cancel"))
	says(t, page, en("candidate.declined.title"), session.String()+"/0")
	again := form(t, page, base+"/times", "time", session.String()+"/0")
	says(t, h.press(base+"/times", again), en("candidate.booked.title"), en("candidate.done_booked"))
	// Cancelled once more, and another person is faster.
	page = h.press(base+"/cancel", form(t, h.get(base+"/cancel"), base+"/cancel"))
	again = form(t, page, base+"/times", "time", session.String()+"/0")
	h.invite(session, h.Applications[1])
	other := h.session(h.now.AddDate(0, 0, 4), 2)
	res, page := h.post(base+"/times", again)
	if res.StatusCode != http.StatusConflict {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	says(t, page, en("candidate.refused_seat_taken"), other.String()+"/0")
	if strings.Contains(page, session.String()+"/0") {
		t.Error("the taken time is offered")
	}
}

func TestReadingChangesNothing(t *testing.T) {
	h := newHall(t, 3)
	session := h.session(h.now.AddDate(0, 0, 2), 5, 5)
	h.invite(session, h.Applications[0], h.Applications[1])
	one := h.base(h.Applications[1])
	h.press(one+"/confirm", form(t, h.get(one), one+"/confirm"))
	before := h.sums()
	for _, app := range h.Applications {
		for _, path := range []string{"", "/times", "/confirm", "/cancel", "/late", "/find", "/withdraw", "/erase", "/rejoin", "/calendar.ics"} {
			for _, request := range [][]string{{"GET"}, {"HEAD"}, {"GET", "Sec-Purpose", "prefetch"}, {"GET", "User-Agent", "BarracudaSentinel/1.0"}} {
				res, _ := do(t, h.app, request[0], h.base(app)+path, "", request[1:]...)
				if res.StatusCode != 200 && res.StatusCode != 303 {
					t.Errorf("%s %s: %d", request[0], path, res.StatusCode)
				}
				if res.StatusCode == 200 && (res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(res.Header.Get("X-Robots-Tag"), "noindex")) {
					t.Errorf("%s: %v", path, res.Header)
				}
			}
		}
	}
	if after := h.sums(); !maps.Equal(before, after) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
	// A post from another site, whoever's browser it is.
	values := form(t, h.get(h.base(h.Applications[0])), h.base(h.Applications[0])+"/confirm")
	res, _ := do(t, h.app, "POST", h.base(h.Applications[0])+"/confirm", values.Encode(), "Sec-Fetch-Site", "cross-site")
	if res.StatusCode != 403 || !maps.Equal(before, h.sums()) {
		t.Error(res.StatusCode)
	}
}

func TestLinksThatDoNotWork(t *testing.T) {
	h := newHall(t, 2)
	session := h.session(h.now.AddDate(0, 0, 2), 5)
	h.invite(session, h.Applications...)
	mine, his := h.base(h.Applications[0]), h.base(h.Applications[1])
	before := h.sums()
	for name, base := range map[string]string{
		"renewed":         "/c/" + h.pages.Keys.Token(link.Application, h.Applications[0], 2),
		"another purpose": "/c/" + h.pages.Keys.Token(link.Password, h.Applications[0], 1),
		"another key":     "/c/" + link.Keys{1: []byte(strings.Repeat("x", 32))}.Token(link.Application, h.Applications[0], 1),
		"nobody's":        "/c/" + h.pages.Keys.Token(link.Application, uuid.New(), 1),
		"cut":             mine[:len(mine)-1],
		"an id":           "/c/" + h.Applications[0].String(),
		"longer":          mine + "A",
	} {
		for _, lang := range i18n.Languages() {
			res, page := do(t, h.app, "GET", base, "", "Accept-Language", lang)
			if res.StatusCode != 404 || !strings.Contains(page, html.EscapeString(i18n.T(lang, "candidate.unknown_title"))) {
				t.Errorf("%s: %d", name, res.StatusCode)
			}
			soundHTML(t, page)
		}
		if res, _ := h.post(base+"/confirm", form(t, h.get(mine), mine+"/confirm")); res.StatusCode != 404 {
			t.Errorf("%s: posted %d", name, res.StatusCode)
		}
	}
	// My link with the form of somebody else.
	h.lang = "en"
	says(t, h.press(mine+"/confirm", form(t, h.get(his), his+"/confirm")), en("candidate.refused"), en("candidate.invited.title"))
	for _, bad := range []string{"booking=x&version=1", "version=-1", "_command=a%00b", ""} {
		res, _ := do(t, h.app, "POST", mine+"/confirm", bad, "Origin", "null")
		if res.StatusCode != 303 {
			t.Errorf("%q: %d", bad, res.StatusCode)
		}
	}
	if !maps.Equal(before, h.sums()) {
		t.Error("something was written")
	}
}

func TestTooManyRequestsOnOneLink(t *testing.T) {
	h := newHall(t, 2)
	h.exec(`INSERT INTO policy (version, body, changed_at) VALUES (3, '{"link_limit": 3}', now())`)
	base := h.base(h.Applications[0])
	statuses := map[int]int{}
	for range 8 { // two windows at most
		res, page := do(t, h.app, "GET", base, "")
		statuses[res.StatusCode]++
		if res.StatusCode == 429 {
			soundHTML(t, page)
			if res.Header.Get("Retry-After") == "" || !strings.Contains(page, `<html lang="ru"`) {
				t.Error("a plain refusal", res.Header)
			}
		}
	}
	if statuses[429] < 2 || statuses[200] < 3 {
		t.Error(statuses)
	}
	if res, _ := do(t, h.app, "GET", h.base(h.Applications[1]), ""); res.StatusCode != 200 {
		t.Error("another link is refused too", res.StatusCode)
	}
}

func TestFiftyForSevenSeats(t *testing.T) {
	h := newHall(t, 50)
	first := h.session(h.now.AddDate(0, 0, 1).Add(6*time.Hour), 50)
	h.invite(first, h.Applications...)
	type try struct{ base, body string }
	var tries []try
	free := h.session(h.now.AddDate(0, 0, 3), 7)
	other := h.session(h.now.AddDate(0, 0, 4), 1)
	for _, app := range h.Applications {
		base := h.base(app)
		tries = append(tries, try{base, form(t, h.get(base+"/times"), base+"/times", "time", free.String()+"/0").Encode()})
	}
	var taken, told atomic.Int32
	var wait sync.WaitGroup
	for _, one := range tries {
		wait.Go(func() {
			res, page := do(t, h.app, "POST", one.base+"/times", one.body, "Origin", "null", "Cookie", "lang=en")
			switch {
			case res.StatusCode == 303:
				taken.Add(1)
			case res.StatusCode == 409 && strings.Contains(page, en("candidate.refused_seat_taken")) && strings.Contains(page, other.String()+"/0") && !strings.Contains(page, free.String()):
				told.Add(1)
			default:
				t.Errorf("%d %s", res.StatusCode, page)
			}
		})
	}
	wait.Wait()
	if taken.Load() != 7 || told.Load() != 43 {
		t.Error(taken.Load(), told.Load())
	}
	var seats, booked, kept int
	if err := h.DB.NewRaw(`SELECT (SELECT taken FROM slot WHERE interview_id = ?), (SELECT count(*) FROM booking WHERE interview_id = ? AND state = 'confirmed'),
		(SELECT taken FROM slot WHERE interview_id = ?)`, free, free, first).Scan(context.Background(), &seats, &booked, &kept); err != nil {
		t.Fatal(err)
	}
	if seats != 7 || booked != 7 || kept != 43 {
		t.Error(seats, booked, kept)
	}
}

// The old mail's link leads to the page too: it says that this time is gone, why, and what holds.
func TestTheOtherInvitationNoLongerHolds(t *testing.T) {
	h := newHall(t, 1)
	app := h.Applications[0]
	start := h.now.AddDate(0, 0, 3)
	session, other := h.session(start, 1), h.session(start.Add(24*time.Hour), 1)
	h.invite(session, app)
	h.now = h.now.Add(time.Minute)
	staffDo(h, workflows.Invite, other, workflows.InviteArgs{Applications: []string{app.String()}})
	base := h.base(app)
	h.lang = "en"
	stale := h.get(base)
	_, second, _ := strings.Cut(stale, en("candidate.others_title"))
	h.press(base+"/confirm", form(t, second, base+"/confirm"))
	for _, lang := range i18n.Languages() {
		h.lang = lang
		page := h.get(base)
		gone := i18n.T(lang, "candidate.replaced", "moment", "", "venue", "|")
		_, gone, _ = strings.Cut(gone, "|")
		says(t, page, i18n.T(lang, "candidate.booked.title"), gone, `"`+base+"/times\"", `"`+base+"/cancel\"")
	}
	h.lang = "en"
	says(t, h.get(base), "Thursday, 4", "Fri 5")
	// The button of the old page does nothing, and says what is true.
	says(t, h.press(base+"/confirm", form(t, stale, base+"/confirm")), en("candidate.refused_replaced"), en("candidate.booked.title"))
	// He gives the one he took back: that is what the page is about then.
	page := h.press(base+"/cancel", form(t, h.get(base+"/cancel"), base+"/cancel"))
	says(t, page, en("candidate.cancelled.title"), "your time on Thu 4\u00a0Mar")
	h.now = start.Add(48 * time.Hour)
	if strings.Contains(h.get(base), "no longer holds") {
		t.Error("a time long past is still spoken of")
	}
}
