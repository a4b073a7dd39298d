package workflows

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Step is the name of an activity together with the types of its argument and answer: the one typed
// arrow between workflows and activities. Arguments are checked at compile time on both sides, and in
// tests a plain function is the fake.
type Step[In, Out any] string

// Register makes fn the step's implementation on a worker.
func (s Step[In, Out]) Register(r worker.ActivityRegistry, fn func(context.Context, In) (Out, error)) {
	r.RegisterActivityWithOptions(func(ctx context.Context, in In) (Out, error) {
		out, err := fn(ctx, in)
		return out, toTemporal(err)
	}, activity.RegisterOptions{Name: string(s)})
}

// Run runs the step from a workflow. It never gives up by itself; only a business refusal is final and
// comes back as a fault.
func (s Step[In, Out]) Run(ctx workflow.Context, in In) (Out, error) {
	var out Out
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, stepOptions), string(s), in).Get(ctx, &out)
	return out, fromTemporal(err)
}

// By is who acts and under which key. The same (Actor, Key) is done once; with other arguments it is
// refused as invalid key_reused.
type By struct {
	Actor string `json:"actor"` // staff/<uuid>, token/<uuid>, candidate/<application uuid>, system
	Key   string `json:"key"`   // 1-255 printable characters
}

// In is the argument of every step that writes: which subject, by whom, when in business time, what.
type In[A any] struct {
	ID   string    `json:"id"`
	By   By        `json:"by"`
	At   time.Time `json:"at"`
	Args A         `json:"args"`
}

// Answer is what a command tells its sender; it is journalled, so a repeat gets the same one. Codes,
// ids and numbers only.
type Answer struct {
	Code    string   `json:"code"`              // what was done: "confirmed", "moved"
	ID      string   `json:"id,omitempty"`      // what it made or changed, if that is not the subject
	Version int      `json:"version,omitempty"` // of the subject or booking after the change
	Count   int      `json:"count,omitempty"`
	Left    []string `json:"left,omitempty"`  // ids of those it was asked for and could not be done to
	Nudge   []string `json:"nudge,omitempty"` // processes that should look again, as "application/<uuid>"
}

// Out is the answer of every step that writes, with the subject's facts after it. Found is false when
// there is no such subject.
type Out[F any] struct {
	Answer Answer `json:"answer"`
	Facts  F      `json:"facts"`
	Found  bool   `json:"found"`
}

// Facts is what a process's steps return about its subject; the pure decision is Next.
type Facts interface {
	Next(now time.Time) hiring.Action
	BusinessClock() hiring.Clock
}

// Advance is the argument of the step a process takes by itself, as Next decided it.
type Advance struct {
	Do      string `json:"do"`
	Subject string `json:"subject,omitempty"`
}

// The steps nobody commands. Commands (commands.go) are steps too, of the same name.
const (
	LoadApplication    Step[string, Out[hiring.ApplicationFacts]]      = "application.load"
	AdvanceApplication Step[In[Advance], Out[hiring.ApplicationFacts]] = "application.advance"
	LoadInterview      Step[string, Out[hiring.InterviewFacts]]        = "interview.load"
	AdvanceInterview   Step[In[Advance], Out[hiring.InterviewFacts]]   = "interview.advance"
	LoadIntake         Step[string, Out[hiring.IntakeFacts]]           = "intake.load"
	AdvanceIntake      Step[In[Advance], Out[hiring.IntakeFacts]]      = "intake.advance"
	SendNudges         Step[[]string, int]                             = "nudge"
	ReconcileAll       Step[string, int]                               = "reconcile" // argument: "" or Everything
)

const faultType = "fault"

// toTemporal is the first of fault's three borders: a refusal is final and carries its fault; any other
// error is retried and keeps its text to itself, because library texts quote names and addresses.
func toTemporal(err error) error {
	if err == nil {
		return nil
	}
	if f := fault.As(err); f != nil && f.Kind != fault.Unavailable && f.Kind != fault.Internal {
		return refusal(f)
	}
	return temporal.NewApplicationError(fault.Redact(err), "internal")
}

// refusal lets a fault cross Temporal; any other error is Temporal's own already. Workflow code uses it.
// Saying no is part of the trade: benign keeps it out of the SDK's error lines and failure counts.
func refusal(err error) error {
	if f := fault.As(err); f != nil {
		return temporal.NewApplicationErrorWithOptions(f.Code, faultType, temporal.ApplicationErrorOptions{
			NonRetryable: true, Category: temporal.ApplicationErrorCategoryBenign, Details: []any{f},
		})
	}
	return err
}

func fromTemporal(err error) error {
	if err == nil {
		return nil
	}
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() == faultType {
		var f *fault.Error // a pointer to it reads both what was sent and what never left the process
		if app.Details(&f) == nil {
			return f
		}
	}
	return err
}
