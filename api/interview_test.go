package api_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

func TestSessions(t *testing.T) {
	b := newBench(t, 3)
	body := map[string]any{
		"id": uuid.NewString(), "venue": b.Venue, "vacancies": []uuid.UUID{b.Vacancy}, "starts": b.now.AddDate(0, 0, 3), "slot_minutes": 30, "seats": []int{2, 1},
		"lanes": []uuid.UUID{b.Staff[staff.Interviewer]}, "room": 10,
	}
	made := b.want(201, staff.HR, "POST", "/api/v1/interviews", body, "Idempotency-Key", "k")
	if made.text("id") != body["id"] {
		t.Fatal(made.raw)
	}
	b.want(201, staff.HR, "POST", "/api/v1/interviews", body, "Idempotency-Key", "k")
	b.refused(409, "already_there", staff.HR, "POST", "/api/v1/interviews", body)
	body["id"] = uuid.NewString()
	b.refused(409, "interviewer_busy", staff.HR, "POST", "/api/v1/interviews", body)
	body["starts"] = b.now.Add(-time.Hour)
	b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/interviews", body)
	body["starts"], body["venue"] = b.now.AddDate(0, 0, 9), uuid.NewString()
	b.refused(404, "not_found", staff.HR, "POST", "/api/v1/interviews", body)
	b.refused(404, "not_found", staff.Interviewer, "POST", "/api/v1/interviews", body)

	path := "/api/v1/interviews/" + made.text("id")
	got := b.want(200, staff.HR, "GET", path, nil)
	if got.text("seats") != "3" || got.text("venue", "name") != "Head office" || got.text("wait_minutes") != "60" {
		t.Fatal(got.raw)
	}
	if slots := b.want(200, staff.HR, "GET", path+"/slots", nil).items(); len(slots) != 2 || fmt.Sprint(slots[0]["seats"]) != "2" {
		t.Fatal(slots)
	}
	b.want(200, staff.Interviewer, "GET", path, nil)
	b.refused(404, "not_found", staff.Employee, "GET", path, nil)
	seats := map[string]any{"seats": []int{1, 3}, "version": got.body["version"]}
	b.want(200, staff.HR, "POST", path+"/seats", seats)
	b.refused(409, "stale_form", staff.HR, "POST", path+"/seats", seats)
	b.refused(409, "nobody_to_invite", staff.HR, "POST", path+"/invite", map[string]any{"applications": []uuid.UUID{b.Applications[0]}})
	b.refused(422, "invalid_input", staff.HR, "POST", path+"/invite", map[string]any{"applications": []string{"x"}})
	application, booking := b.invite(0, made.text("id"))
	places := b.want(200, staff.Receptionist, "GET", path+"/places", nil).items()
	if len(places) != 1 || places[0]["name"] != "Ivanov Ivan 001" || places[0]["phone"] == nil || places[0]["booking"] == nil {
		t.Fatal(places)
	}
	if his := b.want(200, staff.Interviewer, "GET", path+"/places", nil).items(); len(his) != 1 || his[0]["phone"] != nil {
		t.Fatal(his)
	}
	lane := b.want(200, staff.HR, "POST", path+"/lanes", map[string]any{"staff": b.Staff[staff.HeadOfSales]})
	b.want(200, staff.HR, "POST", path+"/close-lane", map[string]any{"lane": lane.text("id")})
	b.refused(409, "lane_closed", staff.HR, "POST", path+"/close-lane", map[string]any{"lane": lane.text("id")})
	if list := b.want(200, staff.Interviewer, "GET", "/api/v1/interviews?order=earliest&state=open", nil).items(); len(list) != 1 {
		t.Fatal(list)
	}
	if list := b.want(200, staff.HR, "GET", "/api/v1/interviews?from=2027-03-10T00:00:00Z", nil).items(); len(list) != 0 {
		t.Fatal(list)
	}
	b.want(200, staff.HR, "POST", application+"/confirm", of(booking))
	if off := b.want(200, staff.HR, "POST", path+"/cancel", nil); off.text("code") != "session_cancelled" || off.text("count") != "1" {
		t.Fatal(off.raw)
	}
	if state := b.want(200, staff.HR, "GET", application, nil).text("booking", "state"); state != "withdrawn_by_us" {
		t.Fatal(state)
	}
	b.refused(409, "session_closed", staff.HR, "POST", path+"/cancel", nil)
}

