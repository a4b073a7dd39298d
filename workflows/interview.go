package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"
)

// Interview is the process of one session: writes waves of offers and nudges their applications, opens
// and closes lanes, begins and ends the day.
func Interview(ctx workflow.Context, id string) error {
	l := newLoop(ctx, id, LoadInterview, AdvanceInterview)
	if err := errors.Join(
		handle(ctx, l, Schedule), handle(ctx, l, ChangeSeats), handle(ctx, l, Invite),
		handle(ctx, l, AddLane), handle(ctx, l, CloseLane), handle(ctx, l, CancelSession), handle(ctx, l, CloseSession),
		handle(ctx, l, CallNext), handle(ctx, l, Call), handle(ctx, l, StartInterview), handle(ctx, l, FinishInterview), handle(ctx, l, ReturnToQueue),
		handle(ctx, l, PauseLane), handle(ctx, l, ResumeLane), handle(ctx, l, MarkAbsent),
		handle(ctx, l, Fill), handle(ctx, l, StopFilling), handle(ctx, l, TakeProposal), handle(ctx, l, Dismiss),
		handle(ctx, l, OverridePlan), handle(ctx, l, Reshape),
	); err != nil {
		return err
	}
	return l.run(ctx)
}
