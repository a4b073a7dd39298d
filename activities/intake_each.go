package activities

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// one is what a bulk change does to each application, as a command to it alone would be.
type one struct {
	step string
	args any
	do   func(context.Context, *change) (workflows.Answer, error)
}

// forward is what the batch does to each application. Whoever is on the shortlist already keeps his rank.
func (c *batchChange) forward() one {
	if c.batch.Kind == store.BatchShortlist {
		args := workflows.ShortlistArgs{}
		return one{string(workflows.Shortlist), args, func(ctx context.Context, one *change) (workflows.Answer, error) {
			if err := hiring.CheckShortlist(one.app.State); err != nil {
				return workflows.Answer{}, err
			}
			return shortlist(ctx, one, args)
		}}
	}
	args := workflows.DecideArgs{Decision: hiring.Reject, Reason: c.batch.Settings.Reason, NoMail: c.batch.Settings.NoMail}
	return one{string(workflows.Decide), args, func(ctx context.Context, one *change) (workflows.Answer, error) { return decide(ctx, one, args) }}
}

// back takes that back. Whom somebody has decided about anew since is left as he is.
func (c *batchChange) back() one {
	if c.batch.Kind == store.BatchShortlist {
		return one{string(workflows.Unshortlist), workflows.None{}, func(ctx context.Context, one *change) (workflows.Answer, error) {
			return unshortlist(ctx, one, workflows.None{})
		}}
	}
	reason := c.batch.Settings.Reason
	return one{string(workflows.UndoDecision), workflows.None{}, func(ctx context.Context, one *change) (workflows.Answer, error) {
		if one.app.Decision != hiring.Reject || one.app.Reason != reason {
			return workflows.Answer{}, fault.New(fault.Conflict, "not_decided", "state", string(one.app.State))
		}
		return undoDecision(ctx, one, workflows.None{})
	}}
}

// each does the next applications of a bulk change, each as a single command would, with its own journal row under the
// name of whoever made the batch. Whoever it cannot be done to any more is skipped.
func (c *batchChange) each(ctx context.Context) (workflows.Answer, error) {
	b := &c.batch
	doc, err := c.Document(ctx, *b.DocumentID)
	if err != nil {
		return workflows.Answer{}, err
	}
	var all []uuid.UUID
	if err := json.Unmarshal(doc.Body, &all); err != nil {
		return workflows.Answer{}, err
	}
	b.Total = len(all)
	from := min(b.Position, len(all))
	to := min(from+eachChunk, len(all))
	outcome := store.Rejected
	if b.Kind == store.BatchShortlist {
		outcome = store.Shortlisted
	}
	var lines []store.BatchRow
	w := wakes{}
	for n, id := range all[from:to] {
		line := store.BatchRow{BatchID: b.ID, Line: from + n + 1, Outcome: outcome, ApplicationID: &id}
		refused, err := c.one(ctx, id, "intake/"+b.ID.String()+"/"+strconv.Itoa(line.Line), c.forward(), w)
		if err != nil {
			return workflows.Answer{}, err
		}
		if refused == "" {
			b.Added++
		} else {
			b.Refused++
			line.Outcome, line.Code = store.Skipped, refused
		}
		if refused == "not_found" {
			line.ApplicationID = nil
		}
		lines = append(lines, line)
	}
	if err := c.AddBatchRows(ctx, lines); err != nil {
		return workflows.Answer{}, err
	}
	b.Position = to
	answer, err := c.chunked(ctx, to == len(all), store.BatchDone)
	answer.Nudge = w.list()
	return answer, err
}

// eachBack takes the next applications of a bulk change back.
func (c *batchChange) eachBack(ctx context.Context) (workflows.Answer, error) {
	b := &c.batch
	rows, err := c.DoneRows(ctx, b.ID, b.Position, eachChunk)
	if err != nil {
		return workflows.Answer{}, err
	}
	w := wakes{}
	for _, row := range rows {
		refused := "not_found"
		if row.ApplicationID != nil {
			refused, err = c.one(ctx, *row.ApplicationID, "intake/"+b.ID.String()+"/"+strconv.Itoa(row.Line)+"/back", c.back(), w)
		}
		if err == nil && refused != "" {
			err = c.MarkKept(ctx, b.ID, row.Line)
			b.Kept++
		} else {
			b.Reverted++
		}
		if err != nil {
			return workflows.Answer{}, err
		}
	}
	b.Position += len(rows)
	answer, err := c.chunked(ctx, len(rows) < eachChunk, store.BatchReverted)
	answer.Nudge = w.list()
	return answer, err
}

// wakes are the processes to be told: applications whose process waits for something, sessions that got a seat back.
type wakes map[string]bool

func (w wakes) list() []string { return slices.Sorted(maps.Keys(w)) }

// one does it to one application and returns the code of why it cannot be done, "" if it was.
func (c *batchChange) one(ctx context.Context, id uuid.UUID, key string, what one, w wakes) (refused string, err error) {
	app, err := c.LockApplication(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return "not_found", nil
	} else if err != nil {
		return "", err
	}
	policy, err := c.Policy(ctx)
	if err != nil {
		return "", err
	}
	by := workflows.By{Actor: c.batch.CreatedBy, Key: key}
	entry := store.Entry{Subject: "application/" + id.String(), Actor: by.Actor, Key: by.Key, Step: what.step, Args: what.args, At: c.at}
	var answer workflows.Answer
	var sessions []string
	_, err = c.Once(ctx, entry, &answer, func() error {
		one := &change{Record: c.Record, app: app, by: by, at: c.at, policy: policy}
		if answer, err = what.do(ctx, one); err != nil {
			return err
		}
		sessions, err = one.nudges(ctx)
		answer.Nudge = sessions
		return err
	})
	if f := fault.As(err); f != nil && f.Kind == fault.Conflict { // it is refused before it writes
		return f.Code, nil
	} else if err != nil {
		return "", err
	}
	if app.DueAt != nil {
		w["application/"+id.String()] = true
	}
	for _, session := range sessions {
		w[session] = true
	}
	return "", nil
}
