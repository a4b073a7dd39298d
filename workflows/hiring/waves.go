package hiring

import (
	"math"
	"strconv"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Filling says how a session gets its people.
type Filling string

// The ways to fill a session.
const (
	FillOff     Filling = ""        // HR invites by hand
	FillPropose Filling = "propose" // each plan waits for HR's yes
	FillAuto    Filling = "auto"    // each plan is done, within the limits HR set
)

// PlanSettings is what HR sets for a session's plan.
type PlanSettings struct {
	// WaitingWorth is the slider: a candidate's waiting hour is worth so much of an interviewer's idle
	// hour; 0 to 4, 0.5 by default.
	WaitingWorth float64 `json:"waiting_worth"`
	// Overtime is what an interview after hours costs, in interviewer-slots; 0 to 10, 1.5 by default.
	Overtime float64 `json:"overtime"`
	// LimitMinutes and LimitRisk bound the chance that anyone waits longer; 60 minutes and 0.1 by
	// default. LimitRisk 0 means no limit.
	LimitMinutes int     `json:"limit_minutes"`
	LimitRisk    float64 `json:"limit_risk"`
	// DayEffect is rho; nil: the learned one, or 0.03 while nothing is learned.
	DayEffect *float64 `json:"day_effect,omitempty"`
	// MostInvited bounds how many may be invited in all; 0: no bound but the session's.
	MostInvited int `json:"most_invited"`
}

// DefaultPlanSettings are what the page starts with (planner.md, "Model").
func DefaultPlanSettings() PlanSettings {
	return PlanSettings{WaitingWorth: 0.5, Overtime: 1.5, LimitMinutes: 60, LimitRisk: 0.1}
}

// OrDefault returns the settings, or what the page starts with for a session whose invitation names this
// longest wait, if nothing was ever set.
func (s PlanSettings) OrDefault(waitMinutes int) PlanSettings {
	if s.WaitingWorth > 0 {
		return s
	}
	d := DefaultPlanSettings()
	d.LimitMinutes = waitMinutes
	return d
}

// Check returns an invalid fault naming what is out of bounds.
func (s PlanSettings) Check() error {
	var f fault.Fields
	in := func(name string, v, low, high float64) {
		f.Require(!math.IsNaN(v) && v >= low && v <= high, name, "out_of_range")
	}
	in("waiting_worth", s.WaitingWorth, 0.01, 4)
	in("overtime", s.Overtime, 0, 10)
	in("limit_minutes", float64(s.LimitMinutes), 0, 480)
	in("limit_risk", s.LimitRisk, 0, 1)
	if s.DayEffect != nil {
		in("day_effect", *s.DayEffect, 0, 0.5)
	}
	in("most_invited", float64(s.MostInvited), 0, MaxSeats)
	return f.Err()
}

// defaultDayEffect is planner.md's rho while no sessions are known.
const defaultDayEffect = 0.03

// Request returns the planner's request for a session of these slots and lanes, without people. learned
// is the model's day effect, used once rows show one.
func (s PlanSettings) Request(slots, slotMinutes, lanes, room int, learned float64) PlanRequest {
	r := PlanRequest{
		Slots: slots, SlotMinutes: slotMinutes, Lanes: lanes,
		Weights:   &PlanWeights{Interviewed: 1, Waiting: s.WaitingWorth, Idle: 1, Overtime: s.Overtime},
		DayEffect: defaultDayEffect,
	}
	switch {
	case s.DayEffect != nil:
		r.DayEffect = *s.DayEffect
	case learned > 0:
		r.DayEffect = learned
	}
	if s.LimitRisk > 0 {
		r.WaitLimit = &PlanWait{Minutes: s.LimitMinutes, Probability: s.LimitRisk}
	}
	if room > 0 {
		both := room + lanes
		r.Room = &both
	}
	return r
}

// Seated is Request for a session whose slots have these seats, with the seats of the slots that are no
// break (0 seats) as the counts of a plan: nobody is met in a break, so the planner does not see it. A
// session that is nothing but breaks is planned as one slot without anybody. Beyond PlanMaxSlots or
// PlanMaxLanes the planner refuses.
func (s PlanSettings) Seated(seats []int, slotMinutes, lanes, room int, learned float64) (PlanRequest, []int) {
	var counts []int
	for _, n := range seats {
		if n > 0 {
			counts = append(counts, n)
		}
	}
	if len(counts) == 0 {
		counts = []int{0}
	}
	return s.Request(len(counts), slotMinutes, lanes, room, learned), counts
}

// How often a session that is being filled is planned anew.
const (
	replanAfterReply = 15 * time.Second // replies, and people shortlisted, that come together are planned once
	replanOpenWave   = 5 * time.Minute  // while invitations await an answer
	replanQuiet      = time.Hour        // while none does: a seat may have been given up, an address added
)

// DoReplan and DoStopFilling are the steps a session takes while it is being filled.
const (
	DoReplan      = "replan"
	DoStopFilling = "stop_filling"
)

// fill decides when a session that is being filled is planned next, or that it is too late to invite.
func (f InterviewFacts) fill(now time.Time) Action {
	at := func(do string, t time.Time) Action {
		if now.Before(t) {
			return Action{Until: t}
		}
		// The version, because a change of the seats or a new start of filling forgets the last plan's time.
		return Action{Do: do, Occasion: strconv.Itoa(f.Version)}
	}
	if !now.Before(f.FillUntil) {
		return at(DoStopFilling, f.FillUntil)
	}
	next := f.PlannedAt
	switch {
	case f.PlannedAt.IsZero():
	case f.ChangedAt.After(f.PlannedAt), f.ListedAt.After(f.PlannedAt):
		next = next.Add(replanAfterReply)
	case f.OpenInvitations > 0:
		next = next.Add(replanOpenWave)
	default:
		next = next.Add(replanQuiet)
	}
	if next.After(f.FillUntil) {
		return at(DoStopFilling, f.FillUntil)
	}
	return at(DoReplan, next)
}
