package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"
)

// Intake is the process of one batch: an import of responses, its revert, or a bulk rejection, worked
// off in chunks of 500 rows, each in one transaction.
func Intake(ctx workflow.Context, id string) error {
	l := newLoop(ctx, id, LoadIntake, AdvanceIntake)
	if err := errors.Join(handle(ctx, l, StartBatch), handle(ctx, l, RevertBatch)); err != nil {
		return err
	}
	return l.run(ctx)
}
