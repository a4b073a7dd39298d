package hiring

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
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

// The identity E[I] = kT - E[S] + E[O], and one_more against evaluating the plan with one more.
func TestIdentities(t *testing.T) {
	g := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		r := planAsk(1+g.IntN(7), 1+g.IntN(3), g.Float64())
		if g.IntN(2) == 0 {
			r.DayEffect = g.Float64() * 0.3
		}
		counts := make([]int, r.Slots)
		for i := range counts {
			counts[i] = g.IntN(9)
		}
		r.Weights = &PlanWeights{g.Float64(), g.Float64(), g.Float64(), g.Float64(), g.Float64() / 9}
		r.Evaluate = &PlanEvaluate{Counts: counts}
		ans := mustPlan(t, r)
		x := ans.Expected
		planNear(t, "idle", x.IdleSlots, float64(r.Slots*r.Lanes)-x.Shows+x.Overtime, 1e-11)
		at := g.IntN(r.Slots)
		counts[at]++
		more := mustPlan(t, r)
		planNear(t, "one more", ans.Slots[at].OneMore, more.Utility-ans.Utility, 1e-10)
	}
}

// Every figure against adding up all outcomes one by one.
func TestFiguresByEnumeration(t *testing.T) {
	g := rand.New(rand.NewPCG(5, 6))
	for range 40 {
		slots, lanes, n := 1+g.IntN(4), 1+g.IntN(2), g.IntN(9)
		r := PlanRequest{
			Slots: slots, SlotMinutes: 20, Lanes: lanes, Invitees: []PlanInvitee{},
			WaitLimit: &PlanWait{Minutes: g.IntN(60), Probability: 0.1},
			Evaluate:  &PlanEvaluate{Assignment: map[string]int{}},
		}
		p, slot := make([]float64, n), make([]int, n)
		for j := range n {
			p[j], slot[j] = g.Float64(), g.IntN(slots)
			id := strconv.Itoa(j)
			r.Invitees = append(r.Invitees, PlanInvitee{id, p[j]})
			r.Evaluate.Assignment[id] = slot[j]
		}
		var shows, wait, idle, over, anyWait, late, overtime float64
		nobody, waited := make([]float64, slots), make([]float64, n+1) // comers by the slots they wait
		for set := range 1 << n {
			mass := 1.0
			arrive := make([]int, slots)
			for j := range n {
				if set>>j&1 == 1 {
					mass *= p[j]
					arrive[slot[j]]++
				} else {
					mass *= 1 - p[j]
				}
			}
			day := planPlay(arrive, lanes)
			queue := 0
			for t, a := range arrive {
				if queue+a == 0 {
					nobody[t] += mass
				}
				for place := queue; place < queue+a; place++ {
					waited[place/lanes] += mass
				}
				queue = max(0, queue+a-lanes)
			}
			shows += mass * float64(day.Shows)
			wait += mass * float64(day.Wait)
			idle += mass * float64(day.Idle)
			over += mass * float64(day.Overtime)
			if day.Most > lanes {
				anyWait += mass
			}
			if day.Most > lanes*(r.WaitLimit.Minutes/20+1) {
				late += mass
			}
			if day.Overtime > 0 {
				overtime += mass
			}
		}
		ans := mustPlan(t, r)
		planNear(t, "shows", ans.Expected.Shows, shows, 1e-12)
		planNear(t, "wait", ans.Expected.WaitSlots, wait, 1e-12)
		planNear(t, "idle", ans.Expected.IdleSlots, idle, 1e-12)
		planNear(t, "overtime", ans.Expected.Overtime, over, 1e-12)
		planNear(t, "any wait", ans.Probability.AnyWait, anyWait, 1e-12)
		planNear(t, "over the limit", *ans.Probability.WaitOverLimit, late, 1e-12)
		planNear(t, "P(overtime)", ans.Probability.Overtime, overtime, 1e-12)
		for i := range nobody {
			planNear(t, "nobody in a slot", *ans.Slots[i].Nobody, nobody[i], 1e-12)
		}
		longer, within := shows, 0
		for j := range waited {
			if longer -= waited[j]; longer <= 0.1*shows+1e-12 {
				within = j
				break
			}
		}
		if got := *ans.Wait90Minutes; got != 20*within {
			t.Errorf("nine of ten wait %d minutes, want %d (%v)", got, 20*within, waited)
		}
	}
}

// Comers who wait longer than j slots, added up over all j, are the expected wait; with a day effect too.
func TestWaitLongerAddsUp(t *testing.T) {
	g := rand.New(rand.NewPCG(9, 9))
	for range 40 {
		r := planAsk(1+g.IntN(7), 1+g.IntN(3), g.Float64())
		if g.IntN(2) == 0 {
			r.DayEffect = g.Float64() * 0.3
		}
		counts := make([]int, r.Slots)
		for i := range counts {
			counts[i] = g.IntN(9)
		}
		r.Evaluate = &PlanEvaluate{Counts: counts}
		ans := mustPlan(t, r)
		e := newPlanEqual(&r, *r.ShowProbability, planDays, PlanMaxInvited, newPlanWork(nil))
		e.fit(planTotal(counts) + 1)
		slots := make([]planArrivals, r.Slots)
		for i, n := range counts {
			slots[i] = e.arrivals(n)
		}
		flows, _ := e.ways(slots)
		sum, last := 0.0, ans.Expected.Shows
		for j := range planTotal(counts) + 1 {
			over := e.waitLonger(flows, j)
			if over > last+1e-12 {
				t.Errorf("more wait over %d slots than over %d", j, j-1)
			}
			if within := *ans.Wait90Minutes / 30; j < within && over <= 0.1*ans.Expected.Shows || j == within && over > 0.1*ans.Expected.Shows+1e-9 {
				t.Errorf("%v of %v wait over %d slots; nine of ten are said to wait %d", over, ans.Expected.Shows, j, within)
			}
			last = over
			sum += over
		}
		planNear(t, "wait", sum, ans.Expected.WaitSlots, 1e-9)
		if none := *ans.Slots[0].Nobody; r.Slots == 1 {
			planNear(t, "nobody at all", none, ans.Probability.Nobody, 1e-14)
		}
	}
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
