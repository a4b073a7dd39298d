// Package workflowstest lets tests of pages and of the API send commands without a Temporal server: the
// real steps run on the real database, one after the other, in the caller's goroutine.
//
// What a process would do because of a command (take up an offer it was nudged about, work a batch off)
// is done before the command answers; what waits for a time is not done until Run is called. Arguments,
// answers and refusals pass through the same conversions as on their way through Temporal, so what does
// not survive them does not survive here. Durability, retries and timers are not what this package
// proves: the workflow tests and cmd/e2e do.
package workflowstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
)

// Steps registers activities; activities.Steps does.
type Steps interface{ Register(worker.ActivityRegistry) }

// Engine stands for the Temporal service and its workers.
type Engine struct {
	client.Client // unimplemented methods panic: a test that meets one asks for more than commands

	// Now is the wall clock; time.Now unless a test sets it.
	Now func() time.Time
	// Down makes every command fail as when no Temporal service answers.
	Down atomic.Bool
	// Silent makes every command run but its answer not arrive in time.
	Silent atomic.Bool

	t      testing.TB
	steps  map[string]any
	mu     sync.Mutex
	locks  map[string]*sync.Mutex
	nudges map[string]int
}

// New returns an Engine that runs steps.
func New(t testing.TB, steps Steps) *Engine {
	e := &Engine{Now: time.Now, t: t, steps: map[string]any{}, locks: map[string]*sync.Mutex{}, nudges: map[string]int{}}
	steps.Register(registry{steps: e.steps})
	return e
}

// Client returns a command client whose commands run steps; New is for tests that also move the clock,
// switch the service off or run a process by hand.
func Client(t testing.TB, steps Steps) *workflows.Client { return New(t, steps).Commands() }

// Commands returns the client that pages and API are given.
func (e *Engine) Commands() *workflows.Client { return workflows.NewClient(e) }

type registry struct {
	worker.ActivityRegistry
	steps map[string]any
}

func (r registry) RegisterActivityWithOptions(fn any, o activity.RegisterOptions) {
	r.steps[o.Name] = fn
}

// answered is what every step that writes returns, whatever its facts are.
type answered struct {
	answer workflows.Answer
	facts  workflows.Facts
	found  bool
}

// call runs a step with its arguments as they arrive through JSON.
func (e *Engine) call(ctx context.Context, name string, argument any) (answered, error) {
	fn, ok := e.steps[name]
	if !ok {
		return answered{}, serviceerror.NewInternal("workflowstest: no step " + name)
	}
	raw, err := json.Marshal(argument)
	if err != nil {
		return answered{}, err
	}
	in := reflect.New(reflect.TypeOf(fn).In(1))
	if err := json.Unmarshal(raw, in.Interface()); err != nil {
		return answered{}, fmt.Errorf("workflowstest: argument of %s: %w", name, err)
	}
	results := reflect.ValueOf(fn).Call([]reflect.Value{reflect.ValueOf(ctx), in.Elem()})
	if err, _ := results[1].Interface().(error); err != nil {
		converter := temporal.GetDefaultFailureConverter()
		return answered{}, converter.FailureToError(converter.ErrorToFailure(err))
	}
	out := results[0]
	facts, _ := out.FieldByName("Facts").Interface().(workflows.Facts)
	answer, _ := out.FieldByName("Answer").Interface().(workflows.Answer)
	return answered{answer, facts, out.FieldByName("Found").Bool()}, nil
}

