package web

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
)

// besideApp gives the person of the hall's nth application another one, to a vacancy of its own.
func (h *hall) besideApp(n int) (app, vacancy uuid.UUID) {
	h.t.Helper()
	app, vacancy = uuid.New(), uuid.New()
	h.exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		SELECT ?, profile_id, 'Sales director', city, zone, headcount, pay_level, public, created_at FROM vacancy WHERE id = ?`, vacancy, h.Vacancy)
	h.exec(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at) SELECT ?, person_id, ?, 'responded', ?, ? FROM application WHERE id = ?`,
		app, vacancy, h.now, h.now, h.Applications[n])
	return app, vacancy
}

// Two links of one person, two sessions whose hours overlap, yes on both: one holds, and the other page says why it does not.
func TestYesOnBothLinks(t *testing.T) {
	h := newHall(t, 1)
	h.lang = "en"
	start := h.now.AddDate(0, 0, 3)
	app, vacancy := h.besideApp(0)
	one, other := h.session(start, 1), h.sessionFor(vacancy, start.Add(15*time.Minute), 1, 1, 1, 1)
	h.invite(one, h.Applications[0])
	h.invite(other, app)
	mine, beside := h.base(h.Applications[0]), h.base(app)
	page := h.get(mine)
	says(t, page, en("candidate.others_title"), "Thu 4\u00a0Mar, 12:15", "Sales director", en("candidate.beside_clashes"))
	second := form(t, h.get(beside), beside+"/confirm")
	says(t, h.press(mine+"/confirm", form(t, page, mine+"/confirm")), en("candidate.booked.title"))

	says(t, h.press(beside+"/confirm", second), en("candidate.gave_way.title"), en("candidate.refused_replaced"), en("candidate.beside_title"), "Thu 4\u00a0Mar, 12:00", "Lenina 1", `"`+beside+`/times"`)
	for _, lang := range i18n.Languages() {
		h.lang = lang
		says(t, h.get(beside), i18n.T(lang, "candidate.gave_way.title"), i18n.T(lang, "candidate.beside_title"))
	}
	h.lang = "en"
	// He chooses for the second vacancy: what overlaps is not offered, and refused when an old page sends it.
	times := h.get(beside + "/times")
	says(t, times, other.String()+"/3", "Times that overlap with your other interview (Thu 4\u00a0Mar, 12:00")
	for _, slot := range []string{"/0", "/1", "/2"} {
		if strings.Contains(times, other.String()+slot) {
			t.Error("offered:", slot)
		}
	}
	res, page := h.post(beside+"/times", form(t, times, beside+"/times", "time", other.String()+"/1"))
	if res.StatusCode != http.StatusConflict {
		t.Error(res.StatusCode)
	}
	says(t, page, en("candidate.refused_time_overlaps"), other.String()+"/3")
	says(t, h.press(beside+"/times", form(t, h.get(beside+"/times"), beside+"/times", "time", other.String()+"/3")), "13:45", en("candidate.beside_title"))
	// Either page names the other's time; both stand.
	says(t, h.get(mine), en("candidate.beside_title"), "Thu 4\u00a0Mar, 13:45", "Sales director")
	if strings.Contains(h.get(mine), "overlaps") {
		t.Error("nothing overlaps")
	}
	// Once the first is cancelled its hours are free again.
	h.press(mine+"/cancel", form(t, h.get(mine+"/cancel"), mine+"/cancel"))
	says(t, h.get(beside+"/times"), other.String()+"/0")
}

// Both buttons at the same instant.
func TestYesOnBothLinksAtOnce(t *testing.T) {
	const people = 12
	h := newHall(t, people)
	h.lang = "en"
	start := h.now.AddDate(0, 0, 3)
	one := h.session(start, people)
	var wait sync.WaitGroup
	for n, first := range h.Applications {
		app, vacancy := h.besideApp(n)
		h.invite(one, first)
		h.invite(h.sessionFor(vacancy, start.Add(15*time.Minute), 1), app)
		forms := map[string]string{} // both pages are open before either button is pressed
		for _, id := range []uuid.UUID{first, app} {
			base := h.base(id)
			forms[base] = form(t, h.get(base), base+"/confirm").Encode()
		}
		for base, body := range forms {
			wait.Go(func() {
				if res, page := do(t, h.app, "POST", base+"/confirm", body, "Origin", "null", "Cookie", "lang=en"); res.StatusCode != http.StatusSeeOther {
					t.Errorf("%d %s", res.StatusCode, page)
				}
			})
		}
		wait.Wait()
	}
	var confirmed, persons, gone int
	if err := h.DB.NewRaw(`SELECT count(*) FILTER (WHERE state = 'confirmed'), count(DISTINCT person_id) FILTER (WHERE state = 'confirmed'), count(replaced_by) FROM booking`).
		Scan(context.Background(), &confirmed, &persons, &gone); err != nil || confirmed != people || persons != people || gone != people {
		t.Error(confirmed, persons, gone, err)
	}
}

// Records merged after both yeses: his page warns of the two, and takes no third.
func TestTwoTimesOfMergedRecords(t *testing.T) {
	h := newHall(t, 2)
	h.lang = "en"
	start := h.now.AddDate(0, 0, 3)
	one, other := h.session(start, 1), h.session(start.Add(15*time.Minute), 1)
	h.invite(one, h.Applications[0])
	h.invite(other, h.Applications[1])
	mine, beside := h.base(h.Applications[0]), h.base(h.Applications[1])
	h.press(mine+"/confirm", form(t, h.get(mine), mine+"/confirm"))
	h.exec(`UPDATE person SET merged_into = (SELECT person_id FROM application WHERE id = ?) WHERE id = (SELECT person_id FROM application WHERE id = ?)`, h.Applications[0], h.Applications[1])
	page := h.get(beside)
	says(t, page, "You have another time that overlaps with this one: Thu 4\u00a0Mar, 12:00")
	if strings.Contains(page, beside+`/confirm"`) {
		t.Error("he may say yes")
	}
	// An old page still has the button.
	var id string
	var version int
	if err := h.DB.NewRaw(`SELECT id::text, version FROM booking WHERE application_id = ?`, h.Applications[1]).Scan(context.Background(), &id, &version); err != nil {
		t.Fatal(err)
	}
	_, err := workflows.Do(context.Background(), h.pages.Commands, workflows.Confirm, h.Applications[1].String(), h.by(), workflows.BookingArgs{Booking: id, Version: version})
	if err == nil || !strings.Contains(err.Error(), "time_overlaps") {
		t.Error(err)
	}
}
