package hiring

import (
	"math"
	"testing"
)

// A day of eight half-hours with breaks: the verdict plays the rules in the open slots only, and HR's own
// numbers stand beside the planner's.
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
	if v.OneEach.Invited != 4 || v.Own == nil || v.Own.Played != v.Was && math.Abs(v.Own.Played.Shows-4) > 1e-9 || v.Own.Played.Invited != 20 {
		t.Errorf("one each %+v, own %+v", v.OneEach, v.Own)
	}
	if len(v.Own.Planned) != 5 || v.Own.Planned[2] != 0 || hopeless.Own != nil || PlanJudge(people, seats, r, math.NaN(), true, nil).Own.Planned != nil {
		t.Errorf("own %+v", v.Own)
	}
}

func TestLanesOfAPlan(t *testing.T) {
	p := 0.3
	for lanes := 1; lanes <= 3; lanes++ {
		request := DefaultPlanSettings().Request(7, 30, lanes, 0, 0)
		request.ShowProbability = &p
		plan, err := Plan(request, nil)
		if err != nil || plan.Lanes() != lanes {
			t.Error(plan.Lanes(), lanes, err)
		}
	}
	if (PlanAnswer{}).Lanes() != 1 {
		t.Error("a plan of nothing")
	}
}
