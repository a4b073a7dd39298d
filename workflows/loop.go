package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// nudge is the one signal: "look again", without data. Lost, doubled or late it does no harm, because
// the receiver reads the facts anew.
const nudge = "nudge"

// loop is the small durable shell around a pure decision. Facts.Next says what is due or until when to
// wait; the loop waits, runs the step and adopts the facts the step returns. First start, a late command
// to a finished process, resume after a disaster and continue-as-new all begin by loading the facts.
type loop[F Facts] struct {
	id      string
	load    Step[string, Out[F]]
	advance Step[In[Advance], Out[F]]

	facts   F
	ready   bool // facts are loaded; handlers await it
	changed bool // a handler adopted new facts
	mutex   workflow.Mutex
	nudges  []string      // processes to be told to look again
	taken   hiring.Action // done last, without a wait since
}

func newLoop[F Facts](ctx workflow.Context, id string, load Step[string, Out[F]], advance Step[In[Advance], Out[F]]) *loop[F] {
	return &loop[F]{id: id, load: load, advance: advance, mutex: workflow.NewMutex(ctx)}
}

// handle makes the loop answer a command. Every handler is registered before anything blocks: an Update
// that finds none is rejected, not buffered.
func handle[A Args, F Facts](ctx workflow.Context, l *loop[F], c Command[A, F]) error {
	return workflow.SetUpdateHandler(ctx, string(c), func(ctx workflow.Context, by By, args A) (Answer, error) {
		if err := workflow.Await(ctx, func() bool { return l.ready }); err != nil {
			return Answer{}, err
		}
		if err := l.mutex.Lock(ctx); err != nil {
			return Answer{}, err
		}
		defer l.mutex.Unlock()
		out, err := c.Step().Run(ctx, In[A]{ID: l.id, By: by, At: l.now(ctx), Args: args})
		if err != nil {
			return Answer{}, refusal(err)
		}
		l.adopt(out)
		return out.Answer, nil
	})
}

// run works until nothing is awaited; then the run ends, and the next command starts another. It ends or
// continues as new only after all handlers have finished and all signals are drained: undrained signals
// leave a workflow stuck for good.
func (l *loop[F]) run(ctx workflow.Context) error {
	signals := workflow.GetSignalChannel(ctx, nudge)
	stale := true
	for {
		for signals.ReceiveAsync(nil) {
			stale = true
		}
		if stale {
			stale = false
			if err := l.reload(ctx); err != nil {
				return err
			}
			continue
		}
		if len(l.nudges) > 0 {
			if err := l.sendNudges(ctx); err != nil {
				return err
			}
			continue
		}
		l.changed = false
		next := l.facts.Next(l.now(ctx))
		switch {
		case next.Do != "" && next == l.taken:
			// Refused, or done and due as before, which is a fault of ours: look again in a while, for running hot
			// would starve every other process, and a run that fails waits for Reconcile.
			workflow.GetLogger(ctx).Error("a step left what was due as it was", "do", next.Do)
			if _, err := workflow.AwaitWithTimeout(ctx, time.Minute, func() bool { return l.changed || signals.Len() > 0 }); err != nil {
				return err
			}
			l.taken, stale = hiring.Action{}, true
		case next.Do != "":
			if err := l.take(ctx); err != nil {
				return err
			}
		case next.End:
			if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) || signals.Len() > 0 }); err != nil {
				return err
			}
			if workflow.AllHandlersFinished(ctx) && signals.Len() == 0 && !l.changed && len(l.nudges) == 0 {
				return nil
			}
		default:
			l.taken = hiring.Action{}
			awake := func() bool { return l.changed || signals.Len() > 0 }
			if _, err := workflow.AwaitWithTimeout(ctx, l.until(ctx, next.Until), awake); err != nil {
				return err
			}
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && workflow.AllHandlersFinished(ctx) && signals.Len() == 0 && len(l.nudges) == 0 {
			return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, l.id)
		}
	}
}

func (l *loop[F]) reload(ctx workflow.Context) error {
	if err := l.mutex.Lock(ctx); err != nil {
		return err
	}
	defer l.mutex.Unlock()
	out, err := l.load.Run(ctx, l.id)
	if err != nil {
		return err
	}
	l.facts, l.ready = out.Facts, true
	return nil
}

// take runs what is due. What that is gets decided again under the lock: a handler may have run between.
func (l *loop[F]) take(ctx workflow.Context) error {
	if err := l.mutex.Lock(ctx); err != nil {
		return err
	}
	defer l.mutex.Unlock()
	now := l.now(ctx)
	next := l.facts.Next(now)
	if next.Do == "" {
		return nil
	}
	out, err := l.advance.Run(ctx, In[Advance]{
		ID: l.id, At: now,
		By:   By{Actor: System, Key: l.id + "/" + next.Do + "/" + next.Occasion},
		Args: Advance{Do: next.Do, Subject: next.Subject},
	})
	l.taken = next
	if fault.As(err) != nil { // the facts moved on while it was at work; run looks again, not at once
		return nil
	} else if err != nil {
		return err
	}
	l.adopt(out)
	return nil
}

func (l *loop[F]) adopt(out Out[F]) {
	l.facts, l.changed = out.Facts, true
	l.nudges = append(l.nudges, out.Answer.Nudge...)
}

func (l *loop[F]) sendNudges(ctx workflow.Context) error {
	to := l.nudges
	l.nudges = nil
	_, err := SendNudges.Run(ctx, to)
	return err
}

// now is business time, from the clock the facts were loaded with.
func (l *loop[F]) now(ctx workflow.Context) time.Time {
	return l.facts.BusinessClock().At(workflow.Now(ctx))
}

// until is how long to sleep on the wall clock; a zero time means until woken, which a year is enough for.
func (l *loop[F]) until(ctx workflow.Context, at time.Time) time.Duration {
	if at.IsZero() {
		return 365 * 24 * time.Hour
	}
	return max(l.facts.BusinessClock().Until(at, workflow.Now(ctx)), time.Millisecond)
}

// System is the actor of what nobody commanded.
const System = "system"

var _ Facts = hiring.ApplicationFacts{}
