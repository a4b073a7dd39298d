package hiring

// PlanTurnout is what became of one invited person: the slot he was asked to, from 0, and whether he came.
type PlanTurnout struct {
	Slot int
	Came bool
}

// PlanPlayed is what a day came to under a rule: means over the orders it was replayed in, or the day as
// it was. Waits, idle time and overtime are in slots.
type PlanPlayed struct {
	Invited  int     `json:"invited"`
	Shows    float64 `json:"shows"`
	Wait     float64 `json:"wait_slots"`
	Idle     float64 `json:"idle_slots"`
	Overtime float64 `json:"overtime"`
	Longest  float64 `json:"longest_wait_slots"`
	Utility  float64 `json:"utility"`
}

// MeanWait is the wait of one who came, in slots; 0 if nobody did.
func (p PlanPlayed) MeanWait() float64 {
	if p.Shows == 0 {
		return 0
	}
	return p.Wait / p.Shows
}

// PlanHappened plays the day as it was: who came is there at the time he was asked to. Slots outside
// 0..slots-1 are left out. An approximation where people came early or late, an interview took longer
// than its slot, or a lane was closed during the day: the model's clock, not the stop-watch, so that it
// can be set beside PlanReplay.
func PlanHappened(people []PlanTurnout, slots, lanes int, w PlanWeights) PlanPlayed {
	arrive := make([]int, slots)
	invited := 0
	for _, one := range people {
		if one.Slot < 0 || one.Slot >= slots {
			continue
		}
		invited++
		if one.Came {
			arrive[one.Slot]++
		}
	}
	day := planPlay(arrive, lanes)
	return played(day, invited, w, 1)
}

// PlanReplay says what a rule that invites counts to the slots would have made of the same people on the
// same day: "would the plan have been better?"
//
// Nobody knows in which order another rule would have reached them, so the people are dealt into the
// rule's places in the order given, once from each of them on (n people: n days), and the mean is taken.
// A rule that wants more people than there were begins again with the first: as many more of the same
// kind. An approximation: it holds that a person who came at ten would have come at three, that those
// not invited would have come as often as those who were, and it knows no replies and no top-up.
// No people: the zero PlanPlayed with its idle time.
func PlanReplay(people []PlanTurnout, counts []int, lanes int, w PlanWeights) PlanPlayed {
	total := 0
	for _, n := range counts {
		total += n
	}
	var sum PlanPlayed
	if len(people) == 0 {
		return played(planPlay(make([]int, len(counts)), lanes), 0, w, 1)
	}
	for first := range people {
		arrive := make([]int, len(counts))
		next := first
		for t, n := range counts {
			for range n {
				if people[next%len(people)].Came {
					arrive[t]++
				}
				next++
			}
		}
		one := played(planPlay(arrive, lanes), total, w, 1/float64(len(people)))
		sum.Shows += one.Shows
		sum.Wait += one.Wait
		sum.Idle += one.Idle
		sum.Overtime += one.Overtime
		sum.Longest += one.Longest
		sum.Utility += one.Utility
	}
	sum.Invited = total
	return sum
}

func played(day PlanDay, invited int, w PlanWeights, share float64) PlanPlayed {
	return PlanPlayed{
		Invited: invited, Shows: share * float64(day.Shows), Wait: share * float64(day.Wait), Idle: share * float64(day.Idle),
		Overtime: share * float64(day.Overtime), Longest: share * float64(day.Longest), Utility: share * day.Utility(w, invited),
	}
}

// PlanOneMore returns, for each slot, the exact figures of the plan with one more invitation there. r
// names one show probability, counts the plan. A nil answer stands where stop said that time was up, so
// that a page shows at once what it has.
func PlanOneMore(r PlanRequest, counts []int, stop func() bool) ([]*PlanAnswer, error) {
	out := make([]*PlanAnswer, len(counts))
	for t := range counts {
		if stop != nil && stop() {
			break
		}
		more := make([]int, len(counts))
		copy(more, counts)
		more[t]++
		r.Evaluate = &PlanEvaluate{Counts: more}
		var err error
		if out[t], err = Plan(r, nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}