func TestPlanIsThePlanners(t *testing.T) {
	b := newBench(t, 0)
	got := b.want(200, staff.HR, "POST", "/api/v1/plans", `{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":0.2}`)
	if got.text("invited") != "31" || got.text("proven_optimal") != "true" || fmt.Sprint(got.body["counts"]) != "[6 4 4 4 3 4 4 2]" {
		t.Error(got.raw)
	}
	one := b.want(200, staff.HR, "POST", "/api/v1/plans", `{"slots":1,"slot_minutes":30,"lanes":1,"show_probability":0.2,"weights":{"waiting":0.7},"evaluate":{"counts":[5]}}`)
	if risk, _ := one.body["probability"].(map[string]any); math.Abs(risk["nobody"].(float64)-0.32768) > 1e-12 {
		t.Error(one.raw)
	}
	for ask, invited := range map[string]string{ // hardly anybody, nobody, everybody; and no more than allowed
		`"show_probability":0.005,"day_effect":0.03`: "160", `"show_probability":0`: "0", `"show_probability":1`: "8",
		`"show_probability":0.005,"most_invited":500`: "500",
	} {
		got := b.want(200, staff.HR, "POST", "/api/v1/plans", `{"slots":8,"slot_minutes":30,"lanes":1,`+ask+`}`)
		if got.text("invited") != invited || got.text("proven_optimal") != "true" {
			t.Error(ask, got.raw)
		}
	}
	for _, bad := range []string{`"show_probability":-0.05`, `"show_probability":1.1`, `"show_probability":0.2,"most_invited":0`, `"show_probability":0.2,"most_invited":2001`} {
		b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/plans", `{"slots":8,"slot_minutes":30,"lanes":1,`+bad+`}`)
	}
	// A number that is out of range is told which range.
	wrong := b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/plans", `{"slots":0,"slot_minutes":30,"lanes":21,"show_probability":0.2,"day_effect":1}`)
	for _, words := range []string{`"slots":"too_small:1"`, `"lanes":"too_large:20"`, `"day_effect":"out_of_range"`} {
		if !strings.Contains(wrong.raw, words) {
			t.Error(words, wrong.raw)
		}
	}
	b.refused(401, "unauthenticated", "", "POST", "/api/v1/plans", `{}`)
}

// The counters of a session: who said yes and came is in both, who called off stands apart, before, on and after the day.
func TestSessionCountersThroughItsDay(t *testing.T) {
	b := newBench(t, 7)
	session := b.schedule(6)
	other := b.want(201, staff.HR, "POST", "/api/v1/interviews", map[string]any{
		"venue": b.Venue, "vacancies": []uuid.UUID{b.Vacancy}, "starts": b.now.AddDate(0, 0, 5), "slot_minutes": 30, "seats": []int{2}, "lanes": []uuid.UUID{b.Staff[staff.Interviewer]}, "room": 10,
	}).text("id")
	count := func(id, when, want string) {
		t.Helper()
		row := b.want(200, staff.HR, "GET", "/api/v1/interviews/"+id, nil)
		got := ""
		for _, name := range []string{"invited", "confirmed", "called_off", "came", "walk_ins", "interviewed", "no_show", "expected", "arrived"} {
			if n := row.text(name); n != "0" {
				got += name + " " + n + ", "
			}
		}
		if got != want+", " {
			t.Errorf("%s: %s want %s", when, got, want)
		}
	}
	var paths []string
	var bookings []map[string]any
	for n := range 6 {
		path, booking := b.invite(n, session)
		paths, bookings = append(paths, path), append(bookings, booking)
	}
	do := func(n int, what string, body map[string]any) {
		t.Helper()
		bookings[n]["version"] = b.want(200, staff.Receptionist, "POST", paths[n]+"/"+what, body).body["version"]
	}
	count(session, "all invited", "invited 6, expected 6")
	for n := range 4 {
		do(n, "confirm", of(bookings[n]))
	}
	do(4, "cancel", of(bookings[4])) // declines
	count(session, "four said yes, one no", "invited 6, confirmed 4, expected 5")
	do(3, "choose", map[string]any{"booking": bookings[3]["id"], "version": bookings[3]["version"], "interview": other, "slot": 0})
	count(session, "one moved away", "invited 5, confirmed 3, expected 4")
	count(other, "one moved there", "invited 1, confirmed 1, expected 1")
	b.want(200, staff.HR, "POST", paths[5]+"/withdraw-booking", of(bookings[5]))
	count(session, "one withdrawn by us", "invited 4, confirmed 3, expected 3")
	do(2, "cancel", of(bookings[2]))
	count(session, "one cancelled", "invited 4, confirmed 2, called_off 1, expected 2")

	*b.now = b.now.AddDate(0, 0, 3)
	do(0, "check-in", of(bookings[0]))
	guest := b.want(200, staff.Receptionist, "POST", "/api/v1/applications/"+b.Applications[6].String()+"/walk-in", map[string]any{"interview": session})
	count(session, "one came, and one unasked", "invited 4, confirmed 2, called_off 1, came 2, walk_ins 1, expected 1, arrived 2")
	*b.now = b.now.Add(19 * time.Minute)
	do(1, "no-show", of(bookings[1]))
	board := b.want(200, staff.HR, "GET", "/api/v1/interviews/"+session, nil)
	lane := board.body["lanes"].([]any)[0].(map[string]any)["id"]
	for _, booking := range []any{bookings[0]["id"], guest.body["id"]} {
		call := b.want(200, staff.Receptionist, "POST", "/api/v1/interviews/"+session+"/call", map[string]any{"lane": lane, "booking": booking}).text("id")
		b.want(200, staff.Receptionist, "POST", "/api/v1/interviews/"+session+"/finish-call", map[string]any{"call": call})
	}
	count(session, "after the day", "invited 4, confirmed 2, called_off 1, came 2, walk_ins 1, interviewed 2, no_show 1")
	do(1, "check-in", of(bookings[1])) // he came after all
	count(session, "a no-show taken back", "invited 4, confirmed 2, called_off 1, came 3, walk_ins 1, interviewed 2, arrived 1")
}
