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

func TestWhyAPlanInvitesNobody(t *testing.T) {
	full := []PlanCommitted{{"a", 0.5, 0}, {"b", 0.5, 1}}
	for want, r := range map[Quiet]ReplanRequest{
		QuietLate:      {ClosedSlots: []int{0, 1}, Reserve: []PlanInvitee{{"r", 0.5}}},
		QuietSeats:     {Committed: full, Seats: []int{1, 1}, Reserve: []PlanInvitee{{"r", 0.5}}},
		QuietMost:      {MostNew: new(int), Reserve: []PlanInvitee{{"r", 0.5}}},
		QuietShortlist: {},
		QuietEnough:    {Committed: []PlanCommitted{{"a", 1, 0}, {"b", 1, 1}}, Reserve: []PlanInvitee{{"r", 0.9}}},
		QuietNot:       {Reserve: []PlanInvitee{{"r", 0.5}}},
		QuietLimit:     {Committed: []PlanCommitted{{"a", 1, 0}, {"b", 1, 0}, {"c", 1, 0}}, Reserve: []PlanInvitee{{"r", 0.5}}},
	} {
		r.Session = PlanRequest{Slots: 2, SlotMinutes: 30, Lanes: 1}
		if want == QuietLimit {
			r.Session.WaitLimit = &PlanWait{Minutes: 30, Probability: 0.1}
		}
		a, err := Replan(r, nil)
		if err != nil {
			t.Fatal(want, err)
		}
		if got := r.Quiet(a); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
	// A time that is closed does not count as free.
	r := ReplanRequest{Session: PlanRequest{Slots: 2, SlotMinutes: 30, Lanes: 1}, Committed: full[:1], Seats: []int{1, 5}, ClosedSlots: []int{1}, Reserve: []PlanInvitee{{"r", 0.5}}}
	a, err := Replan(r, nil)
	if got := r.Quiet(a); err != nil || got != QuietSeats {
		t.Error(got, err)
	}
}
