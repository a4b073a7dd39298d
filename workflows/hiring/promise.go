package hiring

import (
	"slices"
	"time"
)

// OurFault are the ends of a booking after which we owe the person another time: he came, and was not met.
var OurFault = []Attendance{BookingLeft, BookingNoInterview}

// PromisedUntil returns until when a person may choose a time that comes first, because we owe him one: AgainDays after
// that meeting (or its end if later); zero when nothing is promised. bookings are his application's, the latest first.
// An invitation since then, open or lapsed or declined, takes nothing from him, nor does a place that we took back: he had
// no other time of it. Any other place does: he chose it, and what became of it says the rest.
func PromisedUntil(bookings []Booking, p Policy) time.Time {
	for _, b := range bookings {
		switch {
		case slices.Contains(OurFault, b.State):
			last := b.StartsAt
			if b.EndedAt.After(last) {
				last = b.EndedAt
			}
			return last.AddDate(0, 0, p.AgainDays)
		case !slices.Contains([]Attendance{BookingInvited, BookingNoAnswer, BookingDeclined, BookingWithdrawn}, b.State):
			return time.Time{}
		}
	}
	return time.Time{}
}

// StillOffered reports whether a letter that offers another time, after a place that was over at last, says the truth at
// now: the person may choose one (CheckChoose). An invitation since takes nothing from whom we owe one.
func StillOffered(s State, owed bool, last, now time.Time, p Policy) bool {
	return owed && s == Invited || CheckChoose(s, last, now, p) == nil
}
