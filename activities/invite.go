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

// invite writes a wave: the people named who may be invited now, in their order, into the free seats whose start leaves
// time for a reply and which they can come to. Whoever cannot be invited is left out and named in Left; Count says how many
// were invited. Conflict invite_too_late, no_free_seats, busy_elsewhere (there are seats, at hours when all of them have
// said yes to another session).
func invite(ctx context.Context, c *sessionChange, a workflows.InviteArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	people, err := c.invitable(ctx, a.Applications)
	if err != nil {
		return workflows.Answer{}, err
	}
	times, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	free, inTime := make([]int, len(times)), false
	for n, s := range times {
		_, ok := c.policy.ReplyBy(c.at, s.StartsAt)
		inTime = inTime || ok
		if ok && (a.Slot == nil || *a.Slot == n) {
			free[n] = s.Seats - s.Taken
		}
	}
	if !inTime {
		return workflows.Answer{}, fault.New(fault.Conflict, "invite_too_late")
	}
	can, err := c.able(ctx, people, times)
	if err != nil {
		return workflows.Answer{}, err
	}
	var fit []uuid.UUID
	var at []int
	for n, slot := range hiring.AssignSlots(free, len(people), can) {
		if slot >= 0 {
			fit, at = append(fit, people[n]), append(at, slot)
		}
	}
	if len(fit) == 0 {
		if slices.ContainsFunc(free, func(n int) bool { return n > 0 }) {
			return workflows.Answer{}, fault.New(fault.Conflict, "busy_elsewhere")
		}
		return workflows.Answer{}, fault.New(fault.Conflict, "no_free_seats")
	}
	_, answer, err := c.offer(ctx, fit, at)
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, id := range a.Applications {
		if !slices.ContainsFunc(fit, func(in uuid.UUID) bool { return in.String() == id }) {
			answer.Left = append(answer.Left, id)
		}
	}
	return c.done(ctx, answer)
}

// able returns whether a person, by his number in the list, can come to a slot: he has not said yes to another session at
// hours that overlap. People are not locked; whoever says yes meanwhile is judged when his application takes the offer up.
func (c *sessionChange) able(ctx context.Context, people []uuid.UUID, slots []store.Slot) (func(person, slot int) bool, error) {
	others, err := c.OtherTimes(ctx, people...)
	return func(person, slot int) bool {
		stay := hiring.StayAt(slots[slot].StartsAt, c.session.WaitMinutes, c.session.SlotMinutes)
		return !slices.ContainsFunc(others[people[person]], func(t store.OtherTime) bool { return t.Place().CheckTake(stay) != nil })
	}, err
}

// offer writes the session's next wave: an offer to each person at the slot given, with its seat taken.
func (c *sessionChange) offer(ctx context.Context, people []uuid.UUID, given []int) (uuid.UUID, workflows.Answer, error) {
	wave := store.Wave{ID: uuid.New(), InterviewID: c.session.ID, DecidedBy: c.by.Actor, DecidedAt: c.at}
	answer := workflows.Answer{Code: "invited", ID: wave.ID.String(), Count: len(people)}
	starts := map[int]time.Time{}
	for _, slot := range slices.Sorted(slices.Values(given)) { // in the order in which seats are locked
		at, err := c.TakeSeat(ctx, c.session.ID, slot)
		if err != nil {
			return wave.ID, answer, err
		}
		starts[slot] = at
	}
	var offers []store.Offer
	for n, id := range people {
		by, _ := c.policy.ReplyBy(c.at, starts[given[n]])
		offers = append(offers, store.Offer{
			ID: uuid.New(), WaveID: wave.ID, InterviewID: c.session.ID, ApplicationID: id, Slot: given[n], ReplyBy: by, CreatedAt: c.at,
		})
		answer.Nudge = append(answer.Nudge, "application/"+id.String())
	}
	if err := c.AddWave(ctx, &wave, offers); err != nil {
		return wave.ID, answer, err
	}
	return wave.ID, answer, c.logForecasts(ctx)
}

// logForecasts keeps how likely everybody with a time in the session is to come, as far as that is new: the
// last before each time is scored after the day.
func (c *sessionChange) logForecasts(ctx context.Context) error {
	committed, err := c.CommittedTo(ctx, c.session.ID)
	if err != nil || len(committed) == 0 {
		return err
	}
	people := make([]uuid.UUID, len(committed))
	for i, one := range committed {
		people[i] = one.ApplicationID
	}
	forecasts, _, err := c.Forecasts(ctx, c.session.ID, c.at, people)
	if err != nil {
		return err
	}
	return c.AddForecasts(ctx, c.session.ID, c.at, forecasts)
}

// invitable returns those of the applications that may be invited to this session now, in their order.
func (c *sessionChange) invitable(ctx context.Context, texts []string) ([]uuid.UUID, error) {
	wanted, err := ids(texts)
	if err != nil {
		return nil, err
	}
	found, err := c.Invitees(ctx, c.session.ID, wanted)
	if err != nil {
		return nil, err
	}
	in, err := c.InSession(ctx, c.session.ID)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, id := range wanted {
		a, ok := found[id]
		if ok && !in[a.Surviving] && hiring.CheckInvite(a.State) == nil {
			people = append(people, id)
			in[a.Surviving] = true
		}
	}
	if len(people) == 0 {
		return nil, fault.New(fault.Conflict, "nobody_to_invite")
	}
	return people, nil
}
