package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// processes are the workflow types by the first part of their ids.
var processes = map[string]any{
	"application": Application,
	"interview":   Interview,
	"intake":      Intake,
}

// Register makes the processes known to a worker.
func Register(r worker.WorkflowRegistry) {
	for name, process := range processes {
		r.RegisterWorkflowWithOptions(process, workflow.RegisterOptions{Name: name})
	}
	r.RegisterWorkflowWithOptions(Reconcile, workflow.RegisterOptions{Name: "reconcile"})
}
