package hiring

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// No session is too large for a sane plan: whenever the search is stopped, its plan is no worse than the same
// number in every slot, nobody at all among them, and mostly a good deal better.
func TestLargeNoWorseThanLevel(t *testing.T) {
	for _, c := range []struct {
		slots, lanes int
		p, rho       float64
		limit        bool
		stopAfter    int // millions of multiplications, about
	}{
		{64, 20, 0.2, 0.03, false, 0},
		{64, 20, 0.2, 0.3, false, 200},
		{64, 10, 0.2, 0.05, false, 100},
		{32, 20, 0.2, 0.1, false, 50},
		{64, 1, 0.01, 0.1, false, 50},
		{64, 1, 0.01, 0, false, 50},
		{64, 20, 0.9, 0.03, true, 50},
		{48, 5, 0.1, 0.2, true, 0},
		{64, 1, 0.3, 0.05, true, 100},
		{8, 1, 0.001, 0.03, false, 0},
	} {
		r := planAsk(c.slots, c.lanes, c.p)
		r.DayEffect = c.rho
		if c.limit {
			r.WaitLimit = &PlanWait{60, 0.1}
		}
		n, want := bestLevel(t, r, func(n int) *PlanEvaluate {
			return &PlanEvaluate{Counts: slices.Repeat([]int{n}, r.Slots)}
		})
		a := planStopped(t, r, c.stopAfter)
		if a.Utility < want-planTie || !keeps(t, r, a) {
			t.Errorf("%+v: %d invited for %v, but %d in every slot are worth %v", c, a.Invited, a.Utility, n, want)
		}
	}
}

func TestLargePeopleNoWorseThanLevel(t *testing.T) {
	g := rand.New(rand.NewPCG(21, 22))
	for _, c := range []struct {
		slots, lanes   int
		low, high, rho float64
		limit          bool
		stopAfter      int
	}{
		{64, 1, 0.05, 0.4, 0.05, false, 0},
		{64, 5, 0.05, 0.9, 0.05, false, 20},
		{64, 2, 0.005, 0.02, 0.1, false, 20},
		{16, 10, 0.05, 0.9, 0.05, false, 20},
		{48, 8, 0.05, 0.4, 0.05, true, 20},
	} {
		r := PlanRequest{Slots: c.slots, SlotMinutes: 30, Lanes: c.lanes, DayEffect: c.rho, Invitees: planGuests(g, PlanMaxInvitees, c.low, c.high)}
		if c.limit {
			r.WaitLimit = &PlanWait{60, 0.1}
		}
		n, want := bestLevel(t, r, func(n int) *PlanEvaluate { // in the order of the list
			e := &PlanEvaluate{Assignment: map[string]int{}}
			for i := range min(n*r.Slots, PlanMaxInvitees) {
				e.Assignment[r.Invitees[i].ID] = i / n
			}
			return e
		})
		a := planStopped(t, r, c.stopAfter)
		if a.Utility < want-planTie || !keeps(t, r, a) {
			t.Errorf("%+v: %d invited for %v, but %d in every slot are worth %v", c, a.Invited, a.Utility, n, want)
		}
	}
}

// bestLevel is what the best plan within the wait limit with one number for all slots is worth, and the number.
func bestLevel(t *testing.T, r PlanRequest, level func(n int) *PlanEvaluate) (n int, utility float64) {
	utility = math.Inf(-1)
	for i := 0; i*r.Slots <= PlanMaxInvited; i++ {
		r.Evaluate = level(i)
		a := mustPlan(t, r)
		if a.Utility < utility || r.WaitLimit != nil && *a.Probability.WaitOverLimit > r.WaitLimit.Probability {
			break // it only gets worse
		}
		n, utility = i, a.Utility
	}
	return n, utility
}

// planStopped is the plan of a search that is stopped when it has asked so many times.
func planStopped(t *testing.T, r PlanRequest, asks int) *PlanAnswer {
	t.Helper()
	a, err := Plan(r, func() bool { asks--; return asks < 0 })
	if err != nil {
		t.Fatal(err)
	}
	return a
}
