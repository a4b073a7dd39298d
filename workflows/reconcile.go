package workflows

import "go.temporal.io/sdk/workflow"

// Reconcile compares running processes with the facts and starts or nudges what is missing. It runs
// hourly by a Schedule and by the operator's command; after Temporal's data was lost one run brings
// every process back.
func Reconcile(ctx workflow.Context) (int, error) {
	return ReconcileAll.Run(ctx, "")
}
