package hiring

// PlanVerdict is what was said when a session was over to "would the plan have been better?": the day as
// it was, and what two rules would have made of the same people (PlanReplay, with its approximations). It
// is kept as it was said, so that a changed formula changes no verdict.
type PlanVerdict struct {
	People      int     `json:"people"` // with an outcome, in some rule's plan: no walk-ins, nobody who moved or called off in time
	Came        int     `json:"came"`
	Rate        float64 `json:"rate"` // the show probability the rules are replayed with: the one known before the day
	SlotMinutes int     `json:"slot_minutes"`
	OwnSeats    bool    `json:"own_seats"` // the numbers were HR's, not the planner's

	Was   PlanPlayed  `json:"was"`
	Plan  *PlanPlayed `json:"plan"`  // the planner's own; null where it has no plan
	Naive PlanPlayed  `json:"naive"` // the handbook's rule: 1/p to every slot
}

// PlanJudge gives the verdict on a day. seats are of each slot, 0 for a break; request is Seated's for them,
// without people or a show probability. stop is as for Plan.
func PlanJudge(people []PlanTurnout, seats []int, request PlanRequest, rate float64, own bool, stop func() bool) PlanVerdict {
	w, lanes := request.weights(), request.Lanes
	v := PlanVerdict{People: len(people), Rate: rate, SlotMinutes: request.SlotMinutes, OwnSeats: own}
	for _, one := range people {
		if one.Came {
			v.Came++
		}
	}
	v.Was = PlanHappened(people, len(seats), lanes, w)
	request.ShowProbability, request.Evaluate = &rate, nil
	if best, err := Plan(request, stop); err == nil {
		played := PlanReplay(people, planOpenSlots(seats, best.Counts), lanes, w)
		v.Plan = &played
	}
	v.Naive = PlanReplay(people, planOpenSlots(seats, PlanOnePerP(request.Slots, lanes, rate)), lanes, w)
	return v
}

// planOpenSlots puts a plan's counts to the slots that are no break.
func planOpenSlots(seats, counts []int) []int {
	out, k := make([]int, len(seats)), 0
	for n, s := range seats {
		if s > 0 && k < len(counts) {
			out[n] = counts[k]
			k++
		}
	}
	return out
}

// PlanVerdictSum adds up the verdicts that have a plan to compare with.
type PlanVerdictSum struct {
	Sessions         int
	Was, Plan, Naive PlanPlayed // sums
	OwnSessions      int        // with HR's own numbers
	OwnGain          float64    // utility of those as they were above the planner's, a session
}

// PlanSumUp sums up verdicts.
func PlanSumUp(verdicts []PlanVerdict) (s PlanVerdictSum) {
	for _, v := range verdicts {
		if v.Plan == nil {
			continue
		}
		s.Sessions++
		s.Was.add(v.Was)
		s.Plan.add(*v.Plan)
		s.Naive.add(v.Naive)
		if v.OwnSeats {
			s.OwnSessions++
			s.OwnGain += v.Was.Utility - v.Plan.Utility
		}
	}
	if s.OwnSessions > 0 {
		s.OwnGain /= float64(s.OwnSessions)
	}
	return s
}

func (p *PlanPlayed) add(o PlanPlayed) {
	p.Invited += o.Invited
	p.Shows += o.Shows
	p.Wait += o.Wait
	p.Idle += o.Idle
	p.Overtime += o.Overtime
	p.Longest = max(p.Longest, o.Longest)
	p.Utility += o.Utility
}
