package api_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

func TestWaves(t *testing.T) {
	b := newBench(t, 30)
	for _, id := range b.Applications {
		b.want(200, staff.HR, "POST", "/api/v1/applications/"+id.String()+"/shortlist", map[string]any{})
	}
	body := map[string]any{
		"venue": b.Venue, "vacancies": []uuid.UUID{b.Vacancy}, "starts": b.now.AddDate(0, 0, 3), "slot_minutes": 30, "seats": []int{1, 1, 1, 1},
		"lanes": []uuid.UUID{b.Staff[staff.Interviewer]}, "room": 10,
	}
	id := b.want(201, staff.HR, "POST", "/api/v1/interviews", body).text("id")
	path := "/api/v1/interviews/" + id
	b.refused(409, "not_filling", staff.HR, "POST", path+"/stop-filling", nil)
	b.refused(422, "invalid_input", staff.HR, "POST", path+"/fill", map[string]any{"mode": "maybe"})
	b.refused(422, "invalid_input", staff.HR, "POST", path+"/fill", map[string]any{"mode": "auto", "settings": map[string]any{"waiting_worth": -1, "overtime": 1, "limit_minutes": 60, "limit_risk": 0.1, "most_invited": 0}})
	b.refused(404, "not_found", staff.Interviewer, "POST", path+"/fill", map[string]any{"mode": "propose"})
	b.want(200, staff.HR, "POST", path+"/fill", map[string]any{"mode": "propose"})
	b.refused(409, "already_filling", staff.HR, "POST", path+"/fill", map[string]any{"mode": "auto"})
	if err := b.engine.Run(context.Background(), "interview/"+id); err != nil {
		t.Fatal(err)
	}
	plans := b.want(200, staff.HeadOfSales, "GET", path+"/plans", nil).items()
	if len(plans) != 1 || plans[0]["state"] != "proposed" || plans[0]["cause"] != "fill" {
		t.Fatal(plans)
	}
	if s, _ := b.Reader.Interview(context.Background(), uuid.MustParse(id)); s.Settings.WaitingWorth != 0.5 || s.Settings.LimitMinutes != 60 {
		t.Fatalf("%+v", s.Settings)
	}
	figures := func() (slot map[string]any, most any) {
		after, _ := b.want(200, staff.HR, "GET", path+"/plans", nil).items()[0]["after"].(map[string]any)
		return after["slots"].([]any)[0].(map[string]any), after["wait_90_minutes"]
	}
	if slot, most := figures(); slot["nobody"] == nil || most == nil {
		t.Fatal(slot, most)
	}
	if _, err := b.DB.NewRaw(`UPDATE plan SET after = after - 'wait_90_minutes' #- '{slots,0,nobody}'`).Exec(context.Background()); err != nil {
		t.Fatal(err)
	}
	if slot, most := figures(); slot["nobody"] != nil || most != nil { // kept before these were counted: unknown, not 0
		t.Fatal(slot, most)
	}
	invite, _ := plans[0]["invite"].([]any)
	plan := map[string]any{"plan": plans[0]["id"]}
	if got := b.want(200, staff.HR, "POST", path+"/take-proposal", plan); got.text("count") != fmt.Sprint(len(invite)) {
		t.Fatal(got.raw, len(invite))
	}
	b.refused(409, "proposal_gone", staff.Admin, "POST", path+"/take-proposal", plan)
	b.refused(409, "proposal_gone", staff.Admin, "POST", path+"/dismiss-proposal", plan)
	forecasts := b.want(200, staff.HR, "GET", path+"/forecasts", nil).items()
	if len(forecasts) != len(invite) || forecasts[0]["reasons"] == nil || forecasts[0]["p"] == nil {
		t.Fatal(forecasts)
	}
	told := b.engine.Nudges("interview/" + id)
	one := map[string]any{"application": forecasts[0]["application"], "p": 0.9}
	if got := b.want(200, staff.HR, "POST", path+"/forecasts", one); got.text("p") != "0.9" || got.text("model") == "0.9" {
		t.Fatal(got.raw)
	}
	if again := b.want(200, staff.HR, "GET", path+"/forecasts", nil).items(); fmt.Sprint(again[0]["p"]) != "0.9" {
		t.Fatal(again[0])
	}
	one["p"] = nil
	if got := b.want(200, staff.HR, "POST", path+"/forecasts", one); got.text("p") != got.text("model") {
		t.Fatal("not taken back", got.raw)
	}
	if n := b.engine.Nudges("interview/"+id) - told; n != 2 {
		t.Errorf("the session was told %d times of a word set and taken back", n)
	}
	one["p"] = 1.5
	b.refused(422, "invalid_input", staff.HR, "POST", path+"/forecasts", one)
	one["p"], one["application"] = 0.5, uuid.NewString()
	b.refused(404, "not_found", staff.HR, "POST", path+"/forecasts", one)
	b.want(200, staff.HR, "POST", path+"/stop-filling", nil)

	session := b.want(200, staff.HR, "GET", path, nil)
	over := map[string]any{"seats": []int{20, 20, 20, 20}, "version": session.body["version"]}
	if got := b.want(200, staff.HR, "POST", path+"/override-plan", over); got.text("code") != "plan_overridden" || got.text("count") != "80" {
		t.Fatal(got.raw)
	}
	b.refused(409, "stale_form", staff.HR, "POST", path+"/override-plan", over)
	over["version"], over["seats"] = b.want(200, staff.HR, "GET", path, nil).body["version"], []int{0, 0, 0, 0}
	b.refused(409, "seats_in_use", staff.HR, "POST", path+"/override-plan", over)
	b.refused(404, "not_found", staff.HR, "GET", "/api/v1/interviews/"+uuid.NewString()+"/forecasts", nil)
	*b.now = b.now.Add(4 * 24 * time.Hour)
	b.refused(409, "invite_too_late", staff.HR, "POST", path+"/fill", map[string]any{"mode": "auto"})
}

