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

// topUp invites from the people numbered from first on, at most so many, in order unless any. When
// no more helps, the newcomers are moved to where they do best among themselves, and it tries again.
func (m *planPeople) topUp(first, most int, anyOrder bool) {
	for range 4 {
		added := m.insertAll(first, most, anyOrder, true)
		moved := m.settle(first, 4)
		if m.work.over || !(added && moved) {
			break
		}
	}
	if n := m.newcomers(first); n >= 2 && n <= replanReseated {
		m.reseat(first)
	}
}

// reseat gives the newcomers their slots anew, the likeliest first, and keeps that if it is better.
func (m *planPeople) reseat(first int) {
	best, bestSlot, bestCounts := m.score, slices.Clone(m.slot), m.counts
	for j := first; j < len(m.slot); j++ {
		m.slot[j] = -1
	}
	m.refresh()
	for _, j := range m.order(1) {
		if j < first || bestSlot[j] < 0 || m.work.over {
			continue
		}
		_, to, _ := m.bestSlot([]int{j})
		if to < 0 {
			break
		}
		m.slot[j] = to
		m.refresh()
	}
	m.rearrange(first)
	if !m.within(m.score.risk) || !planBetter(m.score.utility, m.counts, best.utility, bestCounts) {
		m.set(bestSlot)
	}
}

// settle moves the newcomers to where they do best among themselves, in at most so many rounds.
func (m *planPeople) settle(first, rounds int) bool {
	moved := false
	for range rounds {
		if m.work.over || !(m.rearrange(first) || m.swap()) {
			break
		}
		moved = true
	}
	return moved
}

// newcomers counts the people from first on who are invited.
func (m *planPeople) newcomers(first int) int {
	n := 0
	for _, t := range m.slot[first:] {
		if t >= 0 {
			n++
		}
	}
	return n
}

// insertAll inserts one after the other and keeps the best state met.
func (m *planPeople) insertAll(first, most int, anyOrder, settle bool) bool {
	ahead := replanLookahead
	if !settle {
		ahead = 0 // tried on the coarse day
	}
	best, bestSlot, bestCounts := m.score, slices.Clone(m.slot), m.counts
	most -= m.newcomers(first)
	any := false
	for vain := 0; most > 0 && vain <= ahead && !m.work.over; most-- {
		who, to, _ := m.bestInsertion(first, anyOrder)
		if who < 0 {
			break
		}
		m.slot[who] = to
		m.refresh()
		if settle && m.newcomers(first) <= replanRearranged {
			m.rearrange(first)
		}
		vain++
		if planBetter(m.score.utility, m.counts, best.utility, bestCounts) {
			best, bestSlot, bestCounts, vain = m.score, slices.Clone(m.slot), m.counts, 0
			any = true
		}
	}
	m.set(bestSlot)
	return any
}

// bestInsertion returns the insertion that leaves the highest utility within the limit, even if that
// is lower than now; -1 if none keeps the limit.
func (m *planPeople) bestInsertion(first int, anyOrder bool) (who, to int, best planScore) {
	var out []int
	for j := first; j < len(m.slot); j++ {
		if m.slot[j] < 0 {
			out = append(out, j)
			if !anyOrder {
				break
			}
		}
	}
	return m.bestSlot(out)
}

// bestSlot returns which of the people to insert where for the highest utility within the limit; -1 if
// nobody can be inserted.
func (m *planPeople) bestSlot(out []int) (who, to int, best planScore) {
	who, to = -1, -1
	line := m.invited()
	for t := range m.slots {
		if !m.open(t, -1) {
			continue
		}
		e := m.edge(m.measure(m.flows[t], m.rests[t+1], planLongest(m.arrive[t])+1), m.arrive[t])
		for _, j := range out {
			if s := m.with(&e, j, line); m.within(s.risk) && (who < 0 || s.utility > best.utility+planTie) {
				who, to, best = j, t, s
			}
		}
		m.work.spend(m.stepCost() + m.days*len(out))
	}
	return who, to, best
}

// rearrange moves newcomers to better slots, not replacing them by others.
func (m *planPeople) rearrange(first int) bool {
	any := false
	for j := first; j < len(m.slot); j++ {
		if !slices.Equal(m.vainAt, m.slot) {
			m.vainAt, m.vain = append(m.vainAt[:0], m.slot...), map[int]bool{}
		}
		if m.slot[j] < 0 || m.vain[j] || m.work.over {
			continue
		}
		if m.relocate(j, []int{j}) {
			any = true
		} else {
			m.vain[j] = true
		}
	}
	return any
}
