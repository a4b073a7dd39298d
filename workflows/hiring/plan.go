package hiring

import (
	"strconv"
	"time"
)

// This file is read by running processes: what Next answers decides what a history records next. A
// change that makes an old history answer differently needs a version (workflows/versions.go).

// Action is what a process does next: take Do now, or wait until Until (zero: for a nudge or command
// only). End says nothing is awaited and the run may finish.
type Action struct {
	Do       string
	Occasion string // makes the step's key: the same occasion is never done twice, so it names the version it was found in
	Subject  string // the booking or offer it is about, if any
	Until    time.Time
	End      bool
}

// The steps an application takes by itself.
const (
	DoTakeOffer   = "take_offer"
	DoExpire      = "expire"
	DoRemindDay   = "remind_day"
	DoRemindHours = "remind_hours"
	DoNoShow      = "no_show"
	DoWithdraw    = "withdraw"    // the session was called off
	DoErase       = "erase"       // the person asked for it
	DoInterviewed = "interviewed" // a lane has finished with the person
	DoUnmet       = "unmet"       // the person came and nobody met him
)

// The steps a session takes by itself.
const (
	DoStart   = "start"
	DoClose   = "close"
	DoEndCall = "end_call" // the person called is no longer here
	DoJudge   = "judge"    // it is over, and its outcomes are not those the verdict was given on
)

// ApplicationFacts is what the process of an application knows: ids, codes, times, numbers.
type ApplicationFacts struct {
	ID       string        `json:"id"`
	State    State         `json:"state"`
	Version  int           `json:"version"`
	Offers   []string      `json:"offers,omitempty"` // not yet taken up
	Bookings []BookingFact `json:"bookings,omitempty"`
	EraseAt  time.Time     `json:"erase_at,omitzero"` // when the person's data are erased
	Policy   Policy        `json:"policy"`
	Clock    Clock         `json:"clock"`
}

// BookingFact is an open booking.
type BookingFact struct {
	ID            string     `json:"id"`
	State         Attendance `json:"state"`
	Version       int        `json:"version"`
	StartsAt      time.Time  `json:"starts_at"`
	BookedAt      time.Time  `json:"booked_at"`
	ReplyBy       time.Time  `json:"reply_by,omitzero"`
	Sending       Sending    `json:"sending,omitempty"` // of the invitation
	RemindedDay   bool       `json:"reminded_day"`
	RemindedHours bool       `json:"reminded_hours"`
	SessionOff    bool       `json:"session_off,omitempty"`  // the session was cancelled
	LateMinutes   int        `json:"late_minutes,omitempty"` // announced; the grace begins after them
	MetAt         time.Time  `json:"met_at,omitzero"`        // when a lane finished with the person
	Unmet         bool       `json:"unmet,omitempty"`        // the day is over, or no interviewer came, and nobody met the person
}

// Next decides what the application's process does at now.
func (f ApplicationFacts) Next(now time.Time) Action {
	if len(f.Offers) > 0 {
		return Action{Do: DoTakeOffer, Subject: f.Offers[0], Occasion: f.Offers[0]}
	}
	next := Action{End: true}
	if !f.EraseAt.IsZero() {
		if !now.Before(f.EraseAt) {
			return Action{Do: DoErase, Subject: f.ID, Occasion: f.EraseAt.UTC().Format(time.RFC3339)}
		}
		next = Action{Until: f.EraseAt}
	}
	for _, b := range f.Bookings {
		a := b.next(now, f.Policy)
		switch {
		case a.Do != "":
			return a
		case a.End:
		case next.End || a.Until.Before(next.Until):
			next = a
		}
	}
	return next
}

// occasion names one time that something is due for a booking. A no-show who is checked in, and whose
// check-in is undone, becomes a no-show again at the same hour: only the version tells the two apart.
func (b BookingFact) occasion(why string) string {
	return b.ID + "/" + strconv.Itoa(b.Version) + "/" + why
}

