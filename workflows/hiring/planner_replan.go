package hiring

import (
	"slices"
	"strconv"

	"github.com/stazh/stazh/workflows/fault"
)

// ReplanRequest asks whom to invite besides the people who have their times already. Session holds
// slots, lanes, weights, limits and day effect; its people and its Evaluate are not used.
type ReplanRequest struct {
	Session PlanRequest `json:"session"`
	// Committed keep their slots. P is the forecast that counts their replies: confirmed, silent...
	// Those who declined are left out.
	Committed []PlanCommitted `json:"committed"`
	// Reserve is in HR's order.
	Reserve []PlanInvitee `json:"reserve"`
	// ClosedSlots take no new invitations (too near, or held back).
	ClosedSlots []int `json:"closed_slots,omitempty"`
	// Seats bound each slot: nobody new goes where the committed and the new together would be more.
	// Nil: no bound.
	Seats []int `json:"seats,omitempty"`
	// MostNew bounds the new invitations; nil: no bound.
	MostNew *int `json:"most_new,omitempty"`
	// AnyOrder allows to pass over people of the reserve; otherwise the new invitations go to its
	// first people, so that rank is honoured.
	AnyOrder bool `json:"any_order,omitempty"`
}

// PlanCommitted is a person with a slot (from 0).
type PlanCommitted struct {
	ID   string  `json:"id"`
	P    float64 `json:"p"`
	Slot int     `json:"slot"`
}

// ReplanAnswer is what to do now. Invite is empty when the session is full as it is.
type ReplanAnswer struct {
	Invite []PlanCommitted `json:"invite"` // in the reserve's order
	Before *PlanAnswer     `json:"before"` // the figures if nobody more is invited
	After  *PlanAnswer     `json:"after"`  // the figures with Invite; Assignment holds everybody
	// LimitBroken says that the committed people alone are over the wait or room limit, so that
	// nobody can be added.
	LimitBroken bool `json:"limit_broken"`
}

// Quiet says why a plan invites nobody more.
type Quiet string

// The reasons, the first that holds: what HR can change comes before what is as it should be.
const (
	QuietNot       Quiet = ""          // it does invite
	QuietLate      Quiet = "late"      // no time is left for a reply by mail
	QuietSeats     Quiet = "seats"     // the seats bind and are taken
	QuietMost      Quiet = "most"      // as many were invited as are allowed
	QuietShortlist Quiet = "shortlist" // nobody is left who could be
	QuietLimit     Quiet = "limit"     // the people who have a time are over the limit already
	QuietEnough    Quiet = "enough"    // another person would cost more than he is worth
)

// Quiet returns why the answer to the request invites nobody.
func (r *ReplanRequest) Quiet(a *ReplanAnswer) Quiet {
	held := make([]int, r.Session.Slots)
	for _, c := range r.Committed {
		held[c.Slot]++
	}
	open, free := false, false
	for t := range held {
		if !slices.Contains(r.ClosedSlots, t) {
			open = true
			free = free || r.Seats == nil || held[t] < r.Seats[t]
		}
	}
	switch {
	case len(a.Invite) > 0:
		return QuietNot
	case !open:
		return QuietLate
	case !free:
		return QuietSeats
	case r.MostNew != nil && *r.MostNew == 0:
		return QuietMost
	case len(r.Reserve) == 0:
		return QuietShortlist
	case a.LimitBroken:
		return QuietLimit
	}
	return QuietEnough
}

// Check refuses like PlanRequest.Check; the fields are session.*, committed[n].*, reserve[n].*,
// closed_slots, seats and most_new.
func (r *ReplanRequest) Check() error {
	var f fault.Fields
	session := r.session(nil)
	if e := fault.As(session.Check()); e != nil {
		for name, code := range e.Fields { // each goes to its own key: order does not matter
			f.Add("session."+name, code)
		}
	}
	f.Require(len(r.Committed)+len(r.Reserve) <= 2*PlanMaxInvitees, "reserve", "too_many")
	seen := map[string]bool{}
	person := func(at, id string, p float64) {
		planProbability(&f, at+".p", p)
		f.Require(id != "", at+".id", "required")
		f.Require(!seen[id], at+".id", "duplicate")
		seen[id] = true
	}
	for n, c := range r.Committed {
		at := "committed[" + strconv.Itoa(n) + "]"
		person(at, c.ID, c.P)
		f.Require(c.Slot >= 0 && c.Slot < r.Session.Slots, at+".slot", "out_of_range")
	}
	for n, v := range r.Reserve {
		person("reserve["+strconv.Itoa(n)+"]", v.ID, v.P)
	}
	for _, t := range r.ClosedSlots {
		f.Require(t >= 0 && t < r.Session.Slots, "closed_slots", "out_of_range")
	}
	f.Require(r.Seats == nil || len(r.Seats) == r.Session.Slots, "seats", "wrong_length")
	for _, n := range r.Seats {
		f.Require(n >= 0, "seats", "negative")
	}
	f.Require(r.MostNew == nil || *r.MostNew >= 0, "most_new", "negative")
	return f.Err()
}