// planner.md: "Shape of POST /api/v1/plans".
func TestPlanShape(t *testing.T) {
	b := newBench(t, 0)
	ask := func(body string) answer { t.Helper(); return b.want(200, staff.HR, "POST", "/api/v1/plans", body) }
	got := ask(`{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":0.2,"weights":{"interviewed":1,"waiting":0.5,"idle":1,"overtime":1.5,"invitation":0},"day_effect":0}`)
	for key, kind := range map[string]string{
		"counts": "[]interface {}", "assignment": "map[string]interface {}", "invited": "float64", "utility": "float64", "proven_optimal": "bool",
		"expected": "map[string]interface {}", "mean_wait_minutes": "float64", "probability": "map[string]interface {}", "slots": "[]interface {}",
	} {
		if v, there := got.body[key]; !there || fmt.Sprintf("%T", v) != kind {
			t.Errorf("%s is %T", key, v)
		}
	}
	risk, _ := got.body["probability"].(map[string]any)
	if over, there := risk["wait_over_limit"]; !there || over != nil || len(risk) != 4 {
		t.Errorf("without a limit wait_over_limit is null, and there: %v", risk)
	}
	if e, _ := got.body["expected"].(map[string]any); len(e) != 4 || e["shows"] == nil || e["wait_slots"] == nil || e["idle_slots"] == nil || e["overtime"] == nil {
		t.Error(got.body["expected"])
	}
	slot, _ := got.body["slots"].([]any)[0].(map[string]any)
	for _, key := range []string{"invited", "expected_arrivals", "expected_queue", "idle", "one_more", "nobody"} {
		if slot[key] == nil {
			t.Errorf("slots have no %s: %v", key, slot)
		}
	}
	if got.text("wait_90_minutes") != "60" || len(got.body) != 10 || len(slot) != 6 {
		t.Error("fields that are not planner.md's, nor the 90 % wait and nobody", got.raw)
	}
	limited := ask(`{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":0.2,"wait_limit":{"minutes":60,"probability":0.1},"room":12}`)
	if risk, _ := limited.body["probability"].(map[string]any); risk["wait_over_limit"] == nil || risk["wait_over_limit"].(float64) > 0.1 {
		t.Error(limited.raw)
	}
	people := ask(`{"slots":2,"slot_minutes":30,"lanes":1,"invitees":[{"id":"a","p":0.4},{"id":"b","p":1},{"id":"c","p":0}],"evaluate":{"assignment":{"a":0,"b":1}}}`)
	if people.text("invited") != "2" || fmt.Sprint(people.body["assignment"]) != "map[a:0 b:1]" || fmt.Sprint(people.body["counts"]) != "[1 1]" {
		t.Error(people.raw)
	}
	for _, bad := range []string{
		`{"slots":65,"slot_minutes":30,"lanes":1,"show_probability":0.2}`, `{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":1.2}`,
		`{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":-0.1}`, `{"slots":8,"slot_minutes":30,"lanes":1}`,
		`{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":0.2,"weights":{"waiting":-1}}`,
		`{"slots":2,"slot_minutes":30,"lanes":1,"show_probability":0.2,"evaluate":{"counts":[5]}}`,
	} {
		b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/plans", bad)
	}
	for _, p := range []string{"0", "1"} {
		if sure := ask(`{"slots":4,"slot_minutes":30,"lanes":1,"show_probability":` + p + `}`); fmt.Sprint(sure.body["counts"]) != "["+p+" "+p+" "+p+" "+p+"]" {
			t.Error(p, sure.raw)
		}
	}
	b.refused(400, "bad_json", staff.HR, "POST", "/api/v1/plans", `{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":NaN}`)
}
