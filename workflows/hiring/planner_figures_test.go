package hiring

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

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
		slots := e.allArrivals(counts)
		flows, _ := e.ways(slots, planReachAhead)
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
