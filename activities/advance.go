package activities

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// advanceApplication does what the process found due, if under the lock it still is.
func advanceApplication(ctx context.Context, c *change, a workflows.Advance) (workflows.Answer, error) {
	facts, _, err := c.ApplicationFacts(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if next := facts.Next(c.at); next.Do != a.Do || next.Subject != a.Subject {
		return nothingDue, nil
	}
	id, err := subject(a.Subject)
	if err != nil {
		return workflows.Answer{}, err
	}
	if a.Do == hiring.DoErase {
		return c.erasePerson(ctx)
	}
	if a.Do == hiring.DoTakeOffer {
		return c.takeOffer(ctx, id)
	}
	b, err := c.LockBooking(ctx, c.app.ID, id)
	if err != nil {
		return workflows.Answer{}, err
	}
	switch a.Do {
	case hiring.DoExpire:
		for _, fact := range facts.Bookings {
			if fact.ID == a.Subject {
				ended, by := fact.Lapse(c.at, c.policy)
				return c.lapse(ctx, b, ended, by)
			}
		}
		return nothingDue, nil
	case hiring.DoRemindDay:
		b.RemindedDay = true
		return c.remind(ctx, b, "reminder_day")
	case hiring.DoRemindHours:
		b.RemindedDay, b.RemindedHours = true, true
		return c.remind(ctx, b, "reminder_hours")
	case hiring.DoInterviewed:
		for _, fact := range facts.Bookings {
			if fact.ID == a.Subject {
				return c.interviewed(ctx, b, fact.MetAt)
			}
		}
		return nothingDue, nil
	case hiring.DoUnmet:
		return c.unmet(ctx, b)
	case hiring.DoWithdraw:
		return c.withdrawBooking(ctx, b, "session_cancelled")
	default:
		return c.noShow(ctx, b)
	}
}

// takeOffer turns an offer of a session into a booking and invites the person. If the application has
// moved on meanwhile (said yes elsewhere, was decided, the session was called off), or the person said yes under another
// application to a time that cannot go with it, the place is given back without a mail.
func (c *change) takeOffer(ctx context.Context, id uuid.UUID) (workflows.Answer, error) {
	o, err := c.Offer(ctx, c.app.ID, id)
	if err != nil {
		return workflows.Answer{}, err
	}
	session, err := c.Interview(ctx, o.InterviewID)
	if err != nil {
		return workflows.Answer{}, err
	}
	starts, err := c.SlotStart(ctx, o.InterviewID, o.Slot)
	if err != nil {
		return workflows.Answer{}, err
	}
	b := store.Booking{
		ID: o.ID, ApplicationID: c.app.ID, PersonID: c.app.PersonID, InterviewID: o.InterviewID, Slot: o.Slot, StartsAt: starts,
		State: hiring.BookingInvited, HoldsSeat: true, ReplyBy: &o.ReplyBy, UID: uuid.NewString(), BookedAt: c.at,
	}
	off := session.State == hiring.SessionCancelled || session.State == hiring.SessionClosed
	twice, err := c.HasLiveBooking(ctx, c.app.PersonID, o.InterviewID)
	if err != nil {
		return workflows.Answer{}, err
	}
	others, err := c.clashes(ctx, b)
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, o := range others {
		if o.Place().Holds() {
			b.ReplacedBy = &o.ID
		}
	}
	if off || twice || b.ReplacedBy != nil || hiring.CheckInvite(c.app.State) != nil {
		b.State, b.HoldsSeat, b.EndedAt = hiring.BookingWithdrawn, false, &c.at
		if err := c.FreeSeat(ctx, o.InterviewID, o.Slot); err != nil {
			return workflows.Answer{}, err
		}
		return booked("offer_withdrawn", b), c.AddBooking(ctx, &b)
	}
	if err := c.AddBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.become(ctx, hiring.Invited); err != nil {
		return workflows.Answer{}, err
	}
	until := c.policy.SendUntil(b.StartsAt)
	return booked("invited", b), c.mailBooking(ctx, "invitation", b, c.at, &until)
}

// lapse does what comes of an invitation whose time to answer has come. Who was never told of it hears nothing of
// its end either.
func (c *change) lapse(ctx context.Context, b store.Booking, ended hiring.Attendance, by time.Time) (workflows.Answer, error) {
	switch ended {
	case "":
		b.ReplyBy = &by
		return booked("put_off", b), c.PutOff(ctx, b)
	case hiring.BookingWithdrawn:
		if err := c.takeBack(ctx, &b, "", "too_late"); err != nil {
			return workflows.Answer{}, err
		}
		return booked("not_sent", b), c.settle(ctx, ended)
	}
	if err := c.end(ctx, &b, hiring.BookingNoAnswer); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.settle(ctx, hiring.BookingNoAnswer); err != nil {
		return workflows.Answer{}, err
	}
	return booked("no_answer", b), c.mailBooking(ctx, "no_answer", b, c.at, &b.StartsAt)
}

// remind keeps the booking's version: a form opened before the reminder is still good.
func (c *change) remind(ctx context.Context, b store.Booking, kind string) (workflows.Answer, error) {
	if err := c.NoteReminded(ctx, b); err != nil {
		return workflows.Answer{}, err
	}
	return booked(kind, b), c.mailBooking(ctx, kind, b, c.at, &b.StartsAt)
}
