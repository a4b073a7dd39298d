package hiring

import (
	"slices"
	"time"
)

// CallOutcome is how a call ended; "" while it lives.
type CallOutcome string

// The outcomes of a call.
const (
	CallLive      CallOutcome = ""
	CallDone      CallOutcome = "done"
	CallReturned  CallOutcome = "returned" // the person did not come to the lane, or was called by mistake
	CallLeft      CallOutcome = "left"
	CallForgotten CallOutcome = "forgotten" // begun, and nobody ended it before the session closed
)

// DayPlace is one person's place as the report of a day sees it.
type DayPlace struct {
	State    Attendance
	Promised time.Time
	Arrived  time.Time // zero: did not come
	Ended    time.Time // left, or was met without a call; zero: still here
	WalkIn   bool
	Asked    bool // of a walk-in: he had been invited to this session before
	Met      bool // by a call that is done or was forgotten
	Started  time.Time
}

// DayLane is a lane as the report sees it.
type DayLane struct {
	ID       string    `json:"id"`
	Staff    string    `json:"staff"`
	Opened   time.Time `json:"-"`
	Closed   time.Time `json:"-"` // zero: open to the end
	Meetings []Meeting `json:"-"`

	Interviews int `json:"interviews"`
	Busy       int `json:"busy"` // minutes in interviews of known length, and so far in one that goes on
	Idle       int `json:"idle"` // minutes open within the planned time and without anybody
	Overtime   int `json:"overtime"`
}

// Meeting is an interview that took place; Until is zero when nobody noted its end, and now while it goes on.
type Meeting struct {
	From, Until time.Time
	Live        bool // it goes on: its time counts, and it is no interview that was held yet
}

// DayReport is what a day came to. Times are whole minutes.
type DayReport struct {
	Places      int       `json:"places"`   // invited or booked for the day, without those who cancelled in time, moved or never answered
	Came        int       `json:"came"`     // of them and walk-ins
	Expected    int       `json:"expected"` // of the places, who may still come while the session is not over
	Late        int       `json:"late"`     // of those who came, more than ten minutes
	WalkIns     int       `json:"walk_ins"` // of those who came
	Asked       int       `json:"asked"`    // of the walk-ins, who had been invited to the session and had no place any more
	Interviewed int       `json:"interviewed"`
	NoShow      int       `json:"no_show"`
	CalledOff   int       `json:"called_off"` // of the places, too late to be given to somebody else
	Left        int       `json:"left"`
	Unmet       int       `json:"unmet"` // came, and nobody met them
	Here        int       `json:"here"`  // of those who came, not met yet while the session is not over
	Waits       int       `json:"waits"` // how many waits are known
	WaitMedian  int       `json:"wait_median"`
	WaitMax     int       `json:"wait_max"`
	OverLimit   int       `json:"over_limit"` // waited longer than the invitation named
	Idle        int       `json:"idle"`
	Overtime    int       `json:"overtime"` // how long after the planned end the last interview ended
	Lanes       []DayLane `json:"lanes"`
}

// Kept counts who came to his place: came, without the walk-ins, whom no plan and no share knows.
func (r DayReport) Kept() int { return r.Came - r.WalkIns }

// Missed counts who did not come to his place and did not say so: with Kept, CalledOff and Expected they are Places.
func (r DayReport) Missed() int { return r.Places - r.Kept() - r.CalledOff - r.Expected }

// Rate is the share of the places that were kept.
func (r DayReport) Rate() float64 { return float64(r.Kept()) / float64(max(r.Places, 1)) }

// ReportDay counts a day that was planned from start to end. limit is the longest wait that the
// invitation named. While the session is not over, those who are here are not counted as not met.
func ReportDay(places []DayPlace, lanes []DayLane, start, end time.Time, limit time.Duration, over bool) DayReport {
	var r DayReport
	var waits []time.Duration
	for _, p := range places {
		switch p.State {
		case BookingMoved, BookingDeclined, BookingNoAnswer, BookingCancelled, BookingWithdrawn:
			continue
		}
		if !p.WalkIn {
			r.Places++
		}
		switch {
		case p.State == BookingNoShow:
			r.NoShow++
		case p.State == BookingCancelledLate:
			r.CalledOff++
		case p.State.Expected() && !over:
			r.Expected++
		}
		if p.Arrived.IsZero() || p.State == BookingNoShow || p.State.Expected() || p.State == BookingCancelledLate {
			continue
		}
		r.Came++
		if p.WalkIn {
			r.WalkIns++
			if p.Asked {
				r.Asked++
			}
		} else if p.Arrived.After(p.Promised.Add(lateAfter)) {
			r.Late++
		}
		until := p.Started
		switch {
		case p.Met || p.State == BookingInterviewed:
			r.Interviewed++
		case p.State == BookingLeft:
			r.Left++
			until = p.Ended
		case p.State.Present() && !over:
			r.Here++
		default:
			r.Unmet++
		}
		if until.IsZero() {
			continue // met without a call: nobody knows how long he waited
		}
		wait := Waiting{Promised: p.Promised, Arrived: p.Arrived}.Waited(until)
		waits = append(waits, wait)
		if wait > limit {
			r.OverLimit++
		}
	}
	slices.Sort(waits)
	if r.Waits = len(waits); r.Waits > 0 {
		r.WaitMedian, r.WaitMax = whole((waits[(r.Waits-1)/2]+waits[r.Waits/2])/2), whole(waits[r.Waits-1])
	}
	for _, l := range lanes {
		l.count(start, end)
		r.Idle += l.Idle
		r.Overtime = max(r.Overtime, l.Overtime)
		r.Lanes = append(r.Lanes, l)
	}
	return r
}

// LanesOpen is how many interviewers a day planned from start to end is judged with: the time that lanes were
// open within the plan, divided by its length and rounded, at least one. So a lane closed and opened again is
// one interviewer, relief for the last hour is none, nor is who went home before half of the day. A pause
// leaves the lane open.
func LanesOpen(lanes []DayLane, start, end time.Time) int {
	var open time.Duration
	for _, l := range lanes {
		if from, until := l.within(start, end); until.After(from) {
			open += until.Sub(from)
		}
	}
	return max(int((2*open+end.Sub(start))/(2*max(end.Sub(start), 1))), 1)
}

// within is from when until when a lane was open, as far as that was planned; the end may be before the start.
func (l *DayLane) within(start, end time.Time) (from, until time.Time) {
	from, until = start, end
	if l.Opened.After(from) {
		from = l.Opened
	}
	if !l.Closed.IsZero() && l.Closed.Before(until) {
		until = l.Closed
	}
	return from, until
}

// count fills the sums of a lane.
func (l *DayLane) count(start, end time.Time) {
	from, until := l.within(start, end)
	var busy, within time.Duration
	unknown := false
	for _, m := range l.Meetings {
		if !m.Live {
			l.Interviews++
		}
		if m.Until.IsZero() {
			unknown = true
			continue
		}
		busy += m.Until.Sub(m.From)
		a, b := m.From, m.Until
		if a.Before(from) {
			a = from
		}
		if b.After(until) {
			b = until
		}
		within += max(b.Sub(a), 0)
		l.Overtime = max(l.Overtime, whole(m.Until.Sub(end)))
	}
	l.Busy = whole(busy)
	if !unknown { // a lane whose interview nobody ended was not idle, but nobody knows how long
		l.Idle = whole(max(until.Sub(from)-within, 0))
	}
}

func whole(d time.Duration) int { return int(d.Round(time.Minute) / time.Minute) }
