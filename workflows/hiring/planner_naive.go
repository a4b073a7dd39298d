package hiring

import "math"

// PlanOnePerP is the handbook's rule: into every slot so many that on average each interviewer has
// somebody, lanes/p rounded up, "one in five comes: book five into the same time". p 0 invites nobody.
func PlanOnePerP(slots, lanes int, p float64) []int {
	x := make([]int, slots)
	if !(p > 0) {
		return x
	}
	// 1/0.2 is five, not the six that rounding up 5.0000000001 would make.
	n := int(min(math.Ceil(float64(lanes)/p-1e-9), PlanMaxInvited))
	for t := range x {
		x[t] = n
	}
	return x
}

// PlanOneEach is the rule of those who expect everybody to come: one per interviewer and slot.
func PlanOneEach(slots, lanes int) []int {
	x := make([]int, slots)
	for t := range x {
		x[t] = lanes
	}
	return x
}

// PlanDay is what a session came to when a known number arrived for each slot.
type PlanDay struct {
	Shows, Wait, Idle, Overtime int // people; candidate-slots; interviewer-slots; interviews
	Most                        int // people present at once, those in interview included
	Longest                     int // slots the unluckiest waited
}

// planPlay runs one session: first come, first served, all who came are interviewed.
func planPlay(arrive []int, lanes int) PlanDay {
	var day PlanDay
	queue := 0
	for _, a := range arrive {
		present := queue + a
		day.Shows += a
		day.Most = max(day.Most, present)
		day.Idle += max(0, lanes-present)
		queue = max(0, present-lanes)
		day.Wait += queue
	}
	day.Overtime = queue
	for left := queue - lanes; left > 0; left -= lanes {
		day.Wait += left
	}
	if day.Most > 0 {
		day.Longest = (day.Most - 1) / lanes
	}
	return day
}

// Utility prices the day with the weights, for so many invited.
func (d PlanDay) Utility(w PlanWeights, invited int) float64 {
	return w.Interviewed*float64(d.Shows) - w.Waiting*float64(d.Wait) - w.Idle*float64(d.Idle) -
		w.Overtime*float64(d.Overtime) - w.Invitation*float64(invited)
}
