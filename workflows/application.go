package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"
)

// Application is the process of one person's application to one vacancy: takes up offers, waits for
// replies, reminds, marks no-shows after the grace, and does what candidates and staff command.
func Application(ctx workflow.Context, id string) error {
	l := newLoop(ctx, id, LoadApplication, AdvanceApplication)
	if err := errors.Join(
		handle(ctx, l, Shortlist), handle(ctx, l, Unshortlist),
		handle(ctx, l, Confirm), handle(ctx, l, Cancel), handle(ctx, l, Choose), handle(ctx, l, Late), handle(ctx, l, Withdraw),
		handle(ctx, l, Rejoin), handle(ctx, l, Erase),
		handle(ctx, l, CheckIn), handle(ctx, l, UndoCheckIn), handle(ctx, l, MarkNoShow), handle(ctx, l, MarkLeft), handle(ctx, l, UndoLeft),
		handle(ctx, l, WalkIn), handle(ctx, l, Rebook),
		handle(ctx, l, WithdrawByUs), handle(ctx, l, FileScorecard), handle(ctx, l, Decide), handle(ctx, l, UndoDecision),
	); err != nil {
		return err
	}
	return l.run(ctx)
}
