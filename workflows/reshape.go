package workflows

import (
	"time"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// ReshapeArgs gives a session other times with their seats: as many as Seats has, SlotMinutes long, from
// Starts on.
type ReshapeArgs struct {
	OverrideArgs
	Starts      time.Time `json:"starts"`
	SlotMinutes int       `json:"slot_minutes"`
}

// Shape is the session as its times are to be; who interviews and where stays.
func (a ReshapeArgs) Shape() hiring.Session {
	return hiring.Session{Starts: a.Starts, SlotMinutes: a.SlotMinutes, Seats: a.Seats, Lanes: []string{"-"}, Room: 1, WaitMinutes: 5}
}

// Check judges the shape against its own start, as ScheduleArgs does.
func (a ReshapeArgs) Check() error {
	var f fault.Fields
	for _, err := range []error{a.OverrideArgs.Check(), a.Shape().Check(a.Starts.Add(-time.Second))} {
		if e := fault.As(err); e != nil {
			for field, code := range e.Fields {
				f.Add(field, code)
			}
		}
	}
	return f.Err()
}
