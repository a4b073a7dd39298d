package hiring

import (
	"slices"
	"strconv"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Booking is what the rules need to know of one.
type Booking struct {
	ID          string
	InterviewID string
	Slot        int
	State       Attendance
	Version     int
	StartsAt    time.Time
	Moves       int
	ArrivedAt   time.Time // zero: not come
	EndedAt     time.Time // zero while it goes on
	Unasked     bool      // a walk-in
	Seatless    bool      // its seat was given up, or a walk-in, who never had one
	Asked       bool      // shortly before, whether he is coming (the reminder by hours)
	Sure        bool      // and said that he is
}

// Later than this after the promised time an arrival counts as late.
const lateAfter = 10 * time.Minute

// How long before its start and after its end people can be checked in to a session.
const (
	checkInBefore = 3 * time.Hour
	checkInAfter  = CloseAfter
)

// refuse says which state was met.
func refuse(code string, b Booking) error {
	return fault.New(fault.Conflict, code, "state", string(b.State), "version", strconv.Itoa(b.Version))
}

// CheckVersion refuses a form made for an older state of the booking: conflict stale_form.
func (b Booking) CheckVersion(sent int) error {
	if sent != b.Version {
		return refuse("stale_form", b)
	}
	return nil
}

// CheckConfirm says whether the invitation may be accepted now, or, of a time accepted before, the question of the
// day answered: conflict not_invited, too_late.
func (b Booking) CheckConfirm(now time.Time) error {
	if b.State != BookingInvited && !(b.State == BookingConfirmed && b.Asked && !b.Sure) {
		return refuse("not_invited", b)
	}
	if !now.Before(b.StartsAt) {
		return refuse("too_late", b)
	}
	return nil
}

// Cancel returns what a cancel at now makes of the booking: an invitation is declined; a confirmed time
// is cancelled in time, or late within the cut-off. Conflict nothing_to_cancel, too_late (past the grace).
func (b Booking) Cancel(now time.Time, r CandidateRules, p Policy) (Attendance, error) {
	switch {
	case !b.State.Expected():
		return "", refuse("nothing_to_cancel", b)
	case !now.Before(b.StartsAt.Add(minutes(p.GraceMinutes))):
		return "", refuse("too_late", b)
	case b.State == BookingInvited:
		return BookingDeclined, nil
	case now.After(b.StartsAt.Add(-hours(r.CutoffHours))):
		return BookingCancelledLate, nil
	}
	return BookingCancelled, nil
}

// CheckMove says whether the candidate may move the booking by himself: conflict nothing_to_move,
// too_late, no_moves_left.
func (b Booking) CheckMove(now time.Time, r CandidateRules) error {
	switch {
	case !b.State.Expected():
		return refuse("nothing_to_move", b)
	case !now.Before(b.StartsAt):
		return refuse("too_late", b)
	case b.Moves >= r.Moves:
		return fault.New(fault.Conflict, "no_moves_left", "moves", strconv.Itoa(r.Moves))
	}
	return nil
}

// CheckLate says whether "I am late" makes sense now: conflict not_expected; too_early more than three
// hours before, too_late after the grace.
func (b Booking) CheckLate(now time.Time, p Policy) error {
	switch {
	case b.State != BookingConfirmed:
		return refuse("not_expected", b)
	case now.Before(b.StartsAt.Add(-checkInBefore)):
		return refuse("too_early", b)
	case !now.Before(b.StartsAt.Add(minutes(p.GraceMinutes))):
		return refuse("too_late", b)
	}
	return nil
}

// Arrive returns what checking in at now makes of the booking; a no-show who comes after all is
// arrived_late. Conflict already_here, not_expected, too_early, too_late.
func (b Booking) Arrive(now, sessionStart, sessionEnd time.Time) (Attendance, error) {
	switch {
	case b.State.Present() || b.State == BookingInterviewed:
		return "", refuse("already_here", b)
	case !b.State.Expected() && b.State != BookingNoShow:
		return "", refuse("not_expected", b)
	case now.Before(sessionStart.Add(-checkInBefore)):
		return "", refuse("too_early", b)
	case now.After(sessionEnd.Add(checkInAfter)):
		return "", refuse("too_late", b)
	case b.State == BookingNoShow || now.After(b.StartsAt.Add(lateAfter)):
		return BookingArrivedLate, nil
	}
	return BookingArrived, nil
}

// CheckNoShow says whether staff may mark a no-show by hand: conflict not_expected, too_early before the
// promised time.
func (b Booking) CheckNoShow(now time.Time) error {
	switch {
	case !b.State.Expected():
		return refuse("not_expected", b)
	case now.Before(b.StartsAt):
		return refuse("too_early", b)
	}
	return nil
}

// CheckPresent says whether the person is here, so that checking in may be undone or leaving noted:
// conflict not_here.
func (b Booking) CheckPresent() error {
	if !b.State.Present() {
		return refuse("not_here", b)
	}
	return nil
}

// ComeBack returns what the place of somebody noted as left becomes when he is here after all: as he had come.
// elsewhere says that he has another place by now. Conflict not_left; session_closed; has_time; seat_given_up;
// cannot_walk_in once the application is decided or withdrawn.
func (b Booking) ComeBack(app State, session SessionState, elsewhere bool) (Attendance, error) {
	switch {
	case b.State != BookingLeft:
		return "", refuse("not_left", b)
	case session != SessionOpen && session != SessionRunning:
		return "", fault.New(fault.Conflict, "session_closed", "state", string(session))
	case elsewhere:
		return "", refuse("has_time", b)
	case app != Shortlisted:
		return "", fault.New(fault.Conflict, "cannot_walk_in", "state", string(app))
	case b.Unasked:
		return BookingWalkIn, nil
	case b.Seatless: // with the time he was given instead, which is over
		return "", refuse("seat_given_up", b)
	case b.ArrivedAt.After(b.StartsAt.Add(lateAfter)):
		return BookingArrivedLate, nil
	}
	return BookingArrived, nil
}

// StateAfter returns what the application's state becomes when its bookings are these: the furthest of
// the open ones, else what the one that just ended leaves.
func StateAfter(open []Attendance, ended Attendance) State {
	best := State("")
	for _, a := range open {
		switch {
		case a.Present():
			return Arrived
		case a == BookingConfirmed:
			best = Booked
		case a == BookingInvited && best == "":
			best = Invited
		}
	}
	if best != "" {
		return best
	}
	switch ended {
	case BookingDeclined, BookingCancelled, BookingCancelledLate:
		return Declined
	case BookingNoAnswer:
		return NoAnswer
	case BookingNoShow:
		return NoShow
	case BookingInterviewed:
		return Interviewed
	}
	return Shortlisted // withdrawn by us, left, interviewer absent: the person is owed another time
}

// CheckSlot says whether a candidate may choose a time by himself at now: conflict session_closed,
// notice_too_short, beyond_horizon, not_same_day.
func CheckSlot(starts, now time.Time, zone *time.Location, state SessionState, r CandidateRules) error {
	sameDay := starts.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly)
	switch {
	case state != SessionOpen && state != SessionRunning:
		return fault.New(fault.Conflict, "session_closed", "state", string(state))
	case starts.Before(now.Add(hours(r.NoticeHours))):
		return fault.New(fault.Conflict, "notice_too_short", "hours", strconv.Itoa(r.NoticeHours))
	case starts.After(now.AddDate(0, 0, r.HorizonDays)):
		return fault.New(fault.Conflict, "beyond_horizon", "days", strconv.Itoa(r.HorizonDays))
	case sameDay && !r.SameDay:
		return fault.New(fault.Conflict, "not_same_day")
	}
	return nil
}

