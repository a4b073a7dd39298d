package hiring

import (
	"math"
	"strconv"

	"github.com/stazh/stazh/workflows/fault"
)

// Check refuses a request that has no sane plan, with kind Invalid and code "invalid_input"; Fields
// names each wrong input. Codes: required, out_of_range, not_a_number, negative, too_many, exclusive,
// duplicate, unknown, wrong_length, needs_show_probability, needs_invitees, unbounded.
func (r *PlanRequest) Check() error {
	var f fault.Fields
	planWithin(&f, "slots", r.Slots, 1, PlanMaxSlots)
	planWithin(&f, "slot_minutes", r.SlotMinutes, 1, PlanMaxMinutes)
	planWithin(&f, "lanes", r.Lanes, 1, PlanMaxLanes)
	r.checkPeople(&f)
	r.checkWeights(&f)
	if l := r.WaitLimit; l != nil {
		planWithin(&f, "wait_limit.minutes", l.Minutes, 0, 7*PlanMaxMinutes)
		planProbability(&f, "wait_limit.probability", l.Probability)
	}
	if r.Room != nil {
		planWithin(&f, "room", *r.Room, 1, PlanMaxInvited)
	}
	if r.MostInvited != nil {
		planWithin(&f, "most_invited", *r.MostInvited, 1, PlanMaxInvited)
		f.Require(r.Invitees == nil, "most_invited", "needs_show_probability")
	}
	planProbability(&f, "day_effect", r.DayEffect)
	f.Require(r.DayEffect != 1, "day_effect", "out_of_range")
	r.checkEvaluate(&f)
	return f.Err()
}

func (r *PlanRequest) checkPeople(f *fault.Fields) {
	switch {
	case r.ShowProbability != nil && r.Invitees != nil:
		f.Add("invitees", "exclusive")
	case r.ShowProbability == nil && r.Invitees == nil:
		f.Add("show_probability", "required")
	case r.ShowProbability != nil:
		planProbability(f, "show_probability", *r.ShowProbability)
	}
	if len(r.Invitees) > PlanMaxInvitees {
		f.Add("invitees", "too_many")
		return
	}
	seen := make(map[string]bool, len(r.Invitees))
	for n, v := range r.Invitees {
		at := "invitees[" + strconv.Itoa(n) + "]"
		planProbability(f, at+".p", v.P)
		f.Require(v.ID != "", at+".id", "required")
		f.Require(!seen[v.ID], at+".id", "duplicate")
		seen[v.ID] = true
	}
}

func (r *PlanRequest) checkWeights(f *fault.Fields) {
	w := r.weights()
	for _, v := range []struct {
		name  string
		value float64
	}{
		{"interviewed", w.Interviewed},
		{"waiting", w.Waiting},
		{"idle", w.Idle},
		{"overtime", w.Overtime},
		{"invitation", w.Invitation},
	} {
		at := "weights." + v.name
		f.Require(!math.IsNaN(v.value), at, "not_a_number")
		f.Require(!(v.value < 0), at, "negative")
		f.Require(!(v.value > PlanMaxWeight), at, "out_of_range")
	}
	// With free waiting and overtime no dearer than an interview is worth, one more invitation
	// always pays: there is no best plan unless people, a limit or a room bound it.
	if p := r.ShowProbability; p != nil && *p > 0 && r.Evaluate == nil && r.WaitLimit == nil && r.Room == nil {
		endless := w.Waiting == 0 && w.Invitation <= (w.Interviewed-w.Overtime)**p &&
			w.Interviewed+w.Idle > 0
		f.Require(!endless, "weights.waiting", "unbounded")
	}
}

func (r *PlanRequest) checkEvaluate(f *fault.Fields) {
	e := r.Evaluate
	switch {
	case e == nil:
	case e.Counts != nil && e.Assignment != nil:
		f.Add("evaluate", "exclusive")
	case e.Counts != nil:
		f.Require(r.Invitees == nil, "evaluate.counts", "needs_show_probability")
		f.Require(len(e.Counts) == r.Slots, "evaluate.counts", "wrong_length")
		total := 0
		for _, n := range e.Counts {
			f.Require(n >= 0, "evaluate.counts", "negative")
			f.Require(n <= PlanMaxInvited, "evaluate.counts", "too_many")
			total += min(max(n, 0), PlanMaxInvited+1)
			if total > PlanMaxInvited {
				f.Add("evaluate.counts", "too_many")
				return
			}
		}
	case e.Assignment != nil:
		f.Require(r.ShowProbability == nil, "evaluate.assignment", "needs_invitees")
		f.Require(len(e.Assignment) <= PlanMaxInvitees, "evaluate.assignment", "too_many")
		known := make(map[string]bool, len(r.Invitees))
		for _, v := range r.Invitees {
			known[v.ID] = true
		}
		for id, slot := range e.Assignment { // order does not matter: both codes name the whole field
			if !known[id] {
				f.Add("evaluate.assignment", "unknown")
				return
			}
			f.Require(slot >= 0 && slot < r.Slots, "evaluate.assignment_slot", "out_of_range")
		}
	default:
		f.Add("evaluate", "required")
	}
}

func planWithin(f *fault.Fields, name string, v, from, to int) {
	f.Require(v >= from && v <= to, name, "out_of_range")
}

func planProbability(f *fault.Fields, name string, p float64) {
	f.Require(!math.IsNaN(p), name, "not_a_number")
	f.Require(p >= 0 && p <= 1, name, "out_of_range")
}
