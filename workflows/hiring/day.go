package hiring

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// The rules of the day: who is called next, how long the others will wait, and what can be done about it.

// Waiting is somebody who is here and not called.
type Waiting struct {
	ID       string
	State    Attendance // arrived, arrived_late or walk_in
	Promised time.Time  // the arrival time in the invitation; a walk-in's is his arrival, or the start if he came before
	Arrived  time.Time
	Priority bool // was sent away once for our fault
	Returned int  // how often called and put back
}

// since is from when the person has been kept waiting: whoever comes early waits from the time promised.
func (w Waiting) since() time.Time {
	if w.Promised.After(w.Arrived) {
		return w.Promised
	}
	return w.Arrived
}

// Waited is how long the person has been kept waiting at now.
func (w Waiting) Waited(now time.Time) time.Duration { return max(now.Sub(w.since()), 0) }

// kept says whether the person himself keeps to what was promised: neither late nor unasked, nor away when
// called.
func (w Waiting) kept() bool { return w.State == BookingArrived && w.Returned == 0 }

// rank is the group in the queue: places promised anew come first, who came on time is not made to wait
// for who came late or without an invitation.
func (w Waiting) rank() int {
	switch {
	case w.Priority && w.State != BookingArrivedLate:
		return 0
	case w.State == BookingArrived:
		return 1
	}
	return 2
}

// order returns the time by which people of a rank stand in the queue.
func (w Waiting) order() time.Time {
	if w.rank() == 2 {
		return w.Arrived
	}
	return w.Promised
}

