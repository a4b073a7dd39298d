package hiring

// PlanVerdict is what was said when a session was over to "would the plan have been better?": the day as
// it was, and what other rules would have made of the same people (PlanReplay, with its approximations). It
// is kept as it was said, so that a changed formula changes no verdict; only other outcomes do.
type PlanVerdict struct {
	People      int     `json:"people"` // with an outcome, in some rule's plan: no walk-ins, nobody who moved or called off in time
	Came        int     `json:"came"`
	Rate        float64 `json:"rate"` // the show probability the rules are replayed with: the one known before the day
	SlotMinutes int     `json:"slot_minutes"`
	OwnSeats    bool    `json:"own_seats"` // the numbers were HR's, not the planner's

	Was   PlanPlayed  `json:"was"`
	Plan  *PlanPlayed `json:"plan"`  // the planner's own; null where it has no plan
	Naive PlanPlayed  `json:"naive"` // the handbook's rule: 1/p to every slot

	OneEach PlanPlayed `json:"one_each"` // the rule of those who never heard of show rates: one to each interviewer at every time
	Own     *PlanOwn   `json:"own"`      // what HR made of the plan; null where the numbers were the planner's
}

// PlanOwn is HR's own numbers beside the planner's, of each slot, 0 for a break. They are replayed like the
// other rules: the day as it was also tells who could be found and who was moved.
type PlanOwn struct {
	Seats   []int      `json:"seats"`
	Planned []int      `json:"planned"` // null where the planner has no plan
	Played  PlanPlayed `json:"played"`
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
	if own {
		v.Own = &PlanOwn{Seats: seats, Played: PlanReplay(people, seats, lanes, w)}
	}
	if best, err := Plan(request, stop); err == nil {
		counts := planOpenSlots(seats, best.Counts)
		played := PlanReplay(people, counts, lanes, w)
		v.Plan = &played
		if own {
			v.Own.Planned = counts
		}
	}
	v.Naive = PlanReplay(people, planOpenSlots(seats, PlanOnePerP(request.Slots, lanes, rate)), lanes, w)
	v.OneEach = PlanReplay(people, planOpenSlots(seats, PlanOneEach(request.Slots, lanes)), lanes, w)
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
