package web

import (
	"fmt"
	"html"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

func TestNothingOfAPersonIsMarkup(t *testing.T) {
	h := newHall(t, 1)
	app := h.Applications[0]
	bad := `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`
	h.exec(`UPDATE person SET first_name = ?, name = ?`, bad, bad)
	h.exec(`UPDATE venue SET name = ?, address = ?, directions = ?, phone = ?, map_url = ?`, bad, bad, bad, bad, "javascript:alert(3)")
	h.exec(`UPDATE vacancy SET title = ?, city = ?`, bad, bad)
	h.exec(`UPDATE company SET name = ?`, bad)
	h.invite(h.session(h.now.AddDate(0, 0, 2), 2, 2), app)
	base := h.base(app)
	for _, path := range []string{"", "/times", "/find", "/cancel", "/withdraw", "/erase"} {
		page := h.get(base + path)
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") || strings.Contains(page, "javascript:") {
			t.Errorf("%s: %s", path, page)
		}
	}
	_, file := do(t, h.app, "GET", base+"/calendar.ics", "")
	if !strings.HasPrefix(file, "BEGIN:VCALENDAR\r\n") || strings.Count(file, "BEGIN:VEVENT") != 1 {
		t.Error(file)
	}
}

// In the night of 31 October 2027 Sofia's clocks go back at 04:00: 03:30 comes twice.
func TestTimesInTheNightOfTheClocks(t *testing.T) {
	h := newHall(t, 1)
	h.now = time.Date(2027, 10, 29, 9, 0, 0, 0, time.UTC)
	h.lang = "en"
	h.exec(`UPDATE venue SET zone = 'Europe/Sofia'`)
	session := h.session(time.Date(2027, 10, 31, 0, 0, 0, 0, time.UTC), 1, 1, 1, 1)
	h.invite(session, h.Applications[0])
	base := h.base(h.Applications[0])
	says(t, h.get(base), "03:00", "Sofia time (UTC+3)")
	page := h.get(base + "/times")
	summer, winter, ok := strings.Cut(html.UnescapeString(page), "Sofia time (UTC+2)")
	if !ok || !strings.Contains(summer, "Sofia time (UTC+3)") {
		t.Fatal(page)
	}
	if strings.Count(summer, "03:30") != 1 || strings.Count(winter, "03:30") != 1 || strings.Count(winter, ">03:00") != 1 {
		t.Error(page)
	}
	says(t, h.press(base+"/times", form(t, page, base+"/times", "time", session.String()+"/3")), "03:30", "Sofia time (UTC+2)")
	_, file := do(t, h.app, "GET", base+"/calendar.ics", "")
	says(t, file, "DTSTART:20271031T013000Z", "SEQUENCE:1", "METHOD:PUBLISH")
}

func TestTheEngineIsAwayOrSlow(t *testing.T) {
	h := newHall(t, 1)
	h.lang = "en"
	h.invite(h.session(h.now.AddDate(0, 0, 2), 2), h.Applications[0])
	base := h.base(h.Applications[0])
	confirm := form(t, h.get(base), base+"/confirm")
	before := h.sums()
	h.engine.Down.Store(true)
	res, page := h.post(base+"/confirm", confirm)
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || !maps.Equal(before, h.sums()) {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	h.engine.Down.Store(false)
	h.engine.Silent.Store(true)
	res, page = h.post(base+"/confirm", form(t, page, base+"/confirm"))
	if res.StatusCode != 202 {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	says(t, page, en("candidate.pending_title"))
	h.engine.Silent.Store(false)
	after := h.sums()
	says(t, h.press(base+"/confirm", form(t, page, base+"/confirm")), en("candidate.done_confirmed"))
	if !maps.Equal(after, h.sums()) {
		t.Error("sent again, it was done again")
	}
}

func TestADecisionShowsWithItsMail(t *testing.T) {
	for decision, reason := range map[hiring.Decision]string{hiring.Reject: "motivation", hiring.Reserve: "next_vacancy"} {
		for _, noMail := range []bool{false, true} {
			h := newHall(t, 1)
			h.lang = "en"
			app := h.Applications[0]
			h.invite(h.session(h.now.AddDate(0, 0, 2), 2), app)
			staffDo(h, workflows.Decide, app, workflows.DecideArgs{Decision: decision, Reason: reason, NoMail: noMail})
			title := en(fmt.Sprintf("candidate.%s.title", decision))
			base := h.base(app)
			if page := h.get(base); strings.Contains(page, title) || !strings.Contains(page, en("candidate.taken_back.title")) {
				t.Error("shown before it may be", page)
			}
			h.now = h.now.Add(10 * time.Minute)
			page := h.get(base)
			says(t, page, title)
			if strings.Contains(page, "/times") || strings.Contains(page, "/withdraw") {
				t.Error("a decided application offers actions")
			}
			staffDo(h, workflows.UndoDecision, app, workflows.None{})
			if strings.Contains(h.get(base), title) {
				t.Error("shown after it was taken back")
			}
		}
	}
}
