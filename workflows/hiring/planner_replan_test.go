package hiring

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// Replan looks at the first of a long reserve only; the whole of it gives the same plan.
func TestReplanLooksFarEnough(t *testing.T) {
	g := rand.New(rand.NewPCG(7, 8))
	for n := range 12 {
		slots, lanes := 6+g.IntN(6), 1+g.IntN(3)
		r := ReplanRequest{
			Session: PlanRequest{Slots: slots, SlotMinutes: 30, Lanes: lanes, DayEffect: 0.03, WaitLimit: &PlanWait{60, 0.1}},
			Reserve: planGuests(g, 60, 0.1, 0.5),
		}
		ask := planAsk(slots, lanes, 0.3)
		ask.DayEffect, ask.WaitLimit = r.Session.DayEffect, r.Session.WaitLimit
		for slot, invited := range mustPlan(t, ask).Counts {
			for range invited {
				if g.Float64() > 0.2*float64(n%4) {
					r.Committed = append(r.Committed, PlanCommitted{"c" + strconv.Itoa(len(r.Committed)), 0.2 + 0.2*g.Float64(), slot})
				}
			}
		}
		got, err := Replan(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		whole := r.replan(r.Reserve, newPlanWork(nil))
		if !slices.Equal(got.Invite, whole.Invite) || math.Abs(got.After.Utility-whole.After.Utility) > 1e-9 {
			t.Errorf("%d slots, %d lanes, %d committed: %v at %v, looking at everybody %v at %v", slots, lanes, len(r.Committed), got.Invite, got.After.Utility, whole.Invite, whole.After.Utility)
		}
	}
}
