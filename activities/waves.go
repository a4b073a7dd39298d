package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// How a session invites in waves: it is planned anew after replies and by the clock; a plan's
// invitations are proposed to HR or, if HR allowed it, sent. People who have a time keep it.

const (
	replanWithin   = 3 * time.Second // of computing; then the best plan found so far counts
	reserveAtOnce  = 200             // people of the reserve that one plan looks at
	plansKeptEmpty = "figures"       // the state of a plan that invites nobody
)

// fill begins to fill the session: the first plan is made at once, by the process.
func fill(ctx context.Context, c *sessionChange, a workflows.FillArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	if c.session.Filling != hiring.FillOff { // begun by somebody else, with a bound that this form does not know
		return workflows.Answer{}, fault.New(fault.Conflict, "already_filling")
	}
	slots, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if !slices.ContainsFunc(slots, func(s store.Slot) bool { return s.Seats > 0 && !c.at.After(c.policy.InviteUntil(s.StartsAt)) }) {
		return workflows.Answer{}, fault.New(fault.Conflict, "invite_too_late")
	}
	c.session.Filling, c.session.Settings, c.session.PlannedAt = a.Mode, a.Settings, nil
	return c.done(ctx, workflows.Answer{Code: store.StepFilling, Count: a.Settings.MostInvited})
}

func stopFilling(ctx context.Context, c *sessionChange, _ workflows.None) (workflows.Answer, error) {
	if c.session.Filling == hiring.FillOff {
		return workflows.Answer{}, fault.New(fault.Conflict, "not_filling")
	}
	c.session.Filling = hiring.FillOff
	return c.done(ctx, workflows.Answer{Code: store.StepFillingStopped})
}

func takeProposal(ctx context.Context, c *sessionChange, a workflows.ProposalArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	p, err := c.proposal(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	wave, answer, err := c.wave(ctx, p.Invite)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.SettlePlan(ctx, p.ID, "taken", c.by.Actor, c.at, &wave); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, answer)
}

func dismissProposal(ctx context.Context, c *sessionChange, a workflows.ProposalArgs) (workflows.Answer, error) {
	p, err := c.proposal(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.SettlePlan(ctx, p.ID, "dismissed", c.by.Actor, c.at, nil); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "dismissed"})
}

// proposal returns the plan named if it still stands: conflict proposal_gone when a newer plan took its
// place or somebody was faster.
func (c *sessionChange) proposal(ctx context.Context, a workflows.ProposalArgs) (store.Plan, error) {
	id, err := subject(a.Plan)
	if err != nil {
		return store.Plan{}, err
	}
	p, err := c.Proposal(ctx, c.session.ID, id)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Conflict, "proposal_gone")
	}
	return p, err
}

// replan asks the planner whom to invite besides those who have a time, and proposes or invites them.
func (c *sessionChange) replan(ctx context.Context) (workflows.Answer, error) {
	request, met, facts, err := c.replanRequest(ctx)
	if err != nil {
		return workflows.Answer{}, err
	}
	cause := "clock"
	switch {
	case c.session.PlannedAt == nil:
		cause = "fill"
	case facts.ChangedAt.After(facts.PlannedAt):
		cause = "reply"
	case facts.ListedAt.After(facts.PlannedAt):
		cause = "shortlist"
	}
	began := time.Now() // how long computing takes is no business time
	answer, err := hiring.Replan(request, func() bool { return time.Since(began) > replanWithin })
	if err != nil {
		return workflows.Answer{}, err
	}
	quiet := request.Quiet(answer)
	onDay(met, answer)
	p := store.Plan{
		ID: uuid.New(), InterviewID: c.session.ID, Cause: cause, DecidedBy: c.by.Actor, DecidedAt: c.at, State: plansKeptEmpty,
		Invite: answer.Invite, Before: *answer.Before, After: *answer.After, Quiet: quiet, Seconds: time.Since(began).Seconds(),
	}
	out := workflows.Answer{Code: "planned", ID: p.ID.String(), Count: len(p.Invite)}
	if len(p.Invite) > 0 {
		p.State = "proposed"
		if c.session.Filling == hiring.FillAuto {
			wave, sent, err := c.wave(ctx, p.Invite)
			if err != nil {
				return workflows.Answer{}, err
			}
			p.State, p.WaveID, p.SettledBy, p.SettledAt = "taken", &wave, c.by.Actor, &c.at
			out.Nudge, out.Count, out.Code = sent.Nudge, sent.Count, sent.Code
		}
	}
	if err := c.logForecasts(ctx); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.keepPlan(ctx, &p); err != nil {
		return workflows.Answer{}, err
	}
	c.session.PlannedAt = &c.at
	return c.done(ctx, out)
}

// keepPlan writes the plan unless it says what the last one said: the clock replans every five minutes.
func (c *sessionChange) keepPlan(ctx context.Context, p *store.Plan) error {
	last, err := c.Plans(ctx, c.session.ID, 1)
	if err != nil {
		return err
	}
	if len(last) > 0 && (p.Cause == "clock" || p.Cause == "shortlist") && samePlan(last[0], *p) {
		return nil
	}
	return c.AddPlan(ctx, p)
}

