package hiring

import (
	"encoding/json"
	"math"
)

// Bounds of one plan. They keep the work of a request finite; a day of 64 slots with 20 interviewers
// is far beyond any session seen in the trade.
const (
	PlanMaxSlots    = 64
	PlanMaxLanes    = 20
	PlanMaxMinutes  = 24 * 60
	PlanMaxInvitees = 500  // people listed one by one
	PlanMaxInvited  = 2000 // invitations of one plan when only a show probability is given
	PlanMaxWeight   = 1e6
)

// PlanRequest asks for the best plan of one streaming session, or for the figures of a given plan.
// Its JSON is the body of POST /api/v1/plans. A field left out means none: no limit, no room bound,
// no day effect, the default weights.
//
// The model is Zacharias & Pinedo (MSOM 2017): Slots slots of SlotMinutes each, Lanes interviewers,
// an interview fills one slot, an invitee comes to the start of his slot with his own probability,
// first come first served, all who come are interviewed. The objective follows LaGanga & Lawrence
// (POM 2012) and Zeng, Turkcan, Lin, Lawley (2010).
type PlanRequest struct {
	Slots       int `json:"slots" minimum:"1" maximum:"64"`
	SlotMinutes int `json:"slot_minutes" minimum:"1" maximum:"1440"`
	Lanes       int `json:"lanes" minimum:"1" maximum:"20"`
	// ShowProbability is one p for everybody, 0..1. Exactly one of it and Invitees is given.
	ShowProbability *float64      `json:"show_probability,omitempty" minimum:"0" maximum:"1"`
	Invitees        []PlanInvitee `json:"invitees,omitempty" doc:"At most 500, in place of show_probability."`
	Weights         *PlanWeights  `json:"weights,omitempty"`
	WaitLimit       *PlanWait     `json:"wait_limit,omitempty"`
	// Room is how many people the waiting room and the lanes hold together; the probability that
	// more are there at once stays under WaitLimit's, or 10 % without one. Nil: no bound.
	Room *int `json:"room,omitempty" minimum:"1" maximum:"2000"`
	// DayEffect is rho, 0 <= rho < 1: the correlation of two candidates' coming on one day, who share
	// weather and metro. A day's p is Beta(p(1-rho)/rho, (1-p)(1-rho)/rho).
	DayEffect float64 `json:"day_effect,omitempty" minimum:"0" exclusiveMaximum:"1"`
	// MostInvited bounds how many the best plan invites in all, for one p; nil: PlanMaxInvited. A plan that
	// reaches it may be the best for want of more.
	MostInvited *int          `json:"most_invited,omitempty" minimum:"1" maximum:"2000" doc:"How many the best plan may invite in all, with show_probability; left out: 2000."`
	Evaluate    *PlanEvaluate `json:"evaluate,omitempty"`
}

// PlanInvitee is one person with his own forecast. ID is the caller's, unique in the request.
type PlanInvitee struct {
	ID string  `json:"id"`
	P  float64 `json:"p" minimum:"0" maximum:"1"`
}

// PlanWeights prices the session in interviewer-slots: the gain of an interview, the cost of a slot
// of waiting, of an idle slot, of an interview after hours, of one invitation. All >= 0. When
// Invitation is 0 only Waiting/(Interviewed+Idle) and (Overtime+Idle)/(Interviewed+Idle) matter. In JSON
// each may be left out (the tag required is for the schema) and then has its default.
type PlanWeights struct {
	Interviewed float64 `json:"interviewed" required:"false" minimum:"0" maximum:"1000000"`
	Waiting     float64 `json:"waiting" required:"false" minimum:"0" maximum:"1000000"`
	Idle        float64 `json:"idle" required:"false" minimum:"0" maximum:"1000000"`
	Overtime    float64 `json:"overtime" required:"false" minimum:"0" maximum:"1000000"`
	Invitation  float64 `json:"invitation" required:"false" minimum:"0" maximum:"1000000"`
}

// DefaultPlanWeights are the weights used when a request names none.
func DefaultPlanWeights() PlanWeights {
	return PlanWeights{Interviewed: 1, Waiting: 0.5, Idle: 1, Overtime: 1.5}
}

// UnmarshalJSON lets a request name only the weights it changes; the others keep their defaults.
func (w *PlanWeights) UnmarshalJSON(data []byte) error {
	type plain PlanWeights
	v := plain(DefaultPlanWeights())
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*w = PlanWeights(v)
	return nil
}

// PlanWait bounds the probability that anyone waits longer than Minutes; Probability is 0..1.
type PlanWait struct {
	Minutes     int     `json:"minutes" minimum:"0" maximum:"10080"`
	Probability float64 `json:"probability" minimum:"0" maximum:"1"`
}

