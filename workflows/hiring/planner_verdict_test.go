package hiring

import (
	"math"
	"testing"
)

// A day of eight half-hours with breaks: the verdict plays the rules in the open slots only, and the sums are
// those of the sessions with a plan.
func TestVerdicts(t *testing.T) {
	seats := []int{5, 5, 0, 5, 5}
	var people []PlanTurnout
	for n := range 20 {
		slot := []int{0, 1, 3, 4}[n%4]
		people = append(people, PlanTurnout{Slot: slot, Came: n%5 == 0})
	}
	r, _ := DefaultPlanSettings().Seated(seats, 30, 1, 0, 0)
	v := PlanJudge(people, seats, r, 0.2, true, nil)
	if v.People != 20 || v.Came != 4 || v.Was.Invited != 20 || v.Was.Shows != 4 || v.Naive.Invited != 20 || math.Abs(v.Naive.Shows-4) > 1e-9 || v.Plan == nil || v.Plan.Invited >= 20 {
		t.Fatalf("%+v %+v", v, v.Plan)
	}
	hopeless := PlanJudge(people, seats, r, math.NaN(), false, nil)
	if hopeless.Plan != nil {
		t.Error("a plan without a rate")
	}
	sum := PlanSumUp([]PlanVerdict{v, v, hopeless})
	if sum.Sessions != 2 || sum.Was.Invited != 40 || sum.OwnSessions != 2 || math.Abs(sum.OwnGain-(v.Was.Utility-v.Plan.Utility)) > 1e-9 {
		t.Errorf("%+v", sum)
	}
	if none := PlanSumUp(nil); none.Sessions != 0 || none.OwnGain != 0 {
		t.Errorf("%+v", none)
	}
}
