package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// Day is the board of a session's day.
type Day struct {
	State  hiring.SessionState `json:"state"`
	Now    time.Time           `json:"now" doc:"Business time of this picture."`
	Lanes  []LaneNow           `json:"lanes"`
	Queue  []QueuePlace        `json:"queue" doc:"Who waits, in the order they will be called."`
	Relief *Relief             `json:"relief,omitempty" doc:"There while waits are near the limit."`
}

// LaneNow is a lane that is not closed.
type LaneNow struct {
	ID     uuid.UUID `json:"id"`
	Number int       `json:"number"`
	Staff  Named     `json:"staff"`
	Paused bool      `json:"paused"`
	Call   *DayCall  `json:"call,omitempty" doc:"Who is with it."`
}

// DayCall is a call of somebody to a lane.
type DayCall struct {
	ID        uuid.UUID  `json:"id"`
	Booking   uuid.UUID  `json:"booking"`
	CalledAt  time.Time  `json:"called_at"`
	StartedAt *time.Time `json:"started_at,omitempty"`
}

// QueuePlace is somebody who is here and not called.
type QueuePlace struct {
	Booking  uuid.UUID         `json:"booking"`
	State    hiring.Attendance `json:"state"`
	Promised time.Time         `json:"promised"`
	Arrived  time.Time         `json:"arrived"`
	Priority bool              `json:"priority"`
	Waited   int               `json:"waited_minutes"`
	Total    *int              `json:"expected_minutes,omitempty" doc:"The wait expected in all; absent when no lane is open."`
	Level    hiring.WaitLevel  `json:"level" enum:"fine,long,near,over"`
}

// Relief is what can be done about waits.
type Relief struct {
	Over    []string     `json:"over" doc:"Bookings whose people have waited longer than the limit, in the order of the queue."`
	Near    []string     `json:"near" doc:"Bookings whose people will, or nearly have."`
	Longest int          `json:"longest_minutes" doc:"The longest wait of theirs so far."`
	Idle    []Named      `json:"idle" doc:"Interviewers who could open a lane now."`
	Ask     []string     `json:"ask" doc:"Bookings whose people might be given another time, in the order to ask them."`
	Times   []ReliefTime `json:"times" doc:"Times at which a place that comes first can be promised."`
}

// ReliefTime is such a time.
type ReliefTime struct {
	Interview uuid.UUID   `json:"interview"`
	Slot      int         `json:"slot"`
	StartsAt  time.Time   `json:"starts_at"`
	Free      int         `json:"free"`
	Vacancies []uuid.UUID `json:"vacancies" doc:"Whose applicants can be met there."`
}

// atLanes may run lanes: reception any, an interviewer his own.
var atLanes = []staff.Role{staff.Admin, staff.HR, staff.Receptionist, staff.Interviewer}

