package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

func TestReshape(t *testing.T) {
	b := newBench(t, 2)
	body := map[string]any{
		"venue": b.Venue, "vacancies": []uuid.UUID{b.Vacancy}, "starts": b.now.AddDate(0, 0, 3), "slot_minutes": 30, "seats": []int{1, 1, 1},
		"lanes": []uuid.UUID{b.Staff[staff.Interviewer]}, "room": 10,
	}
	path := "/api/v1/interviews/" + b.want(201, staff.HR, "POST", "/api/v1/interviews", body).text("id")
	starts := b.now.AddDate(0, 0, 3)
	form := func(starts time.Time, minutes int, seats ...int) map[string]any {
		return map[string]any{"starts": starts, "slot_minutes": minutes, "seats": seats, "version": b.want(200, staff.HR, "GET", path, nil).body["version"]}
	}
	to := path + "/reshape"
	slots := func() []map[string]any { return b.want(200, staff.HR, "GET", path+"/slots", nil).items() }

	// More times, another length and another day: nobody holds a time.
	later := starts.AddDate(0, 0, 1)
	if got := b.want(200, staff.HR, "POST", to, form(later, 20, 2, 2, 0, 2, 2)); got.text("code") != "reshaped" || got.text("count") != "8" {
		t.Fatal(got.raw)
	}
	if s := b.want(200, staff.HR, "GET", path, nil); s.text("ends_at") != later.Add(100*time.Minute).UTC().Format(time.RFC3339) || len(slots()) != 5 {
		t.Fatal(s.raw)
	}
	var same bool
	if err := b.DB.NewRaw(`SELECT bool_and(during = tstzrange(i.starts_at, i.ends_at)) FROM lane l JOIN interview i ON i.id = l.interview_id`).Scan(context.Background(), &same); err != nil || !same {
		t.Fatal("the interviewers' hours did not follow", err)
	}
	plan := b.want(200, staff.HR, "GET", path+"/plans", nil).items()[0]
	before, _ := plan["before"].(map[string]any)
	after, _ := plan["after"].(map[string]any)
	if plan["cause"] != "manual" || fmt.Sprint(before["invited"], after["invited"]) != "3 8" {
		t.Fatal(plan)
	}

	stale := form(starts, 30, 1)
	stale["version"] = 1
	b.refused(409, "stale_form", staff.Admin, "POST", to, stale)
	b.refused(404, "not_found", staff.Interviewer, "POST", to, form(starts, 30, 1))
	b.refused(404, "not_found", staff.Director, "POST", to, form(starts, 30, 1))
	b.refused(404, "not_found", staff.HR, "POST", "/api/v1/interviews/"+uuid.NewString()+"/reshape", form(starts, 30, 1))
	b.refused(422, "invalid_input", staff.HR, "POST", to, form(starts, 4, 1))
	b.refused(422, "invalid_input", staff.HR, "POST", to, form(starts, 240, 1, 1, 1, 1, 1)) // longer than a day
	b.refused(422, "invalid_input", staff.HR, "POST", to, form(b.now.Add(-time.Hour), 20, 1))

	// An interviewer who is elsewhere then.
	body["starts"], body["seats"] = starts, []int{1}
	b.want(201, staff.HR, "POST", "/api/v1/interviews", body)
	b.refused(409, "interviewer_busy", staff.HR, "POST", to, form(starts, 20, 1))
	if len(slots()) != 5 {
		t.Fatal("a refusal changed the times")
	}

	// Somebody holds the first and somebody the fourth time.
	for n, id := range b.Applications[:2] {
		b.want(200, staff.HR, "POST", "/api/v1/applications/"+id.String()+"/shortlist", map[string]any{})
		b.want(200, staff.HR, "POST", path+"/invite", map[string]any{"applications": []uuid.UUID{id}, "slot": 3 * n})
	}
	b.refused(409, "times_promised", staff.HR, "POST", to, form(later, 30, 2, 2, 0, 2, 2))
	b.refused(409, "times_promised", staff.HR, "POST", to, form(later.Add(time.Hour), 20, 2, 2, 0, 2, 2))
	b.refused(409, "slot_held", staff.HR, "POST", to, form(later, 20, 2, 2, 0))
	b.refused(409, "seats_in_use", staff.HR, "POST", to, form(later, 20, 0, 2, 0, 2))
	b.want(200, staff.HR, "POST", to, form(later, 20, 2, 2, 0, 2)) // the last one nobody holds

	// Who declined holds nothing, and what he was promised is remembered when the time goes.
	places := b.want(200, staff.HR, "GET", path+"/places", nil).items()
	for _, place := range places {
		if place["slot"] == 3.0 {
			booking, _ := place["booking"].(map[string]any)
			b.want(200, staff.HR, "POST", fmt.Sprintf("/api/v1/applications/%v/withdraw-booking", place["application"]), map[string]any{"booking": booking["id"], "version": booking["version"]})
		}
	}
	b.want(200, staff.HR, "POST", to, form(later, 20, 2, 2))
	if len(slots()) != 2 || len(b.want(200, staff.HR, "GET", path+"/places", nil).items()) != len(places) {
		t.Fatal(slots())
	}

	// A time that has begun is neither added nor taken off; nor is the start moved then.
	*b.now = later.Add(50 * time.Minute)
	b.refused(409, "slot_past", staff.HR, "POST", to, form(later, 20, 2, 2, 2))
	b.refused(409, "slot_past", staff.HR, "POST", to, form(later, 20, 2))
	b.want(200, staff.HR, "POST", path+"/cancel", nil)
	b.refused(409, "session_closed", staff.HR, "POST", to, form(later, 20, 2, 2))
}