func (b BookingFact) next(now time.Time, p Policy) Action {
	do := func(what string, at time.Time) Action {
		if now.Before(at) {
			return Action{Until: at}
		}
		return Action{Do: what, Subject: b.ID, Occasion: b.occasion(at.UTC().Format(time.RFC3339))}
	}
	if b.SessionOff && b.State.Expected() {
		return Action{Do: DoWithdraw, Subject: b.ID, Occasion: b.occasion("off")}
	}
	if b.State.Present() {
		switch {
		case !b.MetAt.IsZero():
			return Action{Do: DoInterviewed, Subject: b.ID, Occasion: b.occasion(b.MetAt.UTC().Format(time.RFC3339Nano))}
		case b.Unmet:
			return Action{Do: DoUnmet, Subject: b.ID, Occasion: b.occasion("unmet")}
		}
	}
	switch b.State {
	case BookingInvited:
		if b.ReplyBy.IsZero() {
			return Action{End: true}
		}
		return do(DoExpire, b.lapsesAt(p))
	case BookingConfirmed:
		lead := b.StartsAt.Sub(b.BookedAt)
		if at := b.StartsAt.Add(-hours(p.RemindDayHours)); !b.RemindedDay && lead >= hours(p.RemindDayLead) && now.Before(b.StartsAt.Add(-hours(p.RemindHours))) {
			return do(DoRemindDay, at)
		}
		if at := b.StartsAt.Add(-hours(p.RemindHours)); !b.RemindedHours && lead >= hours(p.RemindHoursLead) && now.Before(b.StartsAt) {
			return do(DoRemindHours, at)
		}
		return do(DoNoShow, b.StartsAt.Add(minutes(b.LateMinutes+p.GraceMinutes)))
	}
	return Action{End: true}
}

// InterviewFacts is what the process of a session knows.
type InterviewFacts struct {
	ID       string       `json:"id"`
	State    SessionState `json:"state"`
	Version  int          `json:"version"`
	StartsAt time.Time    `json:"starts_at"`
	EndsAt   time.Time    `json:"ends_at"`
	Over     []string     `json:"over,omitempty"`     // live calls of people who are no longer here
	Unjudged bool         `json:"unjudged,omitempty"` // closed, without a verdict on its outcomes as they are
	Policy   Policy       `json:"policy"`
	Clock    Clock        `json:"clock"`

	Filling         Filling   `json:"filling,omitempty"`
	PlannedAt       time.Time `json:"planned_at,omitzero"` // the last plan
	ChangedAt       time.Time `json:"changed_at,omitzero"` // the last reply, move or change of the session
	ListedAt        time.Time `json:"listed_at,omitzero"`  // when somebody of the shortlist came onto it, or to his rank
	FillUntil       time.Time `json:"fill_until,omitzero"` // after it nobody can be invited by mail in time
	OpenInvitations int       `json:"open_invitations,omitempty"`
}

// CloseAfter is how long after its planned end a session closes by itself: the queue has gone home.
const CloseAfter = 3 * time.Hour

// Next decides what the session's process does at now.
func (f InterviewFacts) Next(now time.Time) Action {
	do := func(what string, at time.Time) Action {
		if now.Before(at) {
			return Action{Until: at}
		}
		return Action{Do: what, Occasion: at.UTC().Format(time.RFC3339)}
	}
	if len(f.Over) > 0 {
		return Action{Do: DoEndCall, Subject: f.Over[0], Occasion: f.Over[0]}
	}
	switch f.State {
	case SessionOpen:
		start := do(DoStart, f.StartsAt.Add(-time.Hour))
		if f.Filling == FillOff || start.Do != "" {
			return start
		}
		if fill := f.fill(now); fill.Do != "" || fill.Until.Before(start.Until) {
			return fill
		}
		return start
	case SessionRunning:
		return do(DoClose, f.EndsAt.Add(CloseAfter))
	case SessionClosed:
		if f.Unjudged {
			return Action{Do: DoJudge, Occasion: strconv.Itoa(f.Version)}
		}
	}
	return Action{End: true}
}

// The step an intake batch takes by itself.
const DoChunk = "chunk"

// IntakeFacts is what the process of a batch (an import, a bulk rejection) knows.
type IntakeFacts struct {
	ID       string `json:"id"`
	State    string `json:"state"` // preview, running, done, reverting, reverted
	Position int    `json:"position"`
	Clock    Clock  `json:"clock"`
}

// Next works the batch off, chunk by chunk.
func (f IntakeFacts) Next(time.Time) Action {
	if f.State == "running" || f.State == "reverting" {
		return Action{Do: DoChunk, Occasion: f.State + "/" + strconv.Itoa(f.Position)}
	}
	return Action{End: true}
}

// BusinessClock returns the clock the facts were loaded with.
func (f ApplicationFacts) BusinessClock() Clock { return f.Clock }

// BusinessClock returns the clock the facts were loaded with.
func (f InterviewFacts) BusinessClock() Clock { return f.Clock }

// BusinessClock returns the clock the facts were loaded with.
func (f IntakeFacts) BusinessClock() Clock { return f.Clock }
