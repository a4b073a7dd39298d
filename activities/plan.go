package activities

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// overridePlan sets the seats of each time as HR wants them, whatever the planner thinks, and keeps the
// exact figures of the seats before and after as a plan (cause manual, or taken when they are the
// planner's own): the day will show who was right. An open proposal, made for other seats, ends; a
// session that is being filled is planned anew at once, and no wave goes beyond seats that are HR's own.
func overridePlan(ctx context.Context, c *sessionChange, a workflows.OverrideArgs) (workflows.Answer, error) {
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
	if len(a.Seats) != len(slots) {
		return workflows.Answer{}, &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"seats": "wrong_length"}}
	}
	before := make([]int, len(slots))
	for n, s := range slots {
		before[n] = s.Seats
		if err := c.SetSeats(ctx, c.session.ID, n, a.Seats[n]); err != nil {
			return workflows.Answer{}, err
		}
	}
	p, err := c.figures(ctx, a, before)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.AddPlan(ctx, &p); err != nil {
		return workflows.Answer{}, err
	}
	c.session.Settings = a.Settings
	c.reseated(!a.Planned)
	return c.done(ctx, workflows.Answer{Code: "plan_overridden", ID: p.ID.String(), Count: p.After.Invited})
}

// reseated notes whose the seats are now, and has a session that is being filled planned anew.
func (c *sessionChange) reseated(own bool) {
	c.session.OwnSeats = own
	if c.session.Filling != hiring.FillOff {
		c.session.PlannedAt = nil
	}
}

// figures are the plan row of an override: the same show probability and the same people come to the
// seats there were and to those there are now.
func (c *sessionChange) figures(ctx context.Context, a workflows.OverrideArgs, before []int) (store.Plan, error) {
	p := store.Plan{
		ID: uuid.New(), InterviewID: c.session.ID, Cause: "manual", DecidedBy: c.by.Actor, DecidedAt: c.at, State: plansKeptEmpty,
		Invite: []hiring.PlanCommitted{},
	}
	if a.Planned {
		p.Cause = "taken"
	}
	began := time.Now() // how long computing takes is no business time
	for _, one := range []struct {
		seats []int
		into  *hiring.PlanAnswer
	}{{before, &p.Before}, {a.Seats, &p.After}} {
		answer, err := c.figuresOf(ctx, a, one.seats)
		if err != nil {
			return p, err
		}
		*one.into = *answer
	}
	p.Seconds = time.Since(began).Seconds()
	return p, nil
}
