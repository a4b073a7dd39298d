package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Awaited is a process that something is due for.
type Awaited struct {
	ID    string // as "application/<uuid>"
	Stale bool   // its row changed after the process last read it
}

// awaitedOf says of each kind of process which rows await something, and which are stale: a due time, an
// offer not taken up, a batch at work.
var awaitedOf = []struct{ kind, table, stale, awaits string }{
	{"application", "application", "coalesce(t.loaded_at < t.changed_at, true) OR t.due_at IS NULL", `t.due_at IS NOT NULL
		OR EXISTS (SELECT FROM offer o WHERE o.application_id = t.id AND NOT EXISTS (SELECT FROM booking b WHERE b.id = o.id))
		OR EXISTS (SELECT FROM booking b JOIN interview i ON i.id = b.interview_id
			WHERE b.application_id = t.id AND i.state = 'cancelled' AND b.state IN ('invited', 'confirmed'))
		OR EXISTS (SELECT FROM booking WHERE booking.application_id = t.id AND booking.state IN ('arrived', 'arrived_late', 'walk_in') AND (` + unmet + `
			OR EXISTS (SELECT FROM call c WHERE c.booking_id = booking.id AND c.outcome IN ('done', 'forgotten'))))`},
	{"interview", "interview", "coalesce(t.loaded_at < t.changed_at, true)", `t.due_at IS NOT NULL OR ` + unjudged + `
		OR EXISTS (SELECT FROM call c JOIN booking b ON b.id = c.booking_id WHERE c.interview_id = t.id AND c.outcome = ''
			AND b.state NOT IN ('arrived', 'arrived_late', 'walk_in'))`},
	{"intake", "batch", "true", "t.state IN ('running', 'reverting')"},
}

// Awaited gives each every process that should be running, in pages of at most so many: of a kind, by id,
// so that a million of them are one pass over the primary key and little memory.
func (r *Reader) Awaited(ctx context.Context, most int, each func([]Awaited) error) error {
	for _, k := range awaitedOf {
		for after := uuid.Nil; ; {
			var rows []struct {
				ID    uuid.UUID
				Stale bool
			}
			err := r.db.NewRaw(fmt.Sprintf("SELECT t.id, %s AS stale FROM %s t WHERE t.id > ? AND (%s) ORDER BY t.id LIMIT ?", k.stale, k.table, k.awaits), after, most).Scan(ctx, &rows)
			if err != nil {
				return err
			}
			page := make([]Awaited, len(rows))
			for i, row := range rows {
				page[i] = Awaited{ID: k.kind + "/" + row.ID.String(), Stale: row.Stale}
				after = row.ID
			}
			if len(page) > 0 {
				if err := each(page); err != nil {
					return err
				}
			}
			if len(rows) < most {
				break
			}
		}
	}
	return nil
}
