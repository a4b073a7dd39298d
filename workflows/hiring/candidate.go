package hiring

import (
	"slices"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// CheckErase says whether the person may have the data erased by himself: conflict cannot_erase while
// one of his applications has led to an offer or a contract, whose papers the law keeps.
func CheckErase(states []State) error {
	for _, s := range states {
		if slices.Contains([]State{Offered, Accepted, Hired}, s) {
			return fault.New(fault.Conflict, "cannot_erase", "state", string(s))
		}
	}
	return nil
}

// EraseAt returns when data are erased if asked at now: there is time to think again, and for the last
// mail to be sent to an address that is still known.
func (p Policy) EraseAt(now time.Time) time.Time { return now.Add(minutes(p.EraseMinutes)) }

// CheckRejoin says whether the person may take back that he withdrew at withdrew: conflict not_withdrawn,
// too_late after AgainDays.
func CheckRejoin(s State, withdrew, now time.Time, p Policy) error {
	if s != Withdrawn {
		return fault.New(fault.Conflict, "not_withdrawn", "state", string(s))
	}
	if now.After(withdrew.AddDate(0, 0, p.AgainDays)) {
		return fault.New(fault.Conflict, "too_late", "state", string(s))
	}
	return nil
}

// AfterRejoin returns the state of an application whose withdrawal is taken back: what its latest booking
// left it in (the place itself is gone), else as HR had it: on the shortlist if it was ranked there.
func AfterRejoin(latest Attendance, ranked bool) State {
	switch {
	case latest != "":
		return StateAfter(nil, latest)
	case ranked:
		return Shortlisted
	}
	return Responded
}

// Options are the buttons a candidate's page shows now; each is judged again when pressed.
type Options struct {
	Confirm, Decline, Cancel, Move, Late, Choose, Withdraw bool
}

// CandidateOptions asks the rules what the candidate may do now. b is the latest booking or nil; last is
// when it ended or was to take place.
func CandidateOptions(s State, b *Booking, last, now time.Time, r CandidateRules, p Policy) Options {
	o := Options{Withdraw: CheckWithdraw(s) == nil}
	if b != nil && b.State.Open() {
		_, cancel := b.Cancel(now, r, p)
		o.Confirm = b.CheckConfirm(now) == nil
		o.Decline = b.State == BookingInvited && cancel == nil
		o.Cancel = b.State == BookingConfirmed && cancel == nil
		o.Move = b.CheckMove(now, r) == nil
		o.Late = b.CheckLate(now, p) == nil
		return o
	}
	o.Choose = b != nil && CheckChoose(s, last, now, p) == nil
	return o
}
