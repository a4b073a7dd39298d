package store

import (
	"context"
	"time"

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

// mailOverdue is how long a mail may wait to be sent before it is said: business time.
const mailOverdue = 5 * time.Minute

// MailQueue is what the mails say that should have gone and have not.
type MailQueue struct {
	Overdue int       // mails
	Since   time.Time // when the oldest was due
	Code    string    // why the server did not take it last; "" if none was tried
}

// MailQueue returns the mails that wait longer than a few minutes at now; none: the mail server takes what it is given.
func (r *Reader) MailQueue(ctx context.Context, now time.Time) (q MailQueue, err error) {
	err = r.db.NewRaw(`WITH late AS (SELECT due_at, code, attempts FROM outgoing_mail WHERE state = 'queued' AND due_at <= ?)
		SELECT count(*) AS overdue, coalesce(min(due_at), 'epoch') AS since,
			coalesce((SELECT code FROM late WHERE code NOT IN ('', ?) ORDER BY attempts DESC, due_at LIMIT 1), '') AS code FROM late`,
		now.Add(-mailOverdue), codeSending).Scan(ctx, &q)
	return q, err
}

// Unreached is somebody whom mail does not reach: the server refuses his address.
type Unreached struct {
	ID          uuid.UUID // of the application
	Name, Phone string
}

// Unreached returns at most so many of those who are to be met, in open vacancies, and whose address takes no mail; the latest first.
func (r *Reader) Unreached(ctx context.Context, most int) (list []Unreached, err error) {
	err = r.db.NewRaw(unreachedPeople, most).Scan(ctx, &list)
	return list, err
}

// unreachedPeople begins with the few mails that were refused, not with the many who are to be met.
const unreachedPeople = `SELECT a.id, ` + shownName + ` AS name, p.phone
	FROM (SELECT DISTINCT application_id FROM outgoing_mail WHERE state = 'failed' AND code = 'smtp_address') refused
	JOIN application a ON a.id = refused.application_id JOIN person p ON p.id = a.person_id JOIN vacancy v ON v.id = a.vacancy_id
	WHERE a.state IN ('shortlisted', 'invited', 'booked') AND v.state = 'open' AND ` + unreached + ` ORDER BY a.changed_at DESC, a.id LIMIT ?`
