package activities

import (
	"context"
	"strings"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
)

// reconcilePage is how many processes are compared at once: their ids stand in one query to Temporal.
const reconcilePage = 200

// reconcile starts or nudges every process that the facts say should be running and is not, or that has
// not seen the newest facts; or, for workflows.Everything, every one of them. It returns how many. Already running is fine, so it can run at any time.
func (s *Steps) reconcile(ctx context.Context, which string) (n int, err error) {
	c := activity.GetClient(ctx)
	err = s.Reader.Awaited(ctx, reconcilePage, func(awaited []store.Awaited) error {
		running, err := runningOf(ctx, c, awaited)
		if err != nil {
			return err
		}
		for _, subject := range awaited {
			if running[subject.ID] && !subject.Stale && which != workflows.Everything {
				continue
			}
			if err := workflows.Nudge(ctx, c, subject.ID); err != nil {
				return err
			}
			n++
		}
		activity.RecordHeartbeat(ctx, n)
		return nil
	})
	return n, err
}

// runningOf returns which of the processes are running.
func runningOf(ctx context.Context, c client.Client, awaited []store.Awaited) (map[string]bool, error) {
	ids := make([]string, len(awaited))
	for i, a := range awaited {
		ids[i] = "'" + a.ID + "'" // a kind and a UUID: nothing to escape
	}
	page, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Query: "ExecutionStatus = 'Running' AND WorkflowId IN (" + strings.Join(ids, ", ") + ")", PageSize: int32(len(ids)),
	})
	if err != nil {
		return nil, err
	}
	running := map[string]bool{}
	for _, e := range page.Executions {
		running[e.Execution.WorkflowId] = true
	}
	return running, nil
}
