package workflows

import "go.temporal.io/sdk/workflow"

// Reconcile compares running processes with the facts and starts or nudges what is missing. It runs
// hourly by a Schedule and by the operator's command; after Temporal's data was lost one run brings
// every process back.
// Everything makes it nudge every process that awaits something, not only those that missed a change.
func Reconcile(ctx workflow.Context, which string) (int, error) {
	return ReconcileAll.Run(ctx, which)
}

// Everything is Reconcile's argument for telling every process to look again.
const Everything = "everything"
