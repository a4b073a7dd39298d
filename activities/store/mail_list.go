package store

import (
	"context"

	"github.com/google/uuid"
)

// MailOf returns a page of the mails to an application's person, the newest first: what was sent or is
// to be, without addresses or text. Fault invalid bad_cursor.
func (r *Reader) MailOf(ctx context.Context, application uuid.UUID, p Page) ([]OutgoingMail, string, error) {
	var rows []OutgoingMail
	q := r.db.NewSelect().Model(&rows).Where("application_id = ?", application).Limit(int64(p.limit()) + 1)
	at, id, ok, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	if ok {
		q = q.Where("(created_at, id) < (?, ?)", at, id)
	}
	if err := q.OrderExpr("created_at DESC, id DESC").Scan(ctx); err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, p.limit(), func(m OutgoingMail) string { return timeCursor(m.CreatedAt, m.ID) })
	return rows, next, nil
}
