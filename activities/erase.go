package activities

import (
	"context"
	"strconv"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// How a person leaves, and takes it back.

func withdraw(ctx context.Context, c *change, _ workflows.None) (workflows.Answer, error) {
	if err := hiring.CheckWithdraw(c.app.State); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.leave(ctx); err != nil {
		return workflows.Answer{}, err
	}
	err := c.mail(ctx, "withdrawn_confirm", strconv.Itoa(c.app.Version), c.at, nil)
	return workflows.Answer{Code: "withdrawn", Version: c.app.Version}, err
}

// leave ends the application's bookings and withdraws it, without a mail.
func (c *change) leave(ctx context.Context) error {
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return err
	}
	for _, b := range open {
		session, err := c.Interview(ctx, b.InterviewID)
		if err != nil {
			return err
		}
		state, refused := b.Rule().Cancel(c.at, session.Rules, c.policy)
		switch {
		case b.State.Present(): // he came, and says so by going
			state = hiring.BookingLeft
		case refused != nil: // past the grace
			state = hiring.BookingCancelledLate
		}
		if err := c.end(ctx, &b, state); err != nil {
			return err
		}
	}
	return c.become(ctx, hiring.Withdrawn)
}

// rejoin takes a withdrawal back, and with it the wish to be erased. Places given up stay given up.
func rejoin(ctx context.Context, c *change, _ workflows.None) (workflows.Answer, error) {
	facts, _, err := c.ApplicationFacts(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	refused := hiring.CheckRejoin(c.app.State, c.app.ChangedAt, c.at, c.policy)
	if refused != nil && facts.EraseAt.IsZero() {
		return workflows.Answer{}, refused
	}
	if err := c.SetErase(ctx, c.app.PersonID, nil); err != nil {
		return workflows.Answer{}, err
	}
	if refused != nil { // decided, or withdrawn long ago: it stays so, with the person
		err := c.become(ctx, c.app.State)
		return workflows.Answer{Code: "kept", Version: c.app.Version}, err
	}
	all, err := c.Bookings(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	var latest hiring.Attendance
	if len(all) > 0 {
		latest = all[0].State
	}
	if err := c.become(ctx, hiring.AfterRejoin(latest, c.app.Rank != nil)); err != nil {
		return workflows.Answer{}, err
	}
	err = c.restoreMails(ctx)
	return workflows.Answer{Code: "rejoined", Version: c.app.Version}, err // no mail: the page says it
}

// erase withdraws all that the person has open and sets the hour of the erasing. An application that is
// decided stays decided: its figures remain, without the person.
func erase(ctx context.Context, c *change, _ workflows.None) (workflows.Answer, error) {
	apps, err := c.LockPersonsApplications(ctx, c.app.PersonID)
	if err != nil {
		return workflows.Answer{}, err
	}
	states := make([]hiring.State, len(apps))
	for i, a := range apps {
		states[i] = a.State
	}
	if err := hiring.CheckErase(states); err != nil {
		return workflows.Answer{}, err
	}
	answer := workflows.Answer{Code: "erase_planned"}
	for _, a := range apps {
		one := &change{Record: c.Record, app: a, by: c.by, at: c.at, policy: c.policy}
		if hiring.CheckWithdraw(a.State) == nil {
			if err := one.leave(ctx); err != nil {
				return workflows.Answer{}, err
			}
		} else if err := one.become(ctx, a.State); err != nil { // pages from before are stale
			return workflows.Answer{}, err
		}
		if a.ID == c.app.ID {
			c.app = one.app
		} else {
			answer.Nudge = append(answer.Nudge, "application/"+a.ID.String())
		}
	}
	at := c.policy.EraseAt(c.at)
	if err := c.SetErase(ctx, c.app.PersonID, &at); err != nil {
		return workflows.Answer{}, err
	}
	answer.Version = c.app.Version
	return answer, c.mail(ctx, "erased_confirm", at.UTC().Format("20060102T150405"), c.at, nil)
}

// erasePerson does what was planned: the person becomes a numbered stub, what he wrote and what was
// written about him is deleted, and his links end.
func (c *change) erasePerson(ctx context.Context) (workflows.Answer, error) {
	number, err := c.Erase(ctx, c.app.PersonID, c.at)
	if fault.KindOf(err) == fault.NotFound { // another of the person's applications was first
		return nothingDue, nil
	}
	return workflows.Answer{Code: "erased", Count: number}, err
}
