package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
)

// MailMark is what became of a mail about a booking.
type MailMark struct {
	Kind      string     `json:"kind"`
	State     string     `json:"state"` // queued, sent, dropped, failed
	DueAt     time.Time  `json:"due_at"`
	SettledAt *time.Time `json:"settled_at"`
}

// SessionPlace returns one person's place in a session. Fault not_found.
func (r *Reader) SessionPlace(ctx context.Context, interview, booking uuid.UUID) (SessionPlace, error) {
	var rows []SessionPlace
	err := r.placeRows(&rows).Where("booking.interview_id = ? AND booking.id = ?", interview, booking).Scan(ctx)
	if err == nil && len(rows) == 0 {
		err = fault.Missing("booking")
	}
	if err != nil {
		return SessionPlace{}, err
	}
	return rows[0], nil
}

// BusyLane returns the session in which an interviewer is busy between two times, if any.
func (r *Reader) BusyLane(ctx context.Context, staffID uuid.UUID, from, to time.Time) (InterviewRow, bool, error) {
	var rows []InterviewRow
	err := r.interviewRows(&rows).Where("EXISTS (SELECT FROM lane l2 WHERE l2.interview_id = interview.id AND l2.staff_id = ? AND l2.closed_at IS NULL AND l2.during && tstzrange(?, ?))",
		staffID, from, to).OrderExpr("interview.starts_at, interview.id").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return InterviewRow{}, false, err
	}
	return rows[0], true, nil
}

// LedIn returns the interviewers who have had a room in a city.
func (r *Reader) LedIn(ctx context.Context, city string) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := r.db.NewRaw(`SELECT DISTINCT l.staff_id FROM lane l JOIN interview i ON i.id = l.interview_id JOIN venue v ON v.id = i.venue_id
		WHERE lower(v.city) = lower(?)`, city).Scan(ctx, &ids)
	led := map[uuid.UUID]bool{}
	for _, id := range ids {
		led[id] = true
	}
	return led, err
}
