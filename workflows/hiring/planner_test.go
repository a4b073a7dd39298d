package hiring

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stazh/stazh/workflows/fault"
)

func planAsk(slots, lanes int, p float64) PlanRequest {
	return PlanRequest{Slots: slots, SlotMinutes: 30, Lanes: lanes, ShowProbability: &p}
}

func mustPlan(t testing.TB, r PlanRequest) *PlanAnswer {
	t.Helper()
	ans, err := Plan(r, nil)
	if err != nil {
		t.Fatalf("Plan: %v", err)
	}
	return ans
}

func planNear(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestFiveInOneSlot(t *testing.T) {
	r := planAsk(1, 1, 0.2)
	r.Evaluate = &PlanEvaluate{Counts: []int{5}}
	ans := mustPlan(t, r)
	planNear(t, "nobody", ans.Probability.Nobody, 0.32768, 1e-15)
	planNear(t, "two or more", ans.Probability.AnyWait, 0.26272, 1e-15)
	planNear(t, "nobody in the slot", *ans.Slots[0].Nobody, 0.32768, 1e-15)
	planNear(t, "wait", ans.Expected.WaitSlots, 0.4, 1e-14)
	planNear(t, "idle", ans.Expected.IdleSlots, 1024.0/3125, 1e-15)
	planNear(t, "overtime", ans.Expected.Overtime, 1024.0/3125, 1e-14)
	if ans.ProvenOptimal {
		t.Error("an evaluated plan claims to be proven best")
	}
}

// One slot has closed forms (planner.md's checks).
func TestOneSlotClosedForm(t *testing.T) {
	for _, p := range []float64{0.05, 0.2, 0.37, 0.8} {
		for n := range 12 {
			r := planAsk(1, 1, p)
			r.Evaluate = &PlanEvaluate{Counts: []int{n}}
			ans, m := mustPlan(t, r), float64(n)
			planNear(t, "wait", ans.Expected.WaitSlots, m*(m-1)*p*p/2, 1e-12)
			planNear(t, "idle", ans.Expected.IdleSlots, math.Pow(1-p, m), 1e-14)
			planNear(t, "overtime", ans.Expected.Overtime, m*p-1+math.Pow(1-p, m), 1e-13)
		}
		w := DefaultPlanWeights()
		best := 0
		for (w.Idle+w.Overtime)*math.Pow(1-p, float64(best)) > w.Waiting*float64(best)*p+w.Overtime-w.Interviewed {
			best++
		}
		if got := mustPlan(t, planAsk(1, 1, p)); got.Invited != best || !got.ProvenOptimal {
			t.Errorf("p %v: best n %d (proven %v), want %d", p, got.Invited, got.ProvenOptimal, best)
		}
	}
}

func TestKnownPlans(t *testing.T) {
	p := 0.2
	limited := planAsk(8, 1, p)
	limited.WaitLimit = &PlanWait{Minutes: 60, Probability: 0.1}
	usual := limited
	usual.DayEffect = 0.03
	rho3, rho5 := planAsk(8, 1, p), planAsk(8, 1, p)
	rho3.DayEffect, rho5.DayEffect = 0.03, 0.05
	for _, c := range []struct {
		name    string
		ask     PlanRequest
		counts  []int
		invited int
		utility float64
	}{
		{"planner.md's example", planAsk(8, 1, p), []int{6, 4, 4, 4, 3, 4, 4, 2}, 31, 0.8328310542},
		{"60 minutes, 10 %", limited, []int{5, 4, 4, 3, 4, 3, 4, 2}, 29, 0.7687966813},
		{"rho .03", rho3, nil, 27, -0.434},
		{"rho .05", rho5, nil, 24, -1.030},
		{"the page's start", usual, nil, 26, -0.438},
		{"sure people", planAsk(8, 1, 0.8), []int{1, 1, 1, 1, 1, 1, 1, 1}, 8, math.NaN()},
		{"two lanes pooled", planAsk(8, 2, p), nil, 69, 5.5244501977},
	} {
		ans := mustPlan(t, c.ask)
		if c.counts != nil && !slices.Equal(ans.Counts, c.counts) {
			t.Errorf("%s: counts %v, want %v", c.name, ans.Counts, c.counts)
		}
		if ans.Invited != c.invited {
			t.Errorf("%s: %d invited, want %d", c.name, ans.Invited, c.invited)
		}
		if !math.IsNaN(c.utility) {
			planNear(t, c.name+": utility", ans.Utility, c.utility, 1e-3)
		}
		if !ans.ProvenOptimal {
			t.Errorf("%s: not proven", c.name)
		}
	}
	example := mustPlan(t, planAsk(8, 1, p))
	planNear(t, "mean wait in minutes", example.MeanWaitMinutes, 23, 0.5)
	planNear(t, "twice one lane", 2*example.Utility, 1.67, 0.005)
}

func TestFiveInEverySlot(t *testing.T) {
	r := planAsk(8, 1, 0.2)
	r.Evaluate = &PlanEvaluate{Counts: slices.Repeat([]int{5}, 8)}
	ans := mustPlan(t, r)
	planNear(t, "utility", ans.Utility, -0.52, 0.005)
	planNear(t, "mean wait in slots", ans.MeanWaitMinutes/30, 1.19, 0.005)
	planNear(t, "overtime", ans.Expected.Overtime, 1.50, 0.005)
	if naive := PlanOnePerP(8, 1, 0.2); !slices.Equal(naive, r.Evaluate.Counts) {
		t.Errorf("1/p per slot: %v", naive)
	}
}

func TestDayEffectWaits(t *testing.T) {
	r := planAsk(8, 1, 0.2)
	r.Evaluate = &PlanEvaluate{Counts: []int{6, 4, 4, 4, 3, 4, 4, 2}}
	free := mustPlan(t, r)
	r.DayEffect = 0.03
	day := mustPlan(t, r)
	planNear(t, "waits with rho .03 over without", day.Expected.WaitSlots/free.Expected.WaitSlots, 1.4, 0.05)
	planNear(t, "shows", day.Expected.Shows, 6.2, 1e-9)
}

func TestPlanJSON(t *testing.T) {
	var r PlanRequest
	err := json.Unmarshal([]byte(`{"slots":8,"slot_minutes":30,"lanes":1,"show_probability":0.2,"weights":{"waiting":0.25}}`), &r)
	if err != nil {
		t.Fatal(err)
	}
	if want := (PlanWeights{1, 0.25, 1, 1.5, 0}); *r.Weights != want {
		t.Errorf("weights %+v, want %+v", *r.Weights, want)
	}
	r.Weights = nil
	text, err := json.Marshal(mustPlan(t, r))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"counts", "assignment", "invited", "utility", "proven_optimal", "expected", "mean_wait_minutes", "probability", "slots"} {
		if _, ok := got[key]; !ok {
			t.Errorf("the answer lacks %s", key)
		}
	}
	probability := got["probability"].(map[string]any)
	if v, ok := probability["wait_over_limit"]; !ok || v != nil {
		t.Errorf("wait_over_limit = %v, want null", v)
	}
}

