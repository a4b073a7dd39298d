package hiring

import "slices"

// Plan answers a request: the exact figures of the plan it names, or the best plan. It returns
// Check's fault for a request without a sane plan. stop may be nil; once it says true the best plan
// found so far is returned with ProvenOptimal false. Without stop the work is bounded all the same
// (a few seconds). Plan reads no clock and no random numbers: same request, same answer.
func Plan(r PlanRequest, stop func() bool) (*PlanAnswer, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	work := newPlanWork(stop)
	if r.ShowProbability == nil {
		return planPeopleAnswer(&r, work), nil
	}
	p := *r.ShowProbability
	if r.Evaluate != nil {
		e := newPlanEqual(&r, p, planDays, PlanMaxInvited, work)
		return e.answer(&r, slices.Clone(r.Evaluate.Counts)), nil
	}
	most := PlanMaxInvited
	if r.MostInvited != nil {
		most = *r.MostInvited
	}
	x, e, proven := planFindEqual(&r, p, most, work)
	ans := e.answer(&r, x)
	ans.ProvenOptimal = proven
	return ans, nil
}

// planFindEqual searches the best counts for one show probability and at most so many invitations.
func planFindEqual(r *PlanRequest, p float64, most int, work *planWork) ([]int, *planEqual, bool) {
	free := *r
	free.WaitLimit, free.Room = nil, nil
	x := planFirstGuess(r, p, most)
	if r.DayEffect > 0 {
		// A coarse day is nearly as good a guide and five times cheaper.
		coarse := newPlanEqual(&free, p, planCoarseDays, most, work)
		x, _, _ = coarse.climb(coarse.shrink(x))
	}
	e, limited := newPlanEqual(&free, p, planDays, most, work), newPlanEqual(r, p, planDays, most, work)
	x = e.shrink(x)
	if limited.bar >= 0 {
		// If the limit is broken, x is a start only and needs no proof.
		e.quick = true
		x, _, _ = e.climb(x)
		e.quick = false
	}
	limited.fit(planTotal(x) + 1)
	proven := false
	if limited.bar < 0 || limited.within(limited.score(x).risk) {
		x, _, proven = e.climb(x)
		limited.fit(planTotal(x) + 1)
		if limited.bar < 0 || limited.within(limited.score(x).risk) {
			// Against the bound on invitations the best may lie beyond it.
			return x, limited, proven && (most < PlanMaxInvited || planTotal(x) < most)
		}
	}
	x, s := limited.withinLimit(r, p, x)
	if limited.slots <= planBoundSlots && !work.over {
		x, proven = e.bounded(limited, x, s)
		return x, limited, proven
	}
	return x, limited, false
}

// planGuessEqual is the best plan for one show probability without a proof, where the search for
// people's own probabilities begins.
func planGuessEqual(r *PlanRequest, p float64, most int, work *planWork) []int {
	free := *r
	free.WaitLimit, free.Room = nil, nil
	e := newPlanEqual(&free, p, planDays, most, work)
	e.quick = true
	x, _, _ := e.climb(e.shrink(planFirstGuess(r, p, most)))
	if limited := newPlanEqual(r, p, planDays, most, work); limited.bar >= 0 {
		limited.quick = true
		x, _, _ = limited.climb(limited.thin(x))
	}
	return x
}

// planFirstGuess fills every slot to its capacity on average, the first by half as much again.
func planFirstGuess(r *PlanRequest, p float64, most int) []int {
	x := make([]int, r.Slots)
	if p <= 0 {
		return x
	}
	left := most
	for t := range x {
		per := min(0.8*float64(r.Lanes)/p, float64(most)) // p may be as small as a denormal
		if t == 0 {
			per *= 1.3
		}
		x[t] = min(int(per+0.5), left)
		left -= x[t]
	}
	return x
}

// shrink returns the share of x that is worth most, the same of every slot, by steps of a tenth until two in
// turn are worse. Where few come and days differ much, the best plan invites a fraction of what the mean asks
// for, and a climb that takes one invitation at a time would spend all its work on the way there.
func (e *planEqual) shrink(x []int) []int {
	e.fit(planTotal(x) + 1)
	best, score := x, e.score(x)
	for share, worse := 0.9, 0; worse < 2 && planTotal(x) > 0; share *= 0.9 {
		y := make([]int, len(x))
		for t, n := range x {
			y[t] = int(float64(n)*share + 0.5)
		}
		if planTotal(y) == 0 || !e.work.spend(e.slots*e.stepCost(y)) {
			break
		}
		if s := e.score(y); s.utility > score.utility {
			best, score, worse = y, s, 0
		} else {
			worse++
		}
	}
	return best
}