// CheckChoose says whether someone without an open booking may choose a time again: he let an
// invitation pass, cancelled, missed the meeting, or was sent away by us, and last (the end of that booking's time, or when
// it ended if later) is not more than AgainDays ago. Conflict cannot_choose, too_late.
func CheckChoose(s State, last, now time.Time, p Policy) error {
	if !slices.Contains([]State{NoAnswer, Declined, NoShow, Expired, Shortlisted}, s) {
		return fault.New(fault.Conflict, "cannot_choose", "state", string(s))
	}
	if now.After(last.AddDate(0, 0, p.AgainDays)) {
		return fault.New(fault.Conflict, "too_late", "state", string(s))
	}
	return nil
}

// CheckShortlist says whether an application may be put on the shortlist: conflict cannot_shortlist.
func CheckShortlist(s State) error {
	if slices.Contains([]State{Responded, NoAnswer, Declined, NoShow, Expired}, s) {
		return nil
	}
	return fault.New(fault.Conflict, "cannot_shortlist", "state", string(s))
}

// CheckInvite says whether an application may be invited to a session: it is on the shortlist, or
// already invited elsewhere (the first yes wins). Conflict cannot_invite.
func CheckInvite(s State) error {
	if s == Shortlisted || s == Invited {
		return nil
	}
	return fault.New(fault.Conflict, "cannot_invite", "state", string(s))
}

// CheckWithdraw says whether the person may take the application back: conflict cannot_withdraw once it
// is decided or already withdrawn.
func CheckWithdraw(s State) error {
	if slices.Contains([]State{Decided, Offered, Accepted, Hired, Withdrawn}, s) {
		return fault.New(fault.Conflict, "cannot_withdraw", "state", string(s))
	}
	return nil
}

// CheckScore says whether a scorecard may be filed: the person is or was here. Conflict cannot_score.
func CheckScore(s State) error {
	if s == Arrived || s == Interviewed {
		return nil
	}
	return fault.New(fault.Conflict, "cannot_score", "state", string(s))
}

// CheckDecide says whether a decision may be taken: hire needs an interview with at least one filed
// scorecard, reserve and reject are possible from any state before a decision. Conflict
// already_decided, not_interviewed, no_scorecard; an open meeting must be cancelled first only by
// taking the decision itself, which withdraws it.
func CheckDecide(s State, d Decision, scorecards int) error {
	switch {
	case slices.Contains([]State{Decided, Offered, Accepted, Hired}, s):
		return fault.New(fault.Conflict, "already_decided", "state", string(s))
	case s == Withdrawn && d != Reject:
		return fault.New(fault.Conflict, "cannot_decide", "state", string(s))
	case d == Hire && s != Interviewed:
		return fault.New(fault.Conflict, "not_interviewed", "state", string(s))
	case d == Hire && scorecards == 0:
		return fault.New(fault.Conflict, "no_scorecard")
	}
	return nil
}

// CheckUndoDecision says whether a decision may be taken back: conflict not_decided, or too far along.
func CheckUndoDecision(s State) error {
	if s != Decided {
		return fault.New(fault.Conflict, "not_decided", "state", string(s))
	}
	return nil
}