func samePlan(a, b store.Plan) bool {
	if a.State != b.State || a.Quiet != b.Quiet || len(a.Invite) != len(b.Invite) || a.Before.Invited != b.Before.Invited {
		return false
	}
	for i := range a.Invite {
		if a.Invite[i].ID != b.Invite[i].ID || a.Invite[i].Slot != b.Invite[i].Slot {
			return false
		}
	}
	return true
}

// onDay gives the people of an answer their slots by the numbers of the session, of which met are those
// the planner saw.
func onDay(met []int, a *hiring.ReplanAnswer) {
	for n := range a.Invite {
		a.Invite[n].Slot = met[a.Invite[n].Slot]
	}
	for _, figures := range []*hiring.PlanAnswer{a.Before, a.After} {
		for id, slot := range figures.Assignment {
			figures.Assignment[id] = met[slot]
		}
	}
}

// replanRequest gathers who has a time, who is in reserve and how likely each is to come. The planner
// sees no breaks (hiring.PlanSettings.Seated); the numbers are those of the slots it does see. The facts
// say what came in since the last plan.
func (c *sessionChange) replanRequest(ctx context.Context) (r hiring.ReplanRequest, met []int, facts hiring.InterviewFacts, err error) {
	slots, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return r, nil, facts, err
	}
	lanes, err := c.OpenLanes(ctx, c.session.ID)
	if err != nil {
		return r, nil, facts, err
	}
	committed, err := c.CommittedTo(ctx, c.session.ID)
	if err != nil {
		return r, nil, facts, err
	}
	reserve, err := c.Reserve(ctx, c.session.ID, c.at, reserveAtOnce)
	if err != nil {
		return r, nil, facts, err
	}
	everybody := slices.Clone(reserve)
	for _, one := range committed {
		everybody = append(everybody, one.ApplicationID)
	}
	forecasts, model, err := c.Forecasts(ctx, c.session.ID, c.at, everybody)
	if err != nil {
		return r, nil, facts, err
	}
	if facts, _, err = c.InterviewFacts(ctx, c.session.ID); err != nil {
		return r, nil, facts, err
	}
	seats := make([]int, len(slots))
	for n, s := range slots {
		seats[n] = s.Seats
	}
	var bound []int
	r.Session, bound = c.session.Settings.Seated(seats, c.session.SlotMinutes, max(lanes, 1), c.session.Room, model.DayEffect)
	if c.session.OwnSeats {
		r.Seats = bound
	}
	place := map[int]int{}
	for n, s := range slots {
		if s.Seats == 0 {
			continue
		}
		place[n] = len(met)
		if _, ok := c.policy.ReplyBy(c.at, s.StartsAt); !ok { // too near
			r.ClosedSlots = append(r.ClosedSlots, len(met))
		}
		met = append(met, n)
	}
	if len(met) == 0 { // nothing but breaks: the planner's one slot takes nobody
		r.ClosedSlots = []int{0}
	}
	for _, one := range committed {
		slot, ok := place[one.Slot]
		if !ok { // the database refuses fewer seats than are taken
			return r, nil, facts, fmt.Errorf("session %s: somebody has a time in the break %d", c.session.ID, one.Slot)
		}
		r.Committed = append(r.Committed, hiring.PlanCommitted{ID: one.ApplicationID.String(), P: forecasts[one.ApplicationID].P, Slot: slot})
	}
	for _, id := range reserve {
		r.Reserve = append(r.Reserve, hiring.PlanInvitee{ID: id.String(), P: forecasts[id].P})
	}
	most := max(0, hiring.MaxSeats-len(committed))
	if m := c.session.Settings.MostInvited; m > 0 { // in all: who declined or did not answer was invited too
		invited, err := c.InvitedEver(ctx, c.session.ID)
		if err != nil {
			return r, nil, facts, err
		}
		most = min(most, max(0, m-invited))
	}
	r.MostNew = &most
	return r, met, facts, nil
}

// wave writes offers to people at the slots a plan gave them. Whoever cannot be invited any more is left
// out; conflict nobody_to_invite if that is everybody.
func (c *sessionChange) wave(ctx context.Context, invite []hiring.PlanCommitted) (uuid.UUID, workflows.Answer, error) {
	var texts []string
	at, more := map[string]int{}, map[int]int{}
	for _, one := range invite {
		texts = append(texts, one.ID)
		at[one.ID] = one.Slot
	}
	people, err := c.invitable(ctx, texts)
	if err != nil {
		return uuid.Nil, workflows.Answer{}, err
	}
	slots, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return uuid.Nil, workflows.Answer{}, err
	}
	can, err := c.able(ctx, people, slots)
	if err != nil {
		return uuid.Nil, workflows.Answer{}, err
	}
	var fit []uuid.UUID
	var given []int
	for n, id := range people {
		if slot := at[id.String()]; can(n, slot) {
			fit, given = append(fit, id), append(given, slot)
			more[slot]++
		}
	}
	if len(fit) == 0 {
		return uuid.Nil, workflows.Answer{}, fault.New(fault.Conflict, "nobody_to_invite")
	}
	for _, s := range slots { // in order, so that two plans never wait for each other
		if more[s.Number] > 0 && !c.session.OwnSeats { // HR's own numbers bind: TakeSeat refuses more
			if err := c.GrantSeats(ctx, c.session.ID, s.Number, more[s.Number]); err != nil {
				return uuid.Nil, workflows.Answer{}, err
			}
		}
	}
	return c.offer(ctx, fit, given)
}
