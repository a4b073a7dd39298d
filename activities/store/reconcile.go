package store

import "context"

// Awaited is a process that something is due for.
type Awaited struct {
	ID    string // as "application/<uuid>"
	Stale bool   // its row changed after the process last read it
}

// Awaited lists every process that should be running: a due time, an offer not taken up, a batch at work.
func (r *Reader) Awaited(ctx context.Context) ([]Awaited, error) {
	var list []Awaited
	err := r.db.NewRaw(`
		SELECT 'application/' || a.id AS id, coalesce(a.loaded_at < a.changed_at, true) OR a.due_at IS NULL AS stale FROM application a
		WHERE a.due_at IS NOT NULL
			OR EXISTS (SELECT FROM offer o WHERE o.application_id = a.id AND NOT EXISTS (SELECT FROM booking b WHERE b.id = o.id))
			OR EXISTS (SELECT FROM booking b JOIN interview i ON i.id = b.interview_id
				WHERE b.application_id = a.id AND i.state = 'cancelled' AND b.state IN ('invited', 'confirmed'))
			OR EXISTS (SELECT FROM booking WHERE booking.application_id = a.id AND booking.state IN ('arrived', 'arrived_late', 'walk_in') AND (`+unmet+`
				OR EXISTS (SELECT FROM call c WHERE c.booking_id = booking.id AND c.outcome IN ('done', 'forgotten'))))
		UNION ALL
		SELECT 'interview/' || id, coalesce(loaded_at < changed_at, true) FROM interview WHERE due_at IS NOT NULL
			OR EXISTS (SELECT FROM call c JOIN booking b ON b.id = c.booking_id WHERE c.interview_id = interview.id AND c.outcome = ''
				AND b.state NOT IN ('arrived', 'arrived_late', 'walk_in'))
		UNION ALL
		SELECT 'intake/' || id, true FROM batch WHERE state IN ('running', 'reverting')
		ORDER BY 1`).Scan(ctx, &list)
	return list, err
}
