package activities

import (
	"context"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// What reception does with a booking.

func checkIn(ctx context.Context, c *change, a workflows.BookingArgs) (workflows.Answer, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	session, err := c.Interview(ctx, b.InterviewID)
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
	return booked("left", b), c.mailBooking(ctx, "left_rebook", b, c.at, nil)
}
