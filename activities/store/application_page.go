package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// BookingRow is a booking with the place and zone of its session.
type BookingRow struct {
	Booking     `bun:",extend"`
	Zone        string
	SlotMinutes int
	WaitMinutes int
	VenueName   string
	VenueCity   string
}

// BookingRows returns an application's bookings, the latest first. At most 100.
func (r *Reader) BookingRows(ctx context.Context, application uuid.UUID) ([]BookingRow, error) {
	var list []BookingRow
	err := r.db.NewSelect().Model(&list).ModelTableExpr("booking AS booking").ColumnExpr("booking.*").
		ColumnExpr("i.zone, i.slot_minutes, i.wait_minutes, v.name AS venue_name, v.city AS venue_city").
		Join("JOIN interview AS i ON i.id = booking.interview_id").Join("JOIN venue AS v ON v.id = i.venue_id").
		Where("booking.application_id = ?", application).OrderExpr("booking.booked_at DESC, booking.id DESC").Limit(100).Scan(ctx)
	return list, err
}

// ApplicationMails returns the mails of an application, the latest first. At most 200.
func (r *Reader) ApplicationMails(ctx context.Context, application uuid.UUID) ([]OutgoingMail, error) {
	var list []OutgoingMail
	err := r.db.NewSelect().Model(&list).Where("application_id = ?", application).OrderExpr("created_at DESC, id").Limit(200).Scan(ctx)
	return list, err
}

// JournalEvent is what was done to a subject, by whom: the staff member's name, where it is one.
type JournalEvent struct {
	Seq   int64
	At    time.Time
	Actor string
	Step  string
	Code  string // of the answer
	Name  string
}

// JournalOf returns what was done to a subject, the latest first; a correction that changed nothing was none. At most 200.
func (r *Reader) JournalOf(ctx context.Context, subject string) ([]JournalEvent, error) {
	var list []JournalEvent
	err := r.db.NewRaw(`SELECT j.seq, j.at, j.actor, j.step, coalesce(j.result ->> 'code', j.result ->> 'outcome', '') AS code,
			coalesce(s.name, '') AS name
		FROM journal j LEFT JOIN staff s ON j.actor = 'staff/' || s.id
		WHERE j.subject = ? AND j.result -> 'changed' IS DISTINCT FROM '[]' ORDER BY j.seq DESC LIMIT 200`, subject).Scan(ctx, &list)
	return list, err
}

// ResponseNoteOf reads what a response said; the zero note if it said nothing more.
func (r *Reader) ResponseNoteOf(ctx context.Context, a Application) (n ResponseNote, err error) {
	if a.CommentID == nil {
		return n, nil
	}
	err = r.db.NewSelect().Model((*Document)(nil)).ColumnExpr("convert_from(body, 'UTF8')::jsonb").Where("id = ?", *a.CommentID).Scan(ctx, &jsonOver{&n})
	return n, missing(err, "document")
}

// ApplicationsByID returns these applications as lists show them, the latest response first; those that
// do not exist are absent.
func (r *Reader) ApplicationsByID(ctx context.Context, ids []uuid.UUID) ([]ApplicationRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []ApplicationRow
	err := r.applicationRows(&rows).Where("application.id IN (?)", bun.List(ids)).OrderExpr("application.responded_at DESC, application.id DESC").Scan(ctx)
	return rows, err
}
