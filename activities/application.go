package activities

import (
	"context"

	"github.com/google/uuid"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func (s *Steps) registerApplication(r worker.ActivityRegistry) {
	read := load(s, "application", (*store.Record).ApplicationFacts)
	workflows.LoadApplication.Register(r, read)
	workflows.AdvanceApplication.Register(r, inTime(s, read, onApplication(s, string(workflows.AdvanceApplication), advanceApplication)))
	registerCommand(s, r, workflows.Shortlist, shortlist)
	registerCommand(s, r, workflows.Unshortlist, unshortlist)
	registerCommand(s, r, workflows.Confirm, confirm)
	registerCommand(s, r, workflows.Cancel, cancel)
	registerCommand(s, r, workflows.Choose, choose)
	registerCommand(s, r, workflows.Late, late)
	registerCommand(s, r, workflows.Withdraw, withdraw)
	registerCommand(s, r, workflows.Rejoin, rejoin)
	registerCommand(s, r, workflows.Erase, erase)
	registerCommand(s, r, workflows.CheckIn, checkIn)
	registerCommand(s, r, workflows.UndoCheckIn, undoCheckIn)
	registerCommand(s, r, workflows.MarkNoShow, markNoShow)
	registerCommand(s, r, workflows.MarkLeft, markLeft)
	registerCommand(s, r, workflows.UndoLeft, undoLeft)
	registerCommand(s, r, workflows.WalkIn, walkIn)
	registerCommand(s, r, workflows.Rebook, rebook)
	registerCommand(s, r, workflows.WithdrawByUs, withdrawByUs)
	registerCommand(s, r, workflows.FileScorecard, fileScorecard)
	registerCommand(s, r, workflows.Decide, decide)
	registerCommand(s, r, workflows.UndoDecision, undoDecision)
}

func registerCommand[A workflows.Args](s *Steps, r worker.ActivityRegistry, c workflows.Command[A, hiring.ApplicationFacts], do func(context.Context, *change, A) (workflows.Answer, error)) {
	c.Step().Register(r, onApplication(s, string(c), do))
}

func shortlist(ctx context.Context, c *change, a workflows.ShortlistArgs) (workflows.Answer, error) {
	if c.app.State == hiring.Shortlisted {
		c.app.Rank, c.listed = a.Rank, true
		return workflows.Answer{Code: "ranked", Version: c.app.Version + 1}, c.SaveApplication(ctx, &c.app, c.at)
	}
	if err := hiring.CheckShortlist(c.app.State); err != nil {
		return workflows.Answer{}, err
	}
	c.app.Rank = a.Rank
	err := c.become(ctx, hiring.Shortlisted)
	return workflows.Answer{Code: "shortlisted", Version: c.app.Version}, err
}

func unshortlist(ctx context.Context, c *change, _ workflows.None) (workflows.Answer, error) {
	if c.app.State != hiring.Shortlisted {
		return workflows.Answer{}, fault.New(fault.Conflict, "not_shortlisted", "state", string(c.app.State))
	}
	c.app.Rank = nil
	err := c.become(ctx, hiring.Responded)
	return workflows.Answer{Code: "unshortlisted", Version: c.app.Version}, err
}

func fileScorecard(ctx context.Context, c *change, a workflows.ScorecardArgs) (workflows.Answer, error) {
	if err := c.checkScore(ctx); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.checkNotes(ctx, a); err != nil {
		return workflows.Answer{}, err
	}
	note, err := c.link(ctx, a.Note, "scorecard")
	if err != nil {
		return workflows.Answer{}, err
	}
	staff, err := subject(a.Staff)
	if err != nil {
		return workflows.Answer{}, err
	}
	card := store.Scorecard{
		ID: uuid.New(), ApplicationID: c.app.ID, StaffID: staff, Scores: a.Scores,
		Recommendation: a.Recommendation, NoteID: note, FiledAt: c.at,
	}
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, b := range open {
		if !b.State.Present() {
			continue
		}
		if err := c.met(ctx, &b, c.at); err != nil {
			return workflows.Answer{}, err
		}
		card.BookingID = &b.ID
	}
	if card.BookingID == nil {
		if card.BookingID, err = c.lastMeeting(ctx); err != nil {
			return workflows.Answer{}, err
		}
	}
	if err := c.AddScorecard(ctx, &card); err != nil {
		return workflows.Answer{}, err
	}
	err = c.become(ctx, hiring.Interviewed)
	return workflows.Answer{Code: "filed", ID: card.ID.String(), Version: c.app.Version}, err
}

func decide(ctx context.Context, c *change, a workflows.DecideArgs) (workflows.Answer, error) {
	cards, err := c.Scorecards(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := hiring.CheckDecide(c.app.State, a.Decision, len(cards)); err != nil {
		return workflows.Answer{}, err
	}
	note, err := c.link(ctx, a.Note, "note")
	if err != nil {
		return workflows.Answer{}, err
	}
	withdrawn, err := c.withdrawOpen(ctx, withdrawReason(a.Reason))
	if err != nil {
		return workflows.Answer{}, err
	}
	previous := c.app.State
	if withdrawn > 0 {
		previous = hiring.Shortlisted // the places are gone; undo returns here
	}
	d := store.Decision{
		ID: uuid.New(), ApplicationID: c.app.ID, Decision: a.Decision, Reason: a.Reason, NoteID: note,
		PreviousState: previous, DecidedBy: c.by.Actor, DecidedAt: c.at,
	}
	if err := c.AddDecision(ctx, &d); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.dropThanks(ctx); err != nil {
		return workflows.Answer{}, err
	}
	c.app.Decision, c.app.Reason = a.Decision, a.Reason
	if err := c.become(ctx, hiring.Decided); err != nil {
		return workflows.Answer{}, err
	}
	if !a.NoMail {
		// The mail waits for second thoughts; undo takes it back.
		err = c.mail(ctx, "decision_"+string(a.Decision), d.ID.String(), c.at.Add(undoFor(c.policy)), map[string]string{"reason": mailReason(a.Reason)})
	}
	return workflows.Answer{Code: "decided", ID: d.ID.String(), Version: c.app.Version}, err
}

func undoDecision(ctx context.Context, c *change, _ workflows.None) (workflows.Answer, error) {
	if err := hiring.CheckUndoDecision(c.app.State); err != nil {
		return workflows.Answer{}, err
	}
	d, err := c.LiveDecision(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.Record.UndoDecision(ctx, d.ID, c.by.Actor, c.at); err != nil {
		return workflows.Answer{}, err
	}
	c.app.Decision, c.app.Reason = "", ""
	if err := c.become(ctx, d.PreviousState); err != nil {
		return workflows.Answer{}, err
	}
	sent, err := c.DropMail(ctx, applicationMailKey(c.app.ID, "decision_"+string(d.Decision), d.ID.String()), "undone", c.at)
	if err != nil {
		return workflows.Answer{}, err
	}
	if !sent {
		return workflows.Answer{Code: "undone", Version: c.app.Version}, c.restoreMails(ctx)
	}
	// The person was told already: say that it was a mistake.
	err = c.mail(ctx, "decision_undone", d.ID.String(), c.at, nil)
	return workflows.Answer{Code: "undone_told", Version: c.app.Version}, err
}

// withdrawReason is what a letter says of a place that a decision ends. It goes at once, while the decision's own letter
// waits for second thoughts: so it does not tell the decision, only that it leads on without that interview.
func withdrawReason(reason string) string {
	if reason == "duplicate" { // the other application goes on: that is no secret
		return reason
	}
	return "decision"
}

// mailReason returns the code under which a letter has words for a decision's reason, or "": what a
// person is like is not told by mail.
func mailReason(reason string) string {
	switch reason {
	case "requirements_not_met":
		return "requirements"
	case "needs_experience":
		return "experience"
	case "headcount_filled":
		return "position_filled"
	case "duplicate":
		return "duplicate"
	}
	return ""
}
