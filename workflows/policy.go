package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// TaskQueue is where every process and step of an installation runs.
const TaskQueue = "stazh"

// How long a sender waits for the answer of a command before it says "still being saved".
const answerWithin = 10 * time.Second

// How long somebody waits while a process is told to look again: it looks within minutes anyway.
const nudgeWithin = 2 * time.Second

// A step is retried without limit: the database comes back, the decision was made. One attempt may take
// half a minute, so that a worker that died is noticed.
var stepOptions = workflow.ActivityOptions{
	StartToCloseTimeout: 30 * time.Second,
	RetryPolicy: &temporal.RetryPolicy{
		InitialInterval:    200 * time.Millisecond,
		BackoffCoefficient: 2,
		MaximumInterval:    20 * time.Second,
	},
}
