package hiring

import "math"

// The handbook's funnel of a day: of 100 responses viewed 15 to 20 people are invited, and 5 are met.
const (
	FunnelViewed  = 100.0
	FunnelInvited = 17.5
	FunnelMet     = 5.0
)

// One in five of those met is hired while nothing is known, and that weighs like ten people met.
const (
	funnelHired = 2.0
	funnelMet   = 10.0
)

// FunnelPast is what a vacancy has seen so far, and what is planned for it.
type FunnelPast struct {
	Headcount int
	Responded int // all responses
	Invited   int // people ever invited
	Came      int
	Hired     int
	Sessions  int // closed sessions of the vacancy
	Shortlist int // people on the shortlist, not invited yet
	Unread    int // responses nobody has acted on
}

// FunnelNeed is what is still needed for the headcount. All are rounded up.
type FunnelNeed struct {
	Hires     int     `json:"hires"`     // still to be hired
	Meetings  int     `json:"meetings"`  // people to be met for them
	Sessions  int     `json:"sessions"`  // sessions to meet them in
	Invited   int     `json:"invited"`   // people to be invited
	Responses int     `json:"responses"` // responses to choose them from
	HireRate  float64 `json:"hire_rate"` // of those who come
}

// Need computes what is still needed. With h hires to go, hire rate q = (hired + 2) / (came + 10), m
// people met a session (came / sessions; 5, the handbook's day, before the first) and show rate p:
//
//	meetings  = h / q          sessions = meetings / m
//	invited   = meetings / p   responses = invited * 100 / 17.5
//
// p outside (0, 1] is taken as the handbook's 0.2.
func (f FunnelPast) Need(p float64) FunnelNeed {
	if !(p > 0 && p <= 1) {
		p = ratePriorCame / (ratePriorCame + ratePriorMissed)
	}
	n := FunnelNeed{Hires: max(0, f.Headcount-f.Hired), HireRate: (float64(f.Hired) + funnelHired) / (float64(max(f.Came, f.Hired)) + funnelMet)}
	up := func(v float64) int { return int(math.Ceil(v - 1e-9)) }
	meetings := float64(n.Hires) / n.HireRate
	n.Meetings = up(meetings)
	met := FunnelMet
	if f.Sessions > 0 && f.Came > 0 {
		met = float64(f.Came) / float64(f.Sessions)
	}
	n.Sessions = up(meetings / met)
	n.Invited = up(meetings / p)
	n.Responses = up(meetings / p * FunnelViewed / FunnelInvited)
	return n
}
