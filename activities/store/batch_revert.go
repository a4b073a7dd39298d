package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// CodeKept marks the row of an import whose application a revert left, because somebody has acted on it.
const CodeKept = "kept"

// RevertRows takes back what most rows of an import added, from the given place on, and returns how many
// rows it looked at, how many applications it deleted and how many it left: those that are no longer as
// they came in. With the last application of a person the person goes too. Mails not sent yet are
// dropped.
func (r *Record) RevertRows(ctx context.Context, b Batch, from, most int, at time.Time) (rows, reverted, kept int, err error) {
	var lines []BatchRow
	err = r.tx.NewSelect().Model(&lines).Where("batch_id = ? AND outcome IN (?)", b.ID, bun.List([]string{Added, Joined})).
		OrderExpr("line").Offset(int64(from)).Limit(int64(most)).Scan(ctx)
	if err != nil || len(lines) == 0 {
		return 0, 0, 0, err
	}
	ids := []uuid.UUID{}
	for _, l := range lines {
		if l.ApplicationID != nil {
			ids = append(ids, *l.ApplicationID)
		}
	}
	if len(ids) == 0 {
		return len(lines), 0, 0, nil
	}
	gone, err := r.deleteUntouched(ctx, b.ID, ids)
	if err != nil {
		return 0, 0, 0, err
	}
	kept = len(ids) - len(gone)
	if kept > 0 {
		_, err = r.tx.NewRaw(`UPDATE batch_row SET code = ? WHERE batch_id = ? AND application_id IN (?)`, CodeKept, b.ID, bun.List(ids)).Exec(ctx)
		if err != nil {
			return 0, 0, 0, err
		}
	}
	return len(lines), len(gone), kept, r.dropLeftovers(ctx, gone, at)
}

type deleted struct {
	ID, PersonID uuid.UUID
	CommentID    *uuid.UUID
}

// deleteUntouched deletes those of the applications nobody has acted on; the lock on their people keeps
// a command of this moment out or sees what it did.
func (r *Record) deleteUntouched(ctx context.Context, batch uuid.UUID, ids []uuid.UUID) (gone []deleted, err error) {
	_, err = r.tx.NewRaw(`SELECT 1 FROM person WHERE id IN (SELECT person_id FROM application WHERE id IN (?)) ORDER BY id FOR UPDATE`, bun.List(ids)).Exec(ctx)
	if err != nil {
		return nil, err
	}
	err = r.tx.NewRaw(`DELETE FROM application a WHERE id IN (?) AND batch_id = ? AND state = 'responded' AND version = 1
		AND NOT EXISTS (SELECT FROM booking WHERE application_id = a.id) AND NOT EXISTS (SELECT FROM offer WHERE application_id = a.id)
		AND NOT EXISTS (SELECT FROM scorecard WHERE application_id = a.id) AND NOT EXISTS (SELECT FROM decision WHERE application_id = a.id)
		AND NOT EXISTS (SELECT FROM journal WHERE subject = 'application/' || a.id)
		RETURNING id, person_id, comment_id`, bun.List(ids), batch).Scan(ctx, &gone)
	return gone, err
}

func (r *Record) dropLeftovers(ctx context.Context, gone []deleted, at time.Time) error {
	if len(gone) == 0 {
		return nil
	}
	var applications, people, documents []uuid.UUID
	for _, g := range gone {
		applications, people = append(applications, g.ID), append(people, g.PersonID)
		if g.CommentID != nil {
			documents = append(documents, *g.CommentID)
		}
	}
	if _, err := r.tx.NewRaw(`UPDATE outgoing_mail SET state = 'dropped', code = 'reverted', settled_at = ?
		WHERE application_id IN (?) AND state = 'queued'`, at, bun.List(applications)).Exec(ctx); err != nil {
		return err
	}
	if len(documents) > 0 {
		if _, err := r.tx.NewDelete().Model((*Document)(nil)).Where("id IN (?)", bun.List(documents)).Exec(ctx); err != nil {
			return err
		}
	}
	_, err := r.tx.NewRaw(`DELETE FROM person p WHERE id IN (?) AND NOT EXISTS (SELECT FROM application WHERE person_id = p.id)
		AND NOT EXISTS (SELECT FROM person o WHERE o.merged_into = p.id) AND NOT EXISTS (SELECT FROM person_merge WHERE into_id = p.id)`, bun.List(people)).Exec(ctx)
	return err
}
