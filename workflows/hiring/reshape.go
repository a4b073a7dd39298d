package hiring

import (
	"strconv"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// HeldTime is an arrival time of a session and how many people hold it.
type HeldTime struct {
	Starts time.Time
	Held   int
}

// CheckReshape judges whether a session that is there may become to: times may be added and taken off at the
// end, but for those that have begun or that somebody holds; another start or length is for a session that has
// not begun and that nobody was promised a time of. Conflict times_promised, session_begun, slot_held, slot_past.
func CheckReshape(now, starts time.Time, minutes int, times []HeldTime, to Session) error {
	held := 0
	for _, t := range times {
		held += t.Held
	}
	if !to.Starts.Equal(starts) || to.SlotMinutes != minutes {
		if held > 0 {
			return fault.New(fault.Conflict, "times_promised", "n", strconv.Itoa(held))
		}
		if !starts.After(now) {
			return fault.New(fault.Conflict, "session_begun")
		}
		return to.Check(now)
	}
	for n := len(times) - 1; n >= len(to.Seats); n-- {
		if t := times[n]; t.Held > 0 {
			return fault.New(fault.Conflict, "slot_held", "n", strconv.Itoa(t.Held), "at", t.Starts.UTC().Format(time.RFC3339))
		}
		if !times[n].Starts.After(now) {
			return fault.New(fault.Conflict, "slot_past", "at", times[n].Starts.UTC().Format(time.RFC3339))
		}
	}
	if at := to.SlotTimes(); len(at) > len(times) && !at[len(times)].After(now) {
		return fault.New(fault.Conflict, "slot_past", "at", at[len(times)].UTC().Format(time.RFC3339))
	}
	return nil
}