func TestPlanRefusals(t *testing.T) {
	nan, half := math.NaN(), 0.5
	for _, c := range []struct {
		name, field, code string
		change            func(r *PlanRequest)
	}{
		{"no slots", "slots", "out_of_range", func(r *PlanRequest) { r.Slots = 0 }},
		{"too many slots", "slots", "out_of_range", func(r *PlanRequest) { r.Slots = 65 }},
		{"no lanes", "lanes", "out_of_range", func(r *PlanRequest) { r.Lanes = 0 }},
		{"no length", "slot_minutes", "out_of_range", func(r *PlanRequest) { r.SlotMinutes = 0 }},
		{"p not a number", "show_probability", "not_a_number", func(r *PlanRequest) { r.ShowProbability = &nan }},
		{"p 1.5", "show_probability", "out_of_range", func(r *PlanRequest) { v := 1.5; r.ShowProbability = &v }},
		{"nobody named", "show_probability", "required", func(r *PlanRequest) { r.ShowProbability = nil }},
		{"both", "invitees", "exclusive", func(r *PlanRequest) { r.Invitees = []PlanInvitee{{"a", 0.1}} }},
		{"501 people", "invitees", "too_many", func(r *PlanRequest) { r.ShowProbability, r.Invitees = nil, make([]PlanInvitee, 501) }},
		{"twice the same", "invitees[1].id", "duplicate", func(r *PlanRequest) {
			r.ShowProbability, r.Invitees = nil, []PlanInvitee{{"a", 0.1}, {"a", 0.2}}
		}},
		{"negative weight", "weights.idle", "negative", func(r *PlanRequest) { r.Weights = &PlanWeights{Idle: -1, Waiting: 1} }},
		{"weight not a number", "weights.waiting", "not_a_number", func(r *PlanRequest) { r.Weights = &PlanWeights{Waiting: nan} }},
		{"infinite weight", "weights.overtime", "out_of_range", func(r *PlanRequest) {
			r.Weights = &PlanWeights{Overtime: math.Inf(1), Waiting: 1}
		}},
		{"nothing bounds the invitations", "weights.waiting", "unbounded", func(r *PlanRequest) {
			r.Weights = &PlanWeights{Interviewed: 1, Idle: 1}
		}},
		{"limit's probability", "wait_limit.probability", "out_of_range", func(r *PlanRequest) { r.WaitLimit = &PlanWait{60, 2} }},
		{"no room", "room", "out_of_range", func(r *PlanRequest) { v := 0; r.Room = &v }},
		{"rho 1", "day_effect", "out_of_range", func(r *PlanRequest) { r.DayEffect = 1 }},
		{"counts too short", "evaluate.counts", "wrong_length", func(r *PlanRequest) { r.Evaluate = &PlanEvaluate{Counts: []int{1}} }},
		{"negative count", "evaluate.counts", "negative", func(r *PlanRequest) {
			r.Evaluate = &PlanEvaluate{Counts: []int{1, 1, 1, -1}}
		}},
		{"count near overflow", "evaluate.counts", "too_many", func(r *PlanRequest) {
			r.Evaluate = &PlanEvaluate{Counts: []int{math.MaxInt, math.MaxInt, 1, 1}}
		}},
		{"nothing to evaluate", "evaluate", "required", func(r *PlanRequest) { r.Evaluate = &PlanEvaluate{} }},
		{"unknown person", "evaluate.assignment", "unknown", func(r *PlanRequest) {
			r.ShowProbability, r.Invitees = nil, []PlanInvitee{{"a", 0.1}}
			r.Evaluate = &PlanEvaluate{Assignment: map[string]int{"b": 0}}
		}},
	} {
		r := planAsk(4, 1, half)
		c.change(&r)
		_, err := Plan(r, nil)
		e := fault.As(err)
		if e == nil || e.Kind != fault.Invalid || e.Fields[c.field] != c.code {
			t.Errorf("%s: %v, want field %s %s", c.name, err, c.field, c.code)
		}
	}
}
