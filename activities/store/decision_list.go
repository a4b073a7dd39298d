package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/hiring"
)

// DecisionRow is a decision in force with what became of its mail.
type DecisionRow struct {
	Decision     `bun:",extend"`
	Name         string       `bun:"name"`
	VacancyTitle string       `bun:"vacancy_title"`
	VacancyZone  string       `bun:"vacancy_zone"`
	State        hiring.State `bun:"state"` // of the application: decided, or further
	DeciderName  string       `bun:"decider_name"`
	MailState    string       `bun:"mail_state"` // queued, sent, dropped, failed; empty: no mail
	MailDueAt    *time.Time   `bun:"mail_due_at"`
	NoteBody     []byte       `bun:"note_body"`
}

// Note is what the decider wrote for colleagues.
func (d DecisionRow) Note() string { return strings.TrimSpace(string(d.NoteBody)) }

// DecisionFilter narrows a list of decisions; a zero field does not.
type DecisionFilter struct {
	Vacancy     uuid.UUID
	Interview   uuid.UUID // people with a place in this session
	Application uuid.UUID
}

// Decisions returns a page of the decisions in force, the latest first, and the cursor of the next.
// Fault invalid bad_cursor.
func (r *Reader) Decisions(ctx context.Context, f DecisionFilter, p Page) ([]DecisionRow, string, error) {
	at, id, more, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []DecisionRow
	q := r.db.NewSelect().Model(&rows).ModelTableExpr("decision AS decision").
		ColumnExpr("decision.*, " + shownName + " AS name, v.title AS vacancy_title, v.zone AS vacancy_zone, a.state, coalesce(s.name, '') AS decider_name").
		ColumnExpr("coalesce(m.state, '') AS mail_state, m.due_at AS mail_due_at, d.body AS note_body").
		Join("JOIN application a ON a.id = decision.application_id JOIN person p ON p.id = a.person_id JOIN vacancy v ON v.id = a.vacancy_id").
		Join("LEFT JOIN staff s ON decision.decided_by = 'staff/' || s.id").
		Join("LEFT JOIN outgoing_mail m ON m.key = 'application/' || a.id || '/decision_' || decision.decision || '/' || decision.id").
		Join("LEFT JOIN document d ON d.id = decision.note_id").
		Where("decision.undone_at IS NULL").OrderExpr("decision.decided_at DESC, decision.id DESC").Limit(int64(p.limit()) + 1)
	if f.Vacancy != uuid.Nil {
		q = q.Where("a.vacancy_id = ?", f.Vacancy)
	}
	if f.Interview != uuid.Nil {
		q = q.Where("a.id IN (SELECT application_id FROM booking WHERE interview_id = ?)", f.Interview)
	}
	if f.Application != uuid.Nil {
		q = q.Where("a.id = ?", f.Application)
	}
	if more {
		q = q.Where("(decision.decided_at, decision.id) < (?, ?)", at, id)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, p.limit(), func(d DecisionRow) string { return timeCursor(d.DecidedAt, d.ID) })
	return rows, next, nil
}

// Waiting counts what waits for somebody: for the first page.
type Waiting struct {
	Responses int // new, nobody has acted on them
	Shortlist int // to be invited
	Unsure    int // invited by a mail that went, no answer yet
	Decide    int // interviewed, not decided
	Imports   int // files being worked off
}

// Waiting counts what waits, company-wide.
func (r *Reader) Waiting(ctx context.Context) (w Waiting, err error) {
	err = r.db.NewRaw(`SELECT (SELECT count(*) FROM application a JOIN vacancy v ON v.id = a.vacancy_id WHERE a.state = 'responded' AND v.state = 'open') AS responses,
		(SELECT count(*) FROM application a JOIN vacancy v ON v.id = a.vacancy_id WHERE a.state = 'shortlisted' AND v.state = 'open') AS shortlist,
		(SELECT count(DISTINCT booking.application_id) FROM booking JOIN application a ON a.id = booking.application_id WHERE a.state = 'invited' AND booking.state = 'invited' AND `+sending+` = '') AS unsure,
		(SELECT count(*) FROM application WHERE state = 'interviewed') AS decide,
		(SELECT count(*) FROM batch WHERE state IN ('running', 'reverting')) AS imports`).Scan(ctx, &w)
	return w, err
}
