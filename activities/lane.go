package activities

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// addLane opens a lane for the planned time, or on the day from now on. After the planned end it is open
// for an hour, as far as another session's claim on the interviewer goes. Conflict lane_open_already when he
// has an open lane here: another screen was quicker.
func addLane(ctx context.Context, c *sessionChange, a workflows.LaneArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	staff, err := subject(a.Staff)
	if err != nil {
		return workflows.Answer{}, err
	}
	lanes, err := c.Lanes(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if slices.ContainsFunc(lanes, func(l store.Lane) bool { return l.StaffID == staff && l.ClosedAt == nil }) {
		return workflows.Answer{}, fault.New(fault.Conflict, "lane_open_already")
	}
	if len(lanes) >= hiring.MaxLanes {
		return workflows.Answer{}, fault.New(fault.Conflict, "too_many_lanes")
	}
	from, to := later(c.session.StartsAt, c.at), c.session.EndsAt
	if !to.After(from) {
		to = from.Add(time.Hour)
	}
	lane := store.Lane{ID: uuid.New(), InterviewID: c.session.ID, Number: len(lanes) + 1, StaffID: staff}
	if err := c.Record.AddLane(ctx, lane, from, to); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "lane_added", ID: lane.ID.String()})
}

// closeLane refuses while somebody is with the lane: conflict lane_busy; lane_closed the second time.
func closeLane(ctx context.Context, c *sessionChange, a workflows.LaneIDArgs) (workflows.Answer, error) {
	lane, err := c.lane(ctx, a.Lane)
	if err == nil && lane.ClosedAt != nil {
		err = fault.New(fault.Conflict, "lane_closed")
	}
	if err != nil {
		return workflows.Answer{}, err
	}
	live, err := c.liveCalls(ctx)
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, call := range live {
		if call.LaneID == lane.ID {
			return workflows.Answer{}, fault.New(fault.Conflict, "lane_busy")
		}
	}
	if err := c.Record.CloseLane(ctx, c.session.ID, lane.ID, c.at); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "lane_closed", ID: a.Lane})
}

// pauseLane takes no more people for a while; who is with the lane stays. Conflict lane_closed, lane_paused.
func pauseLane(ctx context.Context, c *sessionChange, a workflows.LaneIDArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	lane, err := c.openLane(ctx, a.Lane)
	if err == nil {
		err = c.PauseLane(ctx, lane.ID, &c.at)
	}
	if err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "lane_paused", ID: a.Lane})
}

// resumeLane lets a lane that pauses go on: conflict lane_closed, lane_not_paused.
func resumeLane(ctx context.Context, c *sessionChange, a workflows.LaneIDArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	lane, err := c.lane(ctx, a.Lane)
	switch {
	case err != nil:
	case lane.ClosedAt != nil:
		err = fault.New(fault.Conflict, "lane_closed")
	case lane.PausedAt == nil:
		err = fault.New(fault.Conflict, "lane_not_paused")
	default:
		err = c.PauseLane(ctx, lane.ID, nil)
	}
	if err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "lane_resumed", ID: a.Lane})
}

func (c *sessionChange) lane(ctx context.Context, text string) (store.Lane, error) {
	id, err := subject(text)
	if err != nil {
		return store.Lane{}, err
	}
	return c.Lane(ctx, c.session.ID, id)
}

// openLane returns a lane that takes people: conflict lane_closed, lane_paused.
func (c *sessionChange) openLane(ctx context.Context, text string) (store.Lane, error) {
	lane, err := c.lane(ctx, text)
	switch {
	case err != nil:
	case lane.ClosedAt != nil:
		err = fault.New(fault.Conflict, "lane_closed")
	case lane.PausedAt != nil:
		err = fault.New(fault.Conflict, "lane_paused")
	}
	return lane, err
}
