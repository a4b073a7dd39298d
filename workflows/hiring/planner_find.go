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

// planFindEqual searches the best counts for one show probability and at most so many invitations. Proven or
// not, they are no worse than the same number in every slot, or than nobody.
func planFindEqual(r *PlanRequest, p float64, most int, work *planWork) ([]int, *planEqual, bool) {
	free := *r
	free.WaitLimit, free.Room = nil, nil
	e, limited := newPlanEqual(&free, p, planDays, most, work), newPlanEqual(r, p, planDays, most, work)
	x := e.begin(&free, p)
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
		if x, proven = e.bounded(limited, x, s); proven {
			return x, limited, true
		}
	}
	return limited.better(x, limited.level()), limited, false
}

// begin returns where the search begins: the best plan of a coarse day, nearly as good a guide and five times
// cheaper, or the best level one.
func (e *planEqual) begin(r *PlanRequest, p float64) []int {
	if e.days == 1 {
		return e.level()
	}
	coarse := newPlanEqual(r, p, planCoarseDays, e.most, e.work)
	x, _, _ := coarse.climb(coarse.level())
	return e.better(x, e.level())
}

// better returns the better of two plans that keep the limit.
func (e *planEqual) better(x, y []int) []int {
	e.fit(max(planTotal(x), planTotal(y)))
	if planBetter(e.score(y).utility, y, e.score(x).utility, x) {
		return y
	}
	return x
}

// planGuessEqual is the best plan for one show probability without a proof, where the search for
// people's own probabilities begins.
func planGuessEqual(r *PlanRequest, p float64, most int, work *planWork) []int {
	free := *r
	free.WaitLimit, free.Room = nil, nil
	e := newPlanEqual(&free, p, planDays, most, work)
	e.quick = true
	x, _, _ := e.climb(e.begin(&free, p))
	if limited := newPlanEqual(r, p, planDays, most, work); limited.bar >= 0 {
		limited.quick = true
		x, _, _ = limited.climb(limited.thin(x))
	}
	return x
}