func (r *ReplanRequest) session(people []PlanInvitee) PlanRequest {
	s := r.Session
	s.ShowProbability, s.Evaluate, s.Invitees = nil, nil, people
	if people == nil {
		s.Invitees = []PlanInvitee{}
	}
	return s
}

// replanLookahead is how many invitations without gain are tried before the top-up ends: the
// utility is not concave in them.
const replanLookahead = 3

// replanRearranged is up to how many newcomers are rearranged after each insertion; more are at the
// end only, which on one reply is the same and for a whole session saves most of the time.
const replanRearranged = 6

// replanAhead is how many of the reserve are looked at first.
const replanAhead = 24

// replanReseated is up to how many newcomers are also seated anew at the end.
const replanReseated = 12

// Replan decides the best additional invitations without moving anyone. It is meant for every reply:
// a few milliseconds for an ordinary session. stop is as for Plan.
func Replan(r ReplanRequest, stop func() bool) (*ReplanAnswer, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	reserve, work := r.Reserve, newPlanWork(stop)
	if r.MostNew != nil && !r.AnyOrder {
		reserve = reserve[:min(len(reserve), *r.MostNew)]
	}
	if !r.AnyOrder && len(reserve) > replanAhead {
		// Whoever stands far behind in the reserve does not matter to one reply, and costs time.
		if ans := r.replan(reserve[:replanAhead], work); len(ans.Invite) < replanAhead-replanLookahead {
			return ans, nil
		}
	}
	return r.replan(reserve, work), nil
}

// replan is Replan with the reserve there is.
func (r *ReplanRequest) replan(reserve []PlanInvitee, work *planWork) *ReplanAnswer {
	var p []float64
	var people []PlanInvitee
	for _, c := range r.Committed {
		p, people = append(p, c.P), append(people, PlanInvitee{ID: c.ID, P: c.P})
	}
	for _, v := range reserve {
		p, people = append(p, v.P), append(people, v)
	}
	session := r.session(people)
	m := newPlanPeople(&session, p, planDays, work)
	for j, c := range r.Committed {
		m.slot[j], m.fixed[j] = c.Slot, true
	}
	for _, t := range r.ClosedSlots {
		m.closed[t] = true
	}
	m.seats = r.Seats
	m.refresh()
	ans := &ReplanAnswer{Before: m.answer(&session), LimitBroken: !m.within(m.score.risk)}
	if !ans.LimitBroken {
		most := len(reserve)
		if r.MostNew != nil {
			most = min(most, *r.MostNew)
		}
		if m.days > planCoarseDays {
			// A coarse day finds nearly the same people and slots, five times faster.
			coarse := newPlanPeople(&session, p, planCoarseDays, work)
			copy(coarse.slot, m.slot)
			coarse.fixed, coarse.closed, coarse.seats = m.fixed, m.closed, m.seats
			coarse.refresh()
			coarse.topUp(len(r.Committed), most, r.AnyOrder)
			m.set(coarse.slot)
			for !m.within(m.score.risk) && m.dropLast(1) {
				continue
			}
			m.insertAll(len(r.Committed), most, r.AnyOrder, false)
		} else {
			m.topUp(len(r.Committed), most, r.AnyOrder)
		}
	}
	ans.After = m.answer(&session)
	ans.Invite = []PlanCommitted{}
	for j := len(r.Committed); j < len(p); j++ {
		if t := m.slot[j]; t >= 0 {
			ans.Invite = append(ans.Invite, PlanCommitted{ID: people[j].ID, P: p[j], Slot: t})
		}
	}
	return ans
}