func (e *Engine) lock(subject string) func() {
	e.mu.Lock()
	m, ok := e.locks[subject]
	if !ok {
		m = &sync.Mutex{}
		e.locks[subject] = m
	}
	e.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// Run lets a process, named as "application/<uuid>", do all that is due now, and those it nudges.
func (e *Engine) Run(ctx context.Context, subject string) error {
	return e.follow(ctx, []string{subject})
}

func (e *Engine) follow(ctx context.Context, subjects []string) error {
	for len(subjects) > 0 {
		more, err := e.advance(ctx, subjects[0])
		if err != nil {
			return err
		}
		subjects = append(subjects[1:], more...)
	}
	return nil
}

// advance does what is due of one process and returns whom to tell.
func (e *Engine) advance(ctx context.Context, subject string) (nudges []string, err error) {
	defer e.lock(subject)()
	process, id, _ := strings.Cut(subject, "/")
	state, err := e.call(ctx, process+".load", id)
	for steps := 0; err == nil && state.found; steps++ {
		now := state.facts.BusinessClock().At(e.Now())
		next := state.facts.Next(now)
		if next.Do == "" {
			return nudges, nil
		}
		if steps > 10000 {
			return nudges, fmt.Errorf("workflowstest: %s never comes to rest, last %s", subject, next.Do)
		}
		state, err = e.call(ctx, process+".advance", workflows.In[workflows.Advance]{
			ID: id, At: now, By: workflows.By{Actor: workflows.System, Key: id + "/" + next.Do + "/" + next.Occasion},
			Args: workflows.Advance{Do: next.Do, Subject: next.Subject},
		})
		nudges = append(nudges, state.answer.Nudge...)
	}
	return nudges, err
}

func (e *Engine) command(ctx context.Context, subject, name string, args []any) (workflows.Answer, error) {
	process, id, _ := strings.Cut(subject, "/")
	out, err := func() (answered, error) {
		defer e.lock(subject)()
		state, err := e.call(ctx, process+".load", id)
		if err != nil {
			return state, err
		}
		return e.call(ctx, name, map[string]any{"id": id, "by": args[0], "at": state.facts.BusinessClock().At(e.Now()), "args": args[1]})
	}()
	if err != nil {
		return out.answer, err
	}
	return out.answer, e.follow(ctx, append([]string{subject}, out.answer.Nudge...))
}

// UpdateWithStartWorkflow runs the command's step.
func (e *Engine) UpdateWithStartWorkflow(ctx context.Context, o client.UpdateWithStartWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if e.Down.Load() {
		return nil, serviceerror.NewUnavailable("workflowstest: down")
	}
	start := o.StartWorkflowOperation.(startOperation)
	answer, err := e.command(ctx, start.id, o.UpdateOptions.UpdateName, o.UpdateOptions.Args)
	if e.Silent.Load() {
		return nil, client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded)
	}
	if err != nil && !isFault(err) {
		// A step is retried without end: its sender stops waiting for the answer.
		e.t.Logf("workflowstest: %s on %s: %s", o.UpdateOptions.UpdateName, start.id, fault.Redact(err))
		return nil, client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded)
	}
	return handle{id: start.id, update: o.UpdateOptions.UpdateID, answer: answer, err: err}, nil
}

func isFault(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.NonRetryable()
}

// NewWithStartWorkflowOperation names the process.
func (e *Engine) NewWithStartWorkflowOperation(o client.StartWorkflowOptions, _ any, _ ...any) client.WithStartWorkflowOperation {
	return startOperation{id: o.ID}
}

// SignalWithStartWorkflow is a nudge: the process does what is due.
func (e *Engine) SignalWithStartWorkflow(ctx context.Context, id, _ string, _ any, _ client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	if e.Down.Load() {
		return nil, serviceerror.NewUnavailable("workflowstest: down")
	}
	e.mu.Lock()
	e.nudges[id]++
	e.mu.Unlock()
	return nil, e.Run(ctx, id)
}

// Nudges is how often a process was told to look again by somebody who is none.
func (e *Engine) Nudges(id string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.nudges[id]
}

// CheckHealth says whether the service is switched on.
func (e *Engine) CheckHealth(context.Context, *client.CheckHealthRequest) (*client.CheckHealthResponse, error) {
	if e.Down.Load() {
		return nil, serviceerror.NewUnavailable("workflowstest: down")
	}
	return &client.CheckHealthResponse{}, nil
}

type startOperation struct{ id string }

func (startOperation) Get(context.Context) (client.WorkflowRun, error) { return nil, nil }

type handle struct {
	id, update string
	answer     workflows.Answer
	err        error
}

func (h handle) WorkflowID() string { return h.id }
func (h handle) RunID() string      { return "" }
func (h handle) UpdateID() string   { return h.update }

func (h handle) Get(_ context.Context, into any) error {
	if h.err != nil {
		return h.err
	}
	raw, err := json.Marshal(h.answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}
