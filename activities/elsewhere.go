package activities

import (
	"context"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// A person is one, however many applications and records he has: of times that he cannot have together the first yes
// wins. LockApplication holds the person, so two of his answers, given at the same instant, take turns.

// Why a time no longer holds though nobody took it back (mail.Replaced).
const (
	otherChosen = "other_chosen" // another was chosen or arranged
	came        = "came"         // the person walked in elsewhere
	overlaps    = "overlaps"     // of another application; the hours meet
)

// clashes returns the person's open places under his other applications that cannot go with this one.
func (c *change) clashes(ctx context.Context, b store.Booking) ([]store.OtherTime, error) {
	session, err := c.Interview(ctx, b.InterviewID)
	if err != nil {
		return nil, err
	}
	all, err := c.OtherTimes(ctx, c.app.ID)
	if err != nil {
		return nil, err
	}
	stay := hiring.StayAt(b.StartsAt, session.WaitMinutes, session.SlotMinutes)
	var list []store.OtherTime
	for _, t := range all[c.app.ID] {
		if t.Place().Clashes(stay) {
			list = append(list, t)
		}
	}
	return list, nil
}

// replaceOthers ends what cannot go with the time that the person has taken: the first yes wins. That is every other open
// booking of the application, and of his other applications those invitations whose hours overlap. A yes that he gave
// there before refuses this one: conflict time_overlaps, vacancy_booked. reason is the letter's.
func (c *change) replaceOthers(ctx context.Context, taken store.Booking, reason string) error {
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return err
	}
	for _, b := range open {
		if b.ID == taken.ID {
			continue
		}
		if err := c.replace(ctx, b, taken, reason); err != nil {
			return err
		}
	}
	others, err := c.clashes(ctx, taken)
	if err != nil {
		return err
	}
	for _, o := range others {
		switch {
		case !o.Place().Holds():
			err = c.replaceElsewhere(ctx, o, taken, reason)
		case reason == came: // he is here; whether he still goes there is between him and reception
		default:
			session, err := c.Interview(ctx, taken.InterviewID)
			if err != nil {
				return err
			}
			return o.Place().CheckTake(hiring.StayAt(taken.StartsAt, session.WaitMinutes, session.SlotMinutes))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// gaveWay is the step under which the history of an application tells that its invitation gave way to another of the
// person's times.
const gaveWay = "application.gave_way"

// replaceElsewhere ends an invitation under another application of the person, and wakes its process and whatever else its
// end concerns. That application's history has a line of its own: its key comes of the step that wrote it, and the booking.
func (c *change) replaceElsewhere(ctx context.Context, o store.OtherTime, taken store.Booking, reason string) error {
	app, err := c.LockOther(ctx, o.ApplicationID)
	if err != nil {
		return err
	}
	if !o.SameVacancy {
		reason = overlaps
	}
	entry := store.Entry{
		Subject: "application/" + app.ID.String(), Actor: c.by.Actor, Key: "gave_way/" + uuid.NewSHA1(o.ID, []byte(c.by.Key)).String(),
		Step: gaveWay, Args: map[string]uuid.UUID{"booking": o.ID, "for": taken.ID}, At: c.at,
	}
	var answer workflows.Answer
	err = once(ctx, c.Record, entry, &answer, func() error {
		b, err := c.LockBooking(ctx, app.ID, o.ID)
		if err != nil {
			return err
		}
		one := &change{Record: c.Record, app: app, by: c.by, at: c.at, policy: c.policy}
		if err := one.replace(ctx, b, taken, reason); err != nil {
			return err
		}
		if err := one.settle(ctx, hiring.BookingWithdrawn); err != nil {
			return err
		}
		answer = workflows.Answer{Code: "gave_way", ID: b.ID.String()}
		answer.Nudge, err = one.nudges(ctx)
		return err
	})
	c.woken = append(append(c.woken, entry.Subject), answer.Nudge...)
	return err
}

// replace ends a booking that gives way to the one taken. He did it himself, so nobody apologises: a plain letter takes
// the entry out of his calendar. None goes to who was not told of the time yet, nor, for the same vacancy, about an
// unanswered invitation to the very hour and place he comes to: that would only puzzle him.
func (c *change) replace(ctx context.Context, b, taken store.Booking, reason string) error {
	tell, err := c.told(ctx, b, "replaced")
	if err != nil {
		return err
	}
	same, err := c.sameTime(ctx, b, taken)
	if err != nil {
		return err
	}
	silent := !tell || same && reason != overlaps && b.State == hiring.BookingInvited
	b.ReplacedBy = &taken.ID
	if err := c.end(ctx, &b, hiring.BookingWithdrawn); err != nil || silent {
		return err
	}
	return c.mailBooking(ctx, "replaced", b, c.at, &b.StartsAt, "reason", reason)
}

// sameTime reports whether two bookings, of sessions side by side, are one time at one place to the person.
func (c *change) sameTime(ctx context.Context, a, b store.Booking) (bool, error) {
	if !a.StartsAt.Equal(b.StartsAt) {
		return false, nil
	}
	one, err := c.Interview(ctx, a.InterviewID)
	if err != nil {
		return false, err
	}
	other, err := c.Interview(ctx, b.InterviewID)
	return one.VenueID == other.VenueID, err
}
