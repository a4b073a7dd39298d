package activities

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

type intakeOut = workflows.Out[hiring.IntakeFacts]

// How much of a batch one step does: what the database writes within a second or two.
const (
	importChunk = 500
	revertChunk = 500
	eachChunk   = 100
)

func (s *Steps) registerIntake(r worker.ActivityRegistry) {
	files := &files{}
	workflows.LoadIntake.Register(r, s.loadIntake)
	workflows.StartBatch.Step().Register(r, onBatch(s, string(workflows.StartBatch), startBatch))
	workflows.RevertBatch.Step().Register(r, onBatch(s, string(workflows.RevertBatch), revertBatch))
	workflows.AdvanceIntake.Register(r, onBatch(s, string(workflows.AdvanceIntake), files.advance))
}

func (s *Steps) loadIntake(ctx context.Context, id string) (out intakeOut, err error) {
	key, err := subject(id)
	if err != nil {
		return out, err
	}
	out.Facts, out.Found, err = s.Reader.IntakeFacts(ctx, key)
	return out, err
}

// batchChange is one step on a locked batch.
type batchChange struct {
	*store.Record
	batch store.Batch
	by    workflows.By
	at    time.Time
}

func onBatch[A any](s *Steps, name string, do func(context.Context, *batchChange, A) (workflows.Answer, error)) func(context.Context, workflows.In[A]) (intakeOut, error) {
	return func(ctx context.Context, in workflows.In[A]) (out intakeOut, err error) {
		id, err := subject(in.ID)
		if err != nil {
			return out, err
		}
		err = s.Records.Do(ctx, func(rec *store.Record) error {
			batch, err := rec.LockBatch(ctx, id)
			if err != nil {
				return err
			}
			entry := store.Entry{Subject: "intake/" + in.ID, Actor: in.By.Actor, Key: in.By.Key, Step: name, Args: in.Args, At: in.At}
			err = once(ctx, rec, entry, &out.Answer, func() error {
				out.Answer, err = do(ctx, &batchChange{Record: rec, batch: batch, by: in.By, at: in.At}, in.Args)
				return err
			})
			if err != nil {
				return err
			}
			out.Facts, out.Found, err = rec.IntakeFacts(ctx, id)
			return err
		})
		return out, err
	}
}

func (c *batchChange) save(ctx context.Context, code string) (workflows.Answer, error) {
	err := c.SaveBatch(ctx, &c.batch)
	return workflows.Answer{Code: code, Version: c.batch.Version, Count: c.batch.Position}, err
}

// startBatch sets a previewed batch to work: conflict batch_started, vacancy_closed.
func startBatch(ctx context.Context, c *batchChange, _ workflows.None) (workflows.Answer, error) {
	if c.batch.State != store.BatchPreview {
		return workflows.Answer{}, fault.New(fault.Conflict, "batch_started", "state", c.batch.State)
	}
	if c.batch.VacancyID != nil {
		v, err := c.Vacancy(ctx, *c.batch.VacancyID)
		if err != nil {
			return workflows.Answer{}, err
		}
		if v.State == store.VacancyClosed {
			return workflows.Answer{}, fault.New(fault.Conflict, "vacancy_closed")
		}
	}
	c.batch.State = store.BatchRunning
	return c.save(ctx, "started")
}

// revertBatch begins to take a finished batch back: conflict cannot_revert.
func revertBatch(ctx context.Context, c *batchChange, _ workflows.None) (workflows.Answer, error) {
	if c.batch.State != store.BatchDone {
		return workflows.Answer{}, fault.New(fault.Conflict, "cannot_revert", "state", c.batch.State)
	}
	c.batch.State, c.batch.Position, c.batch.FinishedAt = store.BatchReverting, 0, nil
	if err := c.DropRefused(ctx, c.batch.ID); err != nil {
		return workflows.Answer{}, err
	}
	return c.save(ctx, "reverting")
}

// advance does the next chunk, if under the lock it still is the next.
func (f *files) advance(ctx context.Context, c *batchChange, a workflows.Advance) (workflows.Answer, error) {
	facts := hiring.IntakeFacts{State: c.batch.State, Position: c.batch.Position}
	if next := facts.Next(c.at); next.Do != a.Do {
		return nothingDue, nil
	}
	switch {
	case c.batch.Kind != store.BatchImport && c.batch.State == store.BatchReverting:
		return c.eachBack(ctx)
	case c.batch.Kind != store.BatchImport:
		return c.each(ctx)
	case c.batch.State == store.BatchReverting:
		return c.revert(ctx)
	}
	return f.importRows(ctx, c)
}

func (f *files) importRows(ctx context.Context, c *batchChange) (workflows.Answer, error) {
	b := &c.batch
	rows, err := f.rows(ctx, c.Record, *b)
	if err != nil {
		return workflows.Answer{}, err
	}
	b.Total = len(rows)
	from := min(b.Position, len(rows))
	rows = rows[from:min(from+importChunk, len(rows))]
	lines, err := c.ImportRows(ctx, *b, rows, c.at)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := c.AddBatchRows(ctx, lines); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.AddRefused(ctx, b.ID, rows); err != nil {
		return workflows.Answer{}, err
	}
	for _, l := range lines {
		switch l.Outcome {
		case store.Added:
			b.Added++
		case store.Joined:
			b.Joined++
		case store.Repeated:
			b.Repeated++
		default:
			b.Refused++
		}
	}
	if b.Position = from + len(rows); b.Position >= b.Total {
		f.forget()
	}
	return c.chunked(ctx, b.Position >= b.Total, store.BatchDone)
}

func (c *batchChange) chunked(ctx context.Context, done bool, state string) (workflows.Answer, error) {
	if !done {
		return c.save(ctx, "chunk")
	}
	c.batch.State, c.batch.FinishedAt = state, &c.at
	// The file is full of people, and nothing needs it any more: a report and a revert go by the rows.
	if err := c.DropBatchFile(ctx, &c.batch); err != nil {
		return workflows.Answer{}, err
	}
	return c.save(ctx, state)
}

func (c *batchChange) revert(ctx context.Context) (workflows.Answer, error) {
	rows, reverted, kept, err := c.RevertRows(ctx, c.batch, c.batch.Position, revertChunk, c.at)
	if err != nil {
		return workflows.Answer{}, err
	}
	c.batch.Position += rows
	c.batch.Reverted += reverted
	c.batch.Kept += kept
	return c.chunked(ctx, rows < revertChunk, store.BatchReverted)
}

// files keeps the file read last: a file of 10,000 rows is worked off in twenty steps, and reading it is
// most of the work of each.
type files struct {
	mu   sync.Mutex
	of   uuid.UUID
	was  string // the settings it was read with
	last []store.ImportRow
}

func (f *files) rows(ctx context.Context, r *store.Record, b store.Batch) ([]store.ImportRow, error) {
	settings, err := json.Marshal(b.Settings)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock() // two imports at once take turns at reading; each has one step at a time
	if f.of == b.ID && f.was == string(settings) && b.Position > 0 {
		return f.last, nil
	}
	doc, err := r.Document(ctx, *b.DocumentID)
	if err != nil {
		return nil, err
	}
	v, err := r.Vacancy(ctx, *b.VacancyID)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		return nil, err
	}
	_, rows, err := b.Rows(doc, zone)
	if err != nil {
		return nil, err
	}
	f.of, f.was, f.last = b.ID, string(settings), rows
	return rows, nil
}

func (f *files) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.of, f.last = uuid.Nil, nil
}
