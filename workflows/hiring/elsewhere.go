package hiring

import (
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Stay is how long a time may keep a person: from the hour promised through the longest wait and the interview itself.
type Stay struct{ From, To time.Time }

// StayAt returns the stay of a time in a session with this longest wait and length of an interview.
func StayAt(starts time.Time, waitMinutes, slotMinutes int) Stay {
	return Stay{starts, starts.Add(minutes(waitMinutes + slotMinutes))}
}

// Overlaps reports whether the person might have to be in two places at once.
func (s Stay) Overlaps(o Stay) bool { return s.From.Before(o.To) && o.From.Before(s.To) }

// OtherPlace is an open place that a person has under another of his applications, or under another record of himself.
type OtherPlace struct {
	State       Attendance
	SameVacancy bool // two of his records applied for one vacancy
	Stay        Stay
}

// Clashes reports whether the person cannot have both: the hours overlap, or both are for one vacancy. Interviews for two
// vacancies at hours apart are his good right.
func (o OtherPlace) Clashes(s Stay) bool { return o.SameVacancy || o.Stay.Overlaps(s) }

// Holds reports whether the place stands in the way of a time that clashes with it: he said yes to it, or is there. An
// invitation does not: the first yes wins, and the invitation is withdrawn.
func (o OtherPlace) Holds() bool { return o.State.Open() && o.State != BookingInvited }

// CheckTake says whether the person may take a time although he has this place: conflict time_overlaps, or
// vacancy_booked when the hours do not overlap and it is for the same vacancy.
func (o OtherPlace) CheckTake(s Stay) error {
	switch {
	case !o.Holds() || !o.Clashes(s):
		return nil
	case o.Stay.Overlaps(s):
		return fault.New(fault.Conflict, "time_overlaps", "state", string(o.State), "starts", o.Stay.From.UTC().Format(time.RFC3339))
	}
	return fault.New(fault.Conflict, "vacancy_booked", "state", string(o.State), "starts", o.Stay.From.UTC().Format(time.RFC3339))
}