// Queue returns those waiting in the order they are called: by rank; who was called and did not come
// goes behind the others of his rank; then by the promised arrival time (late ones and walk-ins by their
// arrival), the arrival, the id.
func Queue(waiting []Waiting) []Waiting {
	queue := slices.Clone(waiting)
	slices.SortFunc(queue, func(a, b Waiting) int {
		if d := a.rank() - b.rank(); d != 0 {
			return d
		}
		if d := a.Returned - b.Returned; d != 0 {
			return d
		}
		if d := a.order().Compare(b.order()); d != 0 {
			return d
		}
		if d := a.Arrived.Compare(b.Arrived); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return queue
}

// NextCalled returns who is called next, and false when nobody waits.
func NextCalled(waiting []Waiting) (Waiting, bool) {
	if len(waiting) == 0 {
		return Waiting{}, false
	}
	return Queue(waiting)[0], true
}

// LaneNow is an open lane: when its interviewer is expected to be free. Paused lanes are left out.
type LaneNow struct {
	ID      string
	Busy    bool
	Started time.Time // of the interview, or of the call while it has not begun
	Opens   time.Time // takes nobody before: the session's start
}

// WaitLevel says how a wait stands to what was promised.
type WaitLevel string

// The levels: the board warns at WarnWait; near the limit it proposes relief.
const (
	WaitFine WaitLevel = "fine"
	WaitLong WaitLevel = "long" // at least WarnWait
	WaitNear WaitLevel = "near" // will pass the limit unless something is done, or nearly has
	WaitOver WaitLevel = "over" // has passed it
)

// WarnWait is when a wait is shown as long (DOMAIN section 2).
const WarnWait = 20 * time.Minute

// nearShare of the limit already waited counts as near it.
const nearShare = 0.8

// Outlook is what one person's wait looks like.
type Outlook struct {
	ID     string
	Waited time.Duration // so far
	Total  time.Duration // expected in all; -1 when no lane is open, and nobody can say
	Level  WaitLevel
	Kept   bool // the person keeps to what was promised: came in time, and was here when called
}

// WaitOutlook says, in the order of the queue, how long each has waited and will wait if every interview
// takes slot and no lane opens or closes. A lane that is over its time is expected to be free at once, one
// that has nobody yet when the session starts. limit is the longest wait that the invitation names; a wait
// that has not begun, of who came early, is fine whatever it will be.
func WaitOutlook(waiting []Waiting, lanes []LaneNow, slot, limit time.Duration, now time.Time) []Outlook {
	free := make([]time.Time, len(lanes))
	for i, l := range lanes {
		if free[i] = now; l.Opens.After(now) {
			free[i] = l.Opens
		}
		if end := l.Started.Add(slot); l.Busy && end.After(now) {
			free[i] = end
		}
	}
	var out []Outlook
	for _, w := range Queue(waiting) {
		o := Outlook{ID: w.ID, Waited: w.Waited(now), Total: -1, Kept: w.kept()}
		if len(free) > 0 {
			slices.SortFunc(free, time.Time.Compare)
			o.Total = max(free[0].Sub(w.since()), 0)
			free[0] = free[0].Add(slot)
		}
		switch {
		case now.Before(w.since()):
			o.Level = WaitFine
		case o.Waited > limit:
			o.Level = WaitOver
		case o.Total > limit || float64(o.Waited) >= nearShare*float64(limit):
			o.Level = WaitNear
		case o.Waited >= WarnWait:
			o.Level = WaitLong
		default:
			o.Level = WaitFine
		}
		out = append(out, o)
	}
	return out
}

// Relief is what the board proposes when waits come near the limit.
type Relief struct {
	Over    []string      // who has waited longer than the limit, in the order of the queue
	Near    []string      // who will, or nearly has
	Longest time.Duration // that one of them has waited
	Lane    bool          // another lane would help: there is an idle interviewer
	Move    []string      // who might be given another time, in the order to ask
}

// ProposeRelief returns what to propose, and false while every wait is within bounds. idle is how many
// interviewers of the place are free now, slots how many times can take a place that comes first.
//
// Another time is for who waits too long (DOMAIN section 2: "When someone waits too long the board offers:
// another lane, ..., or a priority rebooking that is never overbooked"), so those over the limit are asked
// before those near it. Of each, who kept to the time promised comes before who came late or unasked or was
// away when called, for the times are few and we owe them to the former; then the longest wait comes first.
func ProposeRelief(outlook []Outlook, idle, slots int) (Relief, bool) {
	var r Relief
	var ask []Outlook
	for _, o := range outlook {
		switch o.Level {
		case WaitOver:
			r.Over = append(r.Over, o.ID)
		case WaitNear:
			r.Near = append(r.Near, o.ID)
		default:
			continue
		}
		r.Longest = max(r.Longest, o.Waited)
		ask = append(ask, o)
	}
	if len(ask) == 0 {
		return r, false
	}
	r.Lane = idle > 0
	if slots == 0 {
		return r, true
	}
	first := func(yes bool) int {
		if yes {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(ask, func(a, b Outlook) int {
		return cmp.Or(first(a.Level == WaitOver)-first(b.Level == WaitOver), first(a.Kept)-first(b.Kept), cmp.Compare(b.Waited, a.Waited))
	})
	for _, o := range ask {
		r.Move = append(r.Move, o.ID)
	}
	return r, true
}

// CheckPriority says whether a place that comes first may be promised at a slot: fewer people with
// priority or a confirmed place there than lanes open, so that it is never overbooked. Conflict
// no_priority_place.
func CheckPriority(promised, lanes int) error {
	if promised >= lanes {
		return fault.New(fault.Conflict, "no_priority_place", "lanes", strconv.Itoa(lanes))
	}
	return nil
}

// CheckRebook says whether staff may give the person another time: the application is not decided or
// withdrawn. Conflict cannot_rebook.
func CheckRebook(s State) error {
	switch s {
	case Responded, Interviewed, Decided, Offered, Accepted, Hired, Withdrawn:
		return fault.New(fault.Conflict, "cannot_rebook", "state", string(s))
	}
	return nil
}

// CheckWalkIn says whether a person who came unasked may be met at now: conflict cannot_walk_in once
// interviewed, decided or withdrawn; session_closed, too_early, too_late by the session's day.
func CheckWalkIn(s State, session SessionState, starts, ends, now time.Time) error {
	switch {
	case slices.Contains([]State{Interviewed, Decided, Offered, Accepted, Hired, Withdrawn}, s):
		return fault.New(fault.Conflict, "cannot_walk_in", "state", string(s))
	case session != SessionOpen && session != SessionRunning:
		return fault.New(fault.Conflict, "session_closed", "state", string(session))
	case now.Before(starts.Add(-checkInBefore)):
		return fault.New(fault.Conflict, "too_early")
	case now.After(ends):
		return fault.New(fault.Conflict, "too_late")
	}
	return nil
}

// Closing is what closing a session by hand is judged by: when its last time begins, how many may still come, and
// how many are called or being interviewed.
type Closing struct {
	Last              time.Time
	Expected, Talking int
}

// Check says whether HR may close a session at now, before it closes by itself (CloseAfter). Those who still wait are no
// hindrance: they are told that we are sorry. Conflict session_not_running, times_ahead, still_talking, still_expected.
func (c Closing) Check(s SessionState, now time.Time) error {
	switch {
	case s != SessionRunning:
		return fault.New(fault.Conflict, "session_not_running", "state", string(s))
	case now.Before(c.Last):
		return fault.New(fault.Conflict, "times_ahead")
	case c.Talking > 0:
		return fault.New(fault.Conflict, "still_talking", "n", strconv.Itoa(c.Talking))
	case c.Expected > 0:
		return fault.New(fault.Conflict, "still_expected", "n", strconv.Itoa(c.Expected))
	}
	return nil
}

// SlotAt returns the number of the slot that now lies in: the last that has begun, or the first.
func SlotAt(starts []time.Time, now time.Time) int {
	n := 0
	for i, at := range starts {
		if !at.After(now) {
			n = i
		}
	}
	return n
}

// CallBefore is how long before the session's start its interviewers may begin to call.
const CallBefore = time.Hour

// CheckLaneOnDay says whether reception may open a lane, which is a matter of the day: conflict lane_too_early more
// than CallBefore before the start, while who meets whom is still HR's plan.
func CheckLaneOnDay(starts, now time.Time) error {
	if now.Before(starts.Add(-CallBefore)) {
		return fault.New(fault.Conflict, "lane_too_early")
	}
	return nil
}
