package workflows

import (
	"time"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// ScheduleArgs creates a session.
type ScheduleArgs struct {
	Venue     string                `json:"venue"`
	Vacancies []string              `json:"vacancies"`
	Session   hiring.Session        `json:"session"`
	Rules     hiring.CandidateRules `json:"rules"`
	OwnSeats  bool                  `json:"own_seats,omitempty"` // HR set the seats: no wave goes beyond them
}

// Check judges the shape against the session's own start; that it lies ahead is judged by the step.
func (a ScheduleArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Venue), "venue", "required")
	f.Require(len(a.Vacancies) >= 1 && len(a.Vacancies) <= 20, "vacancies", "required")
	for _, v := range a.Vacancies {
		f.Require(isUUID(v), "vacancies", "not_an_id")
	}
	for _, s := range a.Session.Lanes {
		f.Require(isUUID(s), "lanes", "not_an_id")
	}
	r := a.Rules
	f.Require(r.NoticeHours >= 0 && r.NoticeHours <= 168, "notice_hours", "out_of_range")
	f.Require(r.HorizonDays >= 1 && r.HorizonDays <= 90, "horizon_days", "out_of_range")
	f.Require(r.Moves >= 0 && r.Moves <= 10, "moves", "out_of_range")
	f.Require(r.CutoffHours >= 0 && r.CutoffHours <= 168, "cutoff_hours", "out_of_range")
	if err := a.Session.Check(a.Session.Starts.Add(-time.Second)); err != nil {
		for field, code := range fault.As(err).Fields {
			f.Add(field, code)
		}
	}
	return f.Err()
}

// SeatsArgs sets how many may be invited to each arrival time; Version is the session's.
type SeatsArgs struct {
	Seats   []int `json:"seats"`
	Version int   `json:"version"`
}

// Check wants seats within the bounds of a session.
func (a SeatsArgs) Check() error {
	var f fault.Fields
	f.Require(len(a.Seats) >= 1 && len(a.Seats) <= hiring.MaxSlots, "seats", "out_of_range")
	for _, n := range a.Seats {
		f.Require(n >= 0 && n <= hiring.MaxSeats, "seats", "out_of_range")
	}
	f.Require(a.Version >= 1, "version", "required")
	return f.Err()
}

// InviteArgs names applications in order of rank. Slot, if not nil, puts all of them at that time;
// otherwise they fill the free seats from the earliest on.
type InviteArgs struct {
	Applications []string `json:"applications"`
	Slot         *int     `json:"slot,omitempty"`
}

// Check wants 1 to 500 different applications.
func (a InviteArgs) Check() error {
	var f fault.Fields
	f.Require(len(a.Applications) >= 1, "applications", "required")
	f.Require(len(a.Applications) <= hiring.MaxSeats, "applications", "too_many")
	seen := map[string]bool{}
	for _, id := range a.Applications {
		f.Require(isUUID(id), "applications", "not_an_id")
		f.Require(!seen[id], "applications", "twice")
		seen[id] = true
	}
	f.Require(a.Slot == nil || *a.Slot >= 0 && *a.Slot < hiring.MaxSlots, "slot", "out_of_range")
	return f.Err()
}

// FillArgs: how the session is to be filled, and what the plan is worth to HR.
type FillArgs struct {
	Mode     hiring.Filling      `json:"mode"`
	Settings hiring.PlanSettings `json:"settings"`
}

// Check wants propose or auto and settings within bounds.
func (a FillArgs) Check() error {
	var f fault.Fields
	f.Require(a.Mode == hiring.FillPropose || a.Mode == hiring.FillAuto, "mode", "required")
	if e := fault.As(a.Settings.Check()); e != nil {
		for field, code := range e.Fields {
			f.Add(field, code)
		}
	}
	return f.Err()
}

// ProposalArgs names the plan whose invitations are taken or dismissed.
type ProposalArgs struct {
	Plan string `json:"plan"`
}

// Check wants a UUID.
func (a ProposalArgs) Check() error {
	var f fault.Fields
	f.Require(isUUID(a.Plan), "plan", "not_an_id")
	return f.Err()
}

// OverrideArgs sets how many may be invited to each arrival time, with what HR thinks the plan is worth;
// Version is the session's. Its figures are kept as a plan, to be scored after the day.
type OverrideArgs struct {
	Seats    []int               `json:"seats"`
	Settings hiring.PlanSettings `json:"settings"`
	// Rate is the show probability HR counts with, 0 to 1; nil: the learned one.
	Rate *float64 `json:"rate,omitempty"`
	// Planned says that the seats are the planner's own, taken as they were proposed.
	Planned bool `json:"planned,omitempty"`
	Version int  `json:"version"`
}

// Check wants seats and settings within bounds.
func (a OverrideArgs) Check() error {
	var f fault.Fields
	for _, err := range []error{SeatsArgs{a.Seats, a.Version}.Check(), a.Settings.Check()} {
		if e := fault.As(err); e != nil {
			for field, code := range e.Fields {
				f.Add(field, code)
			}
		}
	}
	total := 0
	for _, n := range a.Seats {
		total += min(max(n, 0), hiring.MaxSeats+1)
	}
	f.Require(total <= hiring.MaxSeats, "seats", "out_of_range")
	f.Require(a.Rate == nil || *a.Rate >= 0 && *a.Rate <= 1, "rate", "out_of_range") // NaN is neither
	return f.Err()
}

// LaneArgs opens a lane for an interviewer.
type LaneArgs struct {
	Staff string `json:"staff"`
}

// Check wants a UUID.
func (a LaneArgs) Check() error { return wantID("staff", a.Staff) }

// LaneIDArgs names a lane.
type LaneIDArgs struct {
	Lane string `json:"lane"`
}

// Check wants a UUID.
func (a LaneIDArgs) Check() error { return wantID("lane", a.Lane) }