func (a *API) day() {
	get := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: "/interviews/{id}" + path, tag: "The day", summary: summary, doc: "An interviewer gets his own.", access: auth.Roles(onTheDay...)}
	}
	register(a, get("get-day", "/day", "Get the board of a session's day"), func(ctx context.Context, in *IDInput) (*one[Day], error) {
		row, err := a.session(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		day, err := a.dayOf(ctx, row)
		if err != nil {
			return nil, err
		}
		return &one[Day]{day}, nil
	})
	register(a, get("get-day-report", "/report", "Get what a session's day came to"), func(ctx context.Context, in *IDInput) (*one[hiring.DayReport], error) {
		row, err := a.session(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		report, kept, err := a.Reader.Report(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		if !kept {
			now, err := a.business(ctx)
			if err != nil {
				return nil, err
			}
			if report, err = a.Reader.DayReport(ctx, row.Interview, now, row.State == hiring.SessionClosed); err != nil {
				return nil, err
			}
		}
		return &one[hiring.DayReport]{report}, nil
	})
	register(a, get("get-plan-verdict", "/verdict", "Ask whether the plan would have been better"), func(ctx context.Context, in *IDInput) (*one[hiring.PlanVerdict], error) {
		row, err := a.session(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		v, _, err := a.Reader.Verdict(ctx, row.ID)
		if err == nil && v == nil {
			err = fault.Missing("verdict") // not over, to be judged yet, or nobody's outcome is known
		}
		if err != nil {
			return nil, err
		}
		return &one[hiring.PlanVerdict]{*v}, nil
	})
	a.dayCommands()
}

func (a *API) dayOf(ctx context.Context, row store.InterviewRow) (Day, error) {
	day := Day{State: row.State, Lanes: []LaneNow{}, Queue: []QueuePlace{}}
	var err error
	if day.Now, err = a.business(ctx); err != nil {
		return day, err
	}
	lanes, err := a.Reader.Lanes(ctx, row.ID)
	if err != nil {
		return day, err
	}
	calls, err := a.Reader.Calls(ctx, row.ID)
	if err != nil {
		return day, err
	}
	queue, err := a.Reader.InQueue(ctx, row.ID)
	if err != nil {
		return day, err
	}
	names := map[uuid.UUID]string{}
	for _, l := range row.Lanes {
		names[l.ID] = l.StaffName
	}
	var open []hiring.LaneNow
	for _, l := range lanes {
		if l.ClosedAt != nil {
			continue
		}
		now := LaneNow{ID: l.ID, Number: l.Number, Staff: Named{l.StaffID, names[l.ID]}, Paused: l.PausedAt != nil}
		rule := hiring.LaneNow{ID: l.ID.String(), Opens: row.StartsAt}
		for _, c := range calls {
			if c.LaneID == l.ID && c.Outcome == hiring.CallLive {
				now.Call = &DayCall{c.ID, c.BookingID, c.CalledAt, c.StartedAt}
				rule.Busy, rule.Started = true, c.CalledAt
				if c.StartedAt != nil {
					rule.Started = *c.StartedAt
				}
			}
		}
		day.Lanes = append(day.Lanes, now)
		if !now.Paused {
			open = append(open, rule)
		}
	}
	outlook := hiring.WaitOutlook(queue, open, minutes(row.SlotMinutes), minutes(row.WaitMinutes), day.Now)
	for n, w := range hiring.Queue(queue) { // in the order of the outlook
		place := QueuePlace{
			Booking: parseID(w.ID), State: w.State, Promised: w.Promised, Arrived: w.Arrived, Priority: w.Priority,
			Waited: int(outlook[n].Waited / time.Minute), Level: outlook[n].Level,
		}
		if total := int(outlook[n].Total / time.Minute); outlook[n].Total >= 0 {
			place.Total = &total
		}
		day.Queue = append(day.Queue, place)
	}
	day.Relief, err = a.relief(ctx, row, outlook, day.Now)
	return day, err
}

func (a *API) relief(ctx context.Context, row store.InterviewRow, outlook []hiring.Outlook, now time.Time) (*Relief, error) {
	if _, needed := hiring.ProposeRelief(outlook, 0, 0); !needed {
		return nil, nil
	}
	idle, err := a.Reader.IdleInterviewers(ctx, row.VenueID, now, row.EndsAt)
	if err != nil {
		return nil, err
	}
	times, err := a.Reader.PrioritySlots(ctx, row.ID, now.Add(time.Hour), 10)
	proposal, _ := hiring.ProposeRelief(outlook, len(idle), len(times))
	r := &Relief{
		Over: append([]string{}, proposal.Over...), Near: append([]string{}, proposal.Near...), Longest: int(proposal.Longest / time.Minute), Ask: append([]string{}, proposal.Move...),
		Idle: []Named{}, Times: []ReliefTime{},
	}
	for _, i := range idle {
		r.Idle = append(r.Idle, Named{i.ID, i.Name})
	}
	for _, t := range times {
		r.Times = append(r.Times, ReliefTime{t.InterviewID, t.Number, t.StartsAt, t.Free, t.Vacancies})
	}
	return r, err
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
