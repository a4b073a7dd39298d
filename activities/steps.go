package activities

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
)

// Steps has what the steps need.
type Steps struct {
	Records *store.Records
	Reader  *store.Reader
}

// New returns the steps on a database.
func New(records *store.Records, reader *store.Reader) *Steps { return &Steps{records, reader} }

// Register makes every step known to a worker.
func (s *Steps) Register(r worker.ActivityRegistry) {
	s.registerApplication(r)
	s.registerInterview(r)
	s.registerIntake(r)
	workflows.SendNudges.Register(r, sendNudges)
	workflows.ReconcileAll.Register(r, s.reconcile)
}

// subject parses an id that a command carried; its shape was checked before.
func subject(id string) (uuid.UUID, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return parsed, fault.Missing("subject")
	}
	return parsed, nil
}

// due returns when a process with these facts acts next, or nil when nothing is awaited.
func due(f workflows.Facts, now time.Time) *time.Time {
	next := f.Next(now)
	switch {
	case next.Do != "":
		return &now
	case next.Until.IsZero():
		return nil
	}
	return &next.Until
}

// load reads facts and notes that the process has them.
func load[F workflows.Facts](s *Steps, table string, read func(*store.Record, context.Context, uuid.UUID) (F, bool, error)) func(context.Context, string) (workflows.Out[F], error) {
	return func(ctx context.Context, id string) (out workflows.Out[F], err error) {
		key, err := subject(id)
		if err != nil {
			return out, err
		}
		err = s.Records.Do(ctx, func(rec *store.Record) error {
			if out.Facts, out.Found, err = read(rec, ctx, key); err != nil || !out.Found {
				return err
			}
			now := out.Facts.BusinessClock().At(time.Now())
			return rec.NoteProcess(ctx, table, key, now, due(out.Facts, now))
		})
		return out, err
	}
}

// inTime guards what a process does by itself: one that slept through the beginning of a new segment of
// the business clock (a fast development run that was switched off) counts by the old one, and would
// find due what lies ahead. It gets its facts anew instead, and nothing is done or journalled. On real
// time there are no segments, and no step is held up.
func inTime[F workflows.Facts](s *Steps, load func(context.Context, string) (workflows.Out[F], error),
	do func(context.Context, workflows.In[workflows.Advance]) (workflows.Out[F], error),
) func(context.Context, workflows.In[workflows.Advance]) (workflows.Out[F], error) {
	return func(ctx context.Context, in workflows.In[workflows.Advance]) (workflows.Out[F], error) {
		clock, err := s.Reader.Clock(ctx)
		if err != nil {
			return workflows.Out[F]{}, err
		}
		onWall := clock.Speed == 1 && clock.Wall.Equal(clock.Business)
		if !onWall && in.At.After(clock.At(time.Now())) {
			return load(ctx, in.ID)
		}
		return do(ctx, in)
	}
}

// sendNudges tells processes to look again, starting those that do not run.
func sendNudges(ctx context.Context, subjects []string) (int, error) {
	c := activity.GetClient(ctx)
	for n, one := range subjects {
		if err := workflows.Nudge(ctx, c, one); err != nil {
			return n, err
		}
		activity.RecordHeartbeat(ctx, n)
	}
	return len(subjects), nil
}

// nothingDue answers a process that thought something due which, under the lock, is not: its facts are
// older than the last command, or than the policy. It is not journalled, or the step would count as done
// when its time does come.
var nothingDue = workflows.Answer{Code: "nothing_due"}

var errNothingDue = errors.New("nothing is due")

// once is Record.Once but for a step that found nothing to do, which leaves no row.
func once(ctx context.Context, rec *store.Record, e store.Entry, answer *workflows.Answer, do func() error) error {
	_, err := rec.Once(ctx, e, answer, func() error {
		if err := do(); err != nil {
			return err
		}
		if answer.Code == nothingDue.Code {
			return errNothingDue
		}
		return nil
	})
	if errors.Is(err, errNothingDue) {
		return nil
	}
	return err
}

func ptr[T any](v T) *T { return &v }

func ids(texts []string) ([]uuid.UUID, error) {
	list := make([]uuid.UUID, 0, len(texts))
	for _, t := range texts {
		id, err := subject(t)
		if err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, nil
}
