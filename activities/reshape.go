package activities

import (
	"context"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// reshape gives a session other times: more or fewer of them at the end, or, while nobody holds one, another
// start or length. Its lanes' hours follow, and the seats are set as by overridePlan, in the same transaction.
func reshape(ctx context.Context, c *sessionChange, a workflows.ReshapeArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	if a.Version != c.session.Version {
		return workflows.Answer{}, fault.New(fault.Conflict, "stale_form")
	}
	slots, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	times := make([]hiring.HeldTime, len(slots))
	for n, s := range slots {
		times[n] = hiring.HeldTime{Starts: s.StartsAt, Held: s.Taken}
	}
	to := a.Shape()
	if err := hiring.CheckReshape(c.at, c.session.StartsAt, c.session.SlotMinutes, times, to); err != nil {
		return workflows.Answer{}, err
	}
	before := make([]int, len(slots))
	for n, s := range slots {
		before[n] = s.Seats
	}
	was, err := c.figuresOf(ctx, a.OverrideArgs, before)
	if err != nil {
		return workflows.Answer{}, err
	}
	var next []store.Slot
	for n, at := range to.SlotTimes() {
		next = append(next, store.Slot{InterviewID: c.session.ID, Number: n, StartsAt: at, Seats: a.Seats[n]})
	}
	moved := !to.Starts.Equal(c.session.StartsAt)
	c.session.StartsAt, c.session.EndsAt, c.session.SlotMinutes = to.Starts, to.Ends(), to.SlotMinutes
	if err := c.Reshape(ctx, &c.session, next, moved); err != nil {
		return workflows.Answer{}, err
	}
	now, err := c.figuresOf(ctx, a.OverrideArgs, a.Seats)
	if err != nil {
		return workflows.Answer{}, err
	}
	p := store.Plan{
		ID: uuid.New(), InterviewID: c.session.ID, Cause: "manual", DecidedBy: c.by.Actor, DecidedAt: c.at, State: plansKeptEmpty,
		Invite: []hiring.PlanCommitted{}, Before: *was, After: *now,
	}
	if err := c.AddPlan(ctx, &p); err != nil {
		return workflows.Answer{}, err
	}
	c.session.Settings = a.Settings
	c.reseated(!a.Planned)
	return c.done(ctx, workflows.Answer{Code: "reshaped", ID: p.ID.String(), Count: p.After.Invited})
}

// figuresOf are the exact figures of seats in the session as it is now.
func (c *sessionChange) figuresOf(ctx context.Context, a workflows.OverrideArgs, seats []int) (*hiring.PlanAnswer, error) {
	rate, model, err := c.SessionRate(ctx, c.session.ID, c.at)
	if err != nil {
		return nil, err
	}
	lanes, err := c.OpenLanes(ctx, c.session.ID)
	if err != nil {
		return nil, err
	}
	if a.Rate != nil {
		rate.P = *a.Rate
	}
	r, counts := a.Settings.Seated(seats, c.session.SlotMinutes, max(lanes, 1), c.session.Room, model.DayEffect)
	r.ShowProbability, r.Evaluate = &rate.P, &hiring.PlanEvaluate{Counts: counts}
	return hiring.Plan(r, nil)
}
