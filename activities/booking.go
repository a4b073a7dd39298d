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

// What candidates do with a booking.

func booked(code string, b store.Booking) workflows.Answer {
	return workflows.Answer{Code: code, ID: b.ID.String(), Version: b.Version}
}

func confirm(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckConfirm(c.at); err != nil {
		return workflows.Answer{}, err
	}
	if b.State == hiring.BookingConfirmed { // asked again on the day
		b.SureAt = &c.at
		return booked("sure", b), c.SaveBooking(ctx, &b)
	}
	if err := c.LockSeats(ctx, c.app.ID, b.InterviewID, b.Slot); err != nil {
		return workflows.Answer{}, err
	}
	if b.Priority, err = c.comesFirst(ctx, b.InterviewID, b.Slot); err != nil {
		return workflows.Answer{}, err
	}
	b.State, b.ConfirmedAt = hiring.BookingConfirmed, &c.at
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.replaceOthers(ctx, b, otherChosen); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.become(ctx, hiring.Booked); err != nil {
		return workflows.Answer{}, err
	}
	return booked("confirmed", b), c.mailBooking(ctx, "booked", b, c.at, &b.StartsAt)
}

func cancel(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, session, err := c.bookingIn(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	state, err := b.Rule().Cancel(c.at, session.Rules, c.policy)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.end(ctx, &b, state); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.settle(ctx, state); err != nil {
		return workflows.Answer{}, err
	}
	return booked(string(state), b), c.mailBooking(ctx, "cancelled", b, c.at, nil)
}

// choose books a time the candidate picked: moves his booking there, or books anew after a missed or
// cancelled one. The new seat is taken and the old one freed in this one transaction.
func choose(ctx context.Context, c *change, a workflows.ChooseArgs) (workflows.Answer, error) {
	to, err := c.target(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if a.Booking == "" {
		return c.bookAnew(ctx, to, a)
	}
	b, err := c.booking(ctx, workflows.BookingArgs{Booking: a.Booking, Version: a.Version})
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckMove(c.at, to.Rules); err != nil {
		return workflows.Answer{}, err
	}
	if b.InterviewID == to.ID && b.Slot == a.Slot {
		return workflows.Answer{}, fault.New(fault.Conflict, "same_time")
	}
	starts, first, err := c.seat(ctx, to, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	old := b
	b.InterviewID, b.Slot, b.StartsAt = to.ID, a.Slot, starts
	b.State, b.HoldsSeat, b.ConfirmedAt, b.BookedAt, b.ReplyBy, b.LateMinutes = hiring.BookingConfirmed, true, &c.at, c.at, nil, nil
	b.RemindedDay, b.RemindedHours, b.Priority, b.SureAt = false, false, first, nil
	b.Moves++
	b.Sequence++
	if old.InterviewID == to.ID {
		err = c.moveWithin(ctx, &old, &b)
	} else {
		err = c.moveAcross(ctx, &old, &b)
	}
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.replaceOthers(ctx, b, otherChosen); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.become(ctx, hiring.Booked); err != nil {
		return workflows.Answer{}, err
	}
	return booked("moved", b), c.mailBooking(ctx, "moved", b, c.at, &b.StartsAt)
}

func (c *change) moveWithin(ctx context.Context, old, b *store.Booking) error {
	if err := c.FreeSeat(ctx, old.InterviewID, old.Slot); err != nil {
		return err
	}
	return c.SaveBooking(ctx, b)
}

// moveAcross leaves the old booking as moved and carries the calendar entry over to a new one.
func (c *change) moveAcross(ctx context.Context, old, b *store.Booking) error {
	if err := c.end(ctx, old, hiring.BookingMoved); err != nil {
		return err
	}
	b.ID, b.Sequence = uuid.New(), old.Sequence+1
	return c.AddBooking(ctx, b)
}

func (c *change) bookAnew(ctx context.Context, to store.Interview, a workflows.ChooseArgs) (workflows.Answer, error) {
	all, err := c.Bookings(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	var last time.Time
	for _, b := range all {
		if b.State.Open() {
			return workflows.Answer{}, fault.New(fault.Conflict, "already_booked", "state", string(b.State))
		}
		last = later(last, b.StartsAt)
		if b.EndedAt != nil {
			last = later(last, *b.EndedAt)
		}
	}
	if len(all) == 0 {
		return workflows.Answer{}, fault.New(fault.Conflict, "cannot_choose", "state", string(c.app.State))
	}
	if err := hiring.CheckChoose(c.app.State, last, c.at, c.policy); err != nil {
		return workflows.Answer{}, err
	}
	starts, first, err := c.seat(ctx, to, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	b := store.Booking{
		ID: uuid.New(), ApplicationID: c.app.ID, PersonID: c.app.PersonID, InterviewID: to.ID, Slot: a.Slot, StartsAt: starts, Priority: first,
		State: hiring.BookingConfirmed, HoldsSeat: true, UID: uuid.NewString(), BookedAt: c.at, ConfirmedAt: &c.at,
	}
	if err := c.AddBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.replaceOthers(ctx, b, otherChosen); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.become(ctx, hiring.Booked); err != nil {
		return workflows.Answer{}, err
	}
	return booked("booked", b), c.mailBooking(ctx, "booked", b, c.at, &b.StartsAt)
}

// comesFirst reports whether a place that the person takes now comes first: it was our fault last time, and that can be
// promised there.
func (c *change) comesFirst(ctx context.Context, interview uuid.UUID, slot int) (bool, error) {
	all, err := c.Bookings(ctx, c.app.ID)
	if err != nil || c.at.After(hiring.PromisedUntil(store.Rules(all), c.policy)) {
		return false, err
	}
	promised, lanes, err := c.Promised(ctx, interview, slot)
	return err == nil && hiring.CheckPriority(promised, lanes) == nil, err
}

// target returns the session wanted, if it is for this vacancy.
func (c *change) target(ctx context.Context, a workflows.ChooseArgs) (store.Interview, error) {
	id, err := subject(a.Interview)
	if err != nil {
		return store.Interview{}, err
	}
	to, err := c.Interview(ctx, id)
	if err != nil {
		return to, err
	}
	ours, err := c.ForVacancy(ctx, to.ID, c.app.VacancyID)
	if err == nil && !ours {
		err = fault.Missing("interview")
	}
	return to, err
}

// seat takes a seat if the session's rules let candidates choose that time now, and says whether he comes first there: then
// beyond those planned if need be, as in prioritySeat. Conflict no_longer_first where that alone was wanted.
func (c *change) seat(ctx context.Context, to store.Interview, a workflows.ChooseArgs) (starts time.Time, first bool, err error) {
	zone, err := time.LoadLocation(to.Zone)
	if err != nil {
		return starts, false, err
	}
	if err = c.LockSeats(ctx, c.app.ID, to.ID, a.Slot); err != nil {
		return starts, false, err
	}
	if first, err = c.comesFirst(ctx, to.ID, a.Slot); err != nil {
		return starts, false, err
	}
	if a.First && !first {
		return starts, false, fault.New(fault.Conflict, "no_longer_first")
	}
	if first {
		if err = c.GrantSeats(ctx, to.ID, a.Slot, 1); err != nil {
			return starts, false, err
		}
	}
	if starts, err = c.TakeSeat(ctx, to.ID, a.Slot); err != nil {
		return starts, false, err
	}
	return starts, first, hiring.CheckSlot(starts, c.at, zone, to.State, to.Rules)
}

// late notes when the person expects to come. No mail, however often he says it: he is on his way with the
// page in his hand, which says that it is noted and takes another time; on the telephone reception says it.
func late(ctx context.Context, c *change, a workflows.LateArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a.BookingArgs)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckLate(c.at, c.policy); err != nil {
		return workflows.Answer{}, err
	}
	b.LateMinutes = &a.Minutes
	err = c.SaveBooking(ctx, &b)
	return booked("late_noted", b), err
}

func withdrawByUs(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if !b.State.Expected() {
		return workflows.Answer{}, fault.New(fault.Conflict, "nothing_to_cancel", "state", string(b.State))
	}
	return c.withdrawBooking(ctx, b, "")
}

func (c *change) withdrawBooking(ctx context.Context, b store.Booking, reason string) (workflows.Answer, error) {
	if err := c.takeBack(ctx, &b, reason, "withdrawn"); err != nil {
		return workflows.Answer{}, err
	}
	return booked("withdrawn_by_us", b), c.settle(ctx, hiring.BookingWithdrawn)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func undoFor(p hiring.Policy) time.Duration { return time.Duration(p.UndoMinutes) * time.Minute }
