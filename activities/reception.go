package activities

import (
	"context"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// What reception does with a booking.

func checkIn(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, session, err := c.bookingIn(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	state, err := b.Rule().Arrive(c.at, session.StartsAt, session.EndsAt)
	if err != nil {
		return workflows.Answer{}, err
	}
	if b.State == hiring.BookingNoShow {
		if _, err := c.DropMail(ctx, mailKey("no_show", b), "came_after_all", c.at); err != nil {
			return workflows.Answer{}, err
		}
	}
	b.State, b.ArrivedAt, b.EndedAt = state, &c.at, nil
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	return booked(string(state), b), c.become(ctx, hiring.Arrived) // no mail: the person is here
}

func undoCheckIn(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckPresent(); err != nil {
		return workflows.Answer{}, err
	}
	if b.State == hiring.BookingWalkIn { // nobody had expected him: the place is gone
		b.ArrivedAt = nil
		if err := c.end(ctx, &b, hiring.BookingWithdrawn); err != nil {
			return workflows.Answer{}, err
		}
		return booked("check_in_undone", b), c.settle(ctx, hiring.BookingWithdrawn)
	}
	b.State, b.ArrivedAt = hiring.BookingConfirmed, nil
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	return booked("check_in_undone", b), c.become(ctx, hiring.Booked)
}

func markNoShow(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckNoShow(c.at); err != nil {
		return workflows.Answer{}, err
	}
	return c.noShow(ctx, b)
}

// noShow keeps the seat: the time has passed, and the person may still walk in. The mail waits for the
// session's end, or it would reach someone who is on the stairs.
func (c *change) noShow(ctx context.Context, b store.Booking) (workflows.Answer, error) {
	session, err := c.Interview(ctx, b.InterviewID)
	if err != nil {
		return workflows.Answer{}, err
	}
	b.State, b.EndedAt = hiring.BookingNoShow, &c.at
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.settle(ctx, hiring.BookingNoShow); err != nil {
		return workflows.Answer{}, err
	}
	until := b.StartsAt.AddDate(0, 0, c.policy.AgainDays)
	return booked("no_show", b), c.mailBooking(ctx, "no_show", b, later(c.at, session.EndsAt), &until)
}

// markLeft notes that the person left without an interview. The mail that offers another time waits for second
// thoughts, as a decision's does.
func markLeft(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckPresent(); err != nil {
		return workflows.Answer{}, err
	}
	b.State, b.EndedAt = hiring.BookingLeft, &c.at
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.settle(ctx, hiring.BookingLeft); err != nil {
		return workflows.Answer{}, err
	}
	return booked("left", b), c.mailBooking(ctx, "left_rebook", b, c.at.Add(undoFor(c.policy)), nil)
}

// undoLeft notes that somebody noted as left is here after all: he waits again, since he came.
func undoLeft(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, session, err := c.bookingIn(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	twice, err := c.HasLiveBooking(ctx, c.app.PersonID, b.InterviewID)
	if err != nil {
		return workflows.Answer{}, err
	}
	state, err := b.Rule().ComeBack(c.app.State, session.State, twice || len(open) > 0)
	if err != nil {
		return workflows.Answer{}, err
	}
	if _, err := c.DropMail(ctx, mailKey("left_rebook", b), "here_after_all", c.at); err != nil {
		return workflows.Answer{}, err
	}
	b.State, b.EndedAt = state, nil
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	return booked("back", b), c.become(ctx, hiring.Arrived) // no mail: the person is here
}
