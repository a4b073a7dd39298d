package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/stazh/stazh/workflows/fault"
)

// Client sends commands to processes.
type Client struct{ temporal client.Client }

// NewClient wraps a connected Temporal client.
func NewClient(c client.Client) *Client { return &Client{temporal: c} }

// Temporal returns the client underneath, for workers and health checks.
func (c *Client) Temporal() client.Client { return c.temporal }

// Do sends a command to the subject with this id (a UUID) and waits for its answer; when it arrives the
// facts are committed, so the next read sees them. The command starts the process if it is not running.
// The faults are the command's own, invalid (shape, bad_key, key_reused), pending when the answer does
// not come within ten seconds (send it again under the same key), unavailable when Temporal is away
// (nothing was written).
func Do[A Args, F Facts](ctx context.Context, c *Client, command Command[A, F], id string, by By, args A) (Answer, error) {
	if err := CheckKey(by.Key); err != nil {
		return Answer{}, err
	}
	if err := args.Check(); err != nil {
		return Answer{}, err
	}
	if !isUUID(id) {
		return Answer{}, fault.Missing("subject")
	}
	process, _, _ := strings.Cut(string(command), ".")
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for try := 0; ; try++ {
		answer, err := c.update(ctx, process, id, string(command), by, args)
		if err == nil || fault.As(err) != nil {
			return answer, err
		}
		// The run may have ended between the server's routing and the update; the next call starts another.
		var gone *serviceerror.NotFound
		var aborted *serviceerror.Aborted
		if try < 5 && ctx.Err() == nil && (errors.As(err, &gone) || errors.As(err, &aborted) || isCompletedUnder(err)) {
			time.Sleep(time.Duration(20<<try) * time.Millisecond)
			continue
		}
		return Answer{}, clientFault(err)
	}
}

func (c *Client) update(ctx context.Context, process, id, command string, by By, args any) (Answer, error) {
	updateID, err := updateID(command, by, args)
	if err != nil {
		return Answer{}, err
	}
	handle, err := c.temporal.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: c.temporal.NewWithStartWorkflowOperation(startOptions(process, id), process, id),
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID:     updateID,
			UpdateName:   command,
			Args:         []any{by, args},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err != nil {
		return Answer{}, fromTemporal(err)
	}
	var answer Answer
	return answer, fromTemporal(handle.Get(ctx, &answer))
}

// updateID is the command id as Temporal sees it. Actor and arguments are part of it, or another
// person's key, or one key with other arguments, would be answered from this run's memory instead of
// reaching the journal.
func updateID(command string, by By, args any) (string, error) {
	raw, err := json.Marshal([]any{command, by, args})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

func startOptions(process, id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                       process + "/" + id,
		TaskQueue:                TaskQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// Nudge tells a process, named as "application/<uuid>", to look at its facts again, and starts it if it
// is not running.
func Nudge(ctx context.Context, c client.Client, subject string) error {
	process, id, _ := strings.Cut(subject, "/")
	_, err := c.SignalWithStartWorkflow(ctx, subject, nudge, nil, startOptions(process, id), process, id)
	return err
}

// Nudge tells a process to look again after a change of catalogue data that it plans with. The change is
// kept already: a nudge that is lost costs waiting for the process's next look, and is no fault.
func (c *Client) Nudge(ctx context.Context, subject string) {
	ctx, cancel := context.WithTimeout(ctx, nudgeWithin)
	defer cancel()
	_ = Nudge(ctx, c.temporal, subject)
}

func isCompletedUnder(err error) bool {
	return strings.Contains(err.Error(), "workflow execution already completed") || strings.Contains(err.Error(), "AcceptedUpdateCompletedWorkflow")
}

func clientFault(err error) error {
	var slow *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var deadline *serviceerror.DeadlineExceeded
	if errors.As(err, &slow) || errors.As(err, &deadline) || errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Pending, "pending")
	}
	var away *serviceerror.Unavailable
	var busy *serviceerror.ResourceExhausted
	if errors.As(err, &away) || errors.As(err, &busy) {
		return fault.New(fault.Unavailable, "unavailable")
	}
	return err
}

// EnsureReconcile makes sure that Reconcile runs hourly by a Schedule. After an outage only the last
// missed run is made up for.
func (c *Client) EnsureReconcile(ctx context.Context) error {
	_, err := c.temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:            "reconcile",
		Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}},
		CatchupWindow: time.Minute,
		Action: &client.ScheduleWorkflowAction{
			ID: "reconcile", Workflow: "reconcile", TaskQueue: TaskQueue, Args: []any{""},
		},
	})
	var there *serviceerror.AlreadyExists
	if errors.Is(err, temporal.ErrScheduleAlreadyRunning) || errors.As(err, &there) {
		return nil
	}
	return err
}

// ReconcileNow runs Reconcile once and returns how many processes it started or nudged.
func (c *Client) ReconcileNow(ctx context.Context) (int, error) { return c.reconcile(ctx, "") }

// WakeAll is ReconcileNow for a new segment of the business clock: every process that awaits something
// is told to look again, because the times it waits for are those of the segment before.
func (c *Client) WakeAll(ctx context.Context) (int, error) { return c.reconcile(ctx, Everything) }

func (c *Client) reconcile(ctx context.Context, which string) (int, error) {
	id := "reconcile/now"
	if which != "" {
		id = "reconcile/" + which // a run that nudges less must not stand for it
	}
	run, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: TaskQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, "reconcile", which)
	if err != nil {
		return 0, clientFault(err)
	}
	var n int
	return n, run.Get(ctx, &n)
}