// PlanEvaluate names a plan whose figures are asked: Counts per slot with a ShowProbability, or
// Assignment of invitees' ids to slots from 0 with Invitees (who is left out is not invited).
type PlanEvaluate struct {
	Counts     []int          `json:"counts,omitempty"`
	Assignment map[string]int `json:"assignment,omitempty"`
}

// PlanAnswer is a plan with its exact figures (never simulated). Its JSON is the answer of
// POST /api/v1/plans. Waits, idle time and overtime are in slots of one interviewer or candidate.
type PlanAnswer struct {
	Counts     []int          `json:"counts"`
	Assignment map[string]int `json:"assignment"` // id to slot; empty when one p was given
	Invited    int            `json:"invited"`
	Utility    float64        `json:"utility"`
	// ProvenOptimal says that no plan is better; false for an evaluated plan, for a search that was
	// stopped, and for a search whose neighbourhood does not prove it.
	ProvenOptimal   bool         `json:"proven_optimal"`
	Expected        PlanExpected `json:"expected"`
	MeanWaitMinutes float64      `json:"mean_wait_minutes"` // expected wait over expected shows; 0 if nobody can come
	// Wait90Minutes is what nine of ten comers do not wait longer than; nil in plans kept before it was counted.
	Wait90Minutes *int            `json:"wait_90_minutes" doc:"Nine of ten who come wait no longer; null in plans kept before it was counted."`
	Probability   PlanProbability `json:"probability"`
	Slots         []PlanSlot      `json:"slots"`
}

// Lanes is how many interviewers the plan was made with: of what it expects, they are what always holds.
func (a PlanAnswer) Lanes() int {
	places := a.Expected.IdleSlots + a.Expected.Shows - a.Expected.Overtime
	return max(int(math.Round(places/float64(max(len(a.Slots), 1)))), 1)
}

// PlanExpected holds expectations over the session: E[I] = lanes*slots - E[S] + E[O] always holds.
type PlanExpected struct {
	Shows     float64 `json:"shows"`
	WaitSlots float64 `json:"wait_slots"`
	IdleSlots float64 `json:"idle_slots"`
	Overtime  float64 `json:"overtime"` // interviews left after the last slot
}

// PlanProbability holds the session's risks. WaitOverLimit is nil without a wait limit, RoomFull without a room: that
// more people are there at once than it holds.
type PlanProbability struct {
	Nobody        float64  `json:"nobody"` // nobody comes all session
	WaitOverLimit *float64 `json:"wait_over_limit"`
	RoomFull      *float64 `json:"room_full,omitempty"`
	AnyWait       float64  `json:"any_wait"`
	Overtime      float64  `json:"overtime"`
}

// PlanSlot is one slot's share. OneMore is the change of utility by one more invitation here, of a
// person of the request's show probability, or of the listed invitees' mean; limits are not asked.
type PlanSlot struct {
	Invited          int     `json:"invited"`
	ExpectedArrivals float64 `json:"expected_arrivals"`
	ExpectedQueue    float64 `json:"expected_queue"` // left waiting when the slot ends
	Idle             float64 `json:"idle"`
	OneMore          float64 `json:"one_more"`
	// Nobody is the chance that the interviewers find nobody: nobody left over and nobody arrives; nil in
	// plans kept before it was counted.
	Nobody *float64 `json:"nobody" doc:"The chance that the interviewers find nobody here: nobody is left over and nobody arrives; null in plans kept before it was counted."`
}

// weights returns the request's weights or the defaults.
func (r *PlanRequest) weights() PlanWeights {
	if r.Weights != nil {
		return *r.Weights
	}
	return DefaultPlanWeights()
}

// planRoomRisk bounds the risk of a full room when the request names no probability.
const planRoomRisk = 0.1

// Risk is how likely a wait over the limit, or a full room, may be at most.
func (r *PlanRequest) Risk() float64 {
	_, alpha := r.limit()
	return alpha
}

// limit returns the number of people present that may be exceeded with probability alpha only, or
// -1 without a limit. A person waits longer than W iff he meets more than k(floor(W/d)+1) people
// himself included; wait and room bind the same maximum with the same alpha, so the smaller decides.
func (r *PlanRequest) limit() (bar int, alpha float64) {
	bar, alpha = -1, planRoomRisk
	if r.WaitLimit != nil {
		alpha = r.WaitLimit.Probability
		bar = r.Lanes * (r.WaitLimit.Minutes/r.SlotMinutes + 1)
	}
	if r.Room != nil && (bar < 0 || *r.Room < bar) {
		bar = *r.Room
	}
	return bar, alpha
}
