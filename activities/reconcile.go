package activities

import (
	"context"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"

	"github.com/stazh/stazh/workflows"
)

// reconcile starts or nudges every process that the facts say should be running and is not, or that has
// not seen the newest facts; or, for workflows.Everything, every one of them. It returns how many. Already running is fine, so it can run at any time.
func (s *Steps) reconcile(ctx context.Context, which string) (int, error) {
	c := activity.GetClient(ctx)
	awaited, err := s.Reader.Awaited(ctx)
	if err != nil {
		return 0, err
	}
	running, err := runningIDs(ctx, c)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, subject := range awaited {
		if running[subject.ID] && !subject.Stale && which != workflows.Everything {
			continue
		}
		if err := workflows.Nudge(ctx, c, subject.ID); err != nil {
			return n, err
		}
		n++
		activity.RecordHeartbeat(ctx, n)
	}
	return n, nil
}

func runningIDs(ctx context.Context, c client.Client) (map[string]bool, error) {
	running := map[string]bool{}
	var next []byte
	for {
		page, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: "ExecutionStatus = 'Running'", PageSize: 1000, NextPageToken: next,
		})
		if err != nil {
			return nil, err
		}
		for _, e := range page.Executions {
			running[e.Execution.WorkflowId] = true
		}
		if next = page.NextPageToken; len(next) == 0 {
			return running, nil
		}
	}
}
