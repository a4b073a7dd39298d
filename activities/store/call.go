package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Call is a call of one person to one lane. It lives while Outcome is "".
type Call struct {
	bun.BaseModel `bun:"table:call"`
	ID            uuid.UUID          `bun:"id,pk"`
	InterviewID   uuid.UUID          `bun:"interview_id"`
	BookingID     uuid.UUID          `bun:"booking_id"`
	LaneID        uuid.UUID          `bun:"lane_id"`
	CalledAt      time.Time          `bun:"called_at"`
	StartedAt     *time.Time         `bun:"started_at"`
	EndedAt       *time.Time         `bun:"ended_at"`
	Outcome       hiring.CallOutcome `bun:"outcome"`
}

// unmet is, of a booking of somebody who is here, whether nobody will meet him any more: the session was
// called off, no interviewer came, or it closed and every interviewer who could have called him has used
// the board. A session that is run without calls says nothing about who was met: there a scorecard tells.
const unmet = `(NOT EXISTS (SELECT FROM call c WHERE c.booking_id = booking.id AND c.outcome IN ('', 'done', 'forgotten'))
	AND EXISTS (SELECT FROM interview i WHERE i.id = booking.interview_id AND (i.state = 'cancelled' OR i.absent_at IS NOT NULL
		OR i.state = 'closed' AND EXISTS (SELECT FROM call c WHERE c.interview_id = i.id)
			AND NOT EXISTS (SELECT FROM lane l WHERE l.interview_id = i.id AND (l.closed_at IS NULL OR l.closed_at > i.starts_at)
				AND NOT EXISTS (SELECT FROM call c JOIN lane own ON own.id = c.lane_id WHERE own.interview_id = i.id AND own.staff_id = l.staff_id)))))`

// InQueue returns who is here, not called and not met yet, in no order (hiring.Queue knows it).
func (r *Reader) InQueue(ctx context.Context, interview uuid.UUID) ([]hiring.Waiting, error) {
	var list []hiring.Waiting
	err := r.db.NewRaw(`SELECT b.id, b.state, b.starts_at AS promised, coalesce(b.arrived_at, b.starts_at) AS arrived, b.priority,
			(SELECT count(*) FROM call c WHERE c.booking_id = b.id AND c.outcome = 'returned') AS returned
		FROM booking b WHERE b.interview_id = ? AND b.state IN ('arrived', 'arrived_late', 'walk_in')
		AND NOT EXISTS (SELECT FROM call c WHERE c.booking_id = b.id AND c.outcome IN ('', 'done', 'forgotten'))`, interview).Scan(ctx, &list)
	return list, err
}

// Closing returns what closing a session by hand is judged by.
func (r *Reader) Closing(ctx context.Context, interview uuid.UUID) (c hiring.Closing, err error) {
	err = r.db.NewRaw(`SELECT (SELECT max(starts_at) FROM slot WHERE interview_id = ?0), (SELECT count(*) FROM booking WHERE interview_id = ?0 AND state IN ('invited', 'confirmed')),
		(SELECT count(*) FROM call WHERE interview_id = ?0 AND outcome = '')`, interview).Scan(ctx, &c.Last, &c.Expected, &c.Talking)
	return c, err
}

// Calls returns a session's calls, the earliest first.
func (r *Reader) Calls(ctx context.Context, interview uuid.UUID) ([]Call, error) {
	var list []Call
	err := r.db.NewSelect().Model(&list).Where("interview_id = ?", interview).OrderExpr("called_at, id").Scan(ctx)
	return list, err
}

// overCalls returns the live calls of a session whose person is no longer here.
func (r *Reader) overCalls(ctx context.Context, interview uuid.UUID) ([]string, error) {
	var ids []string
	err := r.db.NewRaw(`SELECT c.id FROM call c JOIN booking b ON b.id = c.booking_id WHERE c.interview_id = ? AND c.outcome = ''
		AND b.state NOT IN ('arrived', 'arrived_late', 'walk_in') ORDER BY c.called_at, c.id`, interview).Scan(ctx, &ids)
	return ids, err
}

// CalledElsewhere returns the sessions with a live call of a booking of the application whose person is no longer
// here: their process ends the call.
func (r *Record) CalledElsewhere(ctx context.Context, application uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := r.tx.NewRaw(`SELECT DISTINCT c.interview_id FROM booking b JOIN call c ON c.booking_id = b.id WHERE b.application_id = ? AND c.outcome = ''
		AND b.state NOT IN ('arrived', 'arrived_late', 'walk_in') ORDER BY 1`, application).Scan(ctx, &ids)
	return ids, err
}

// Lane returns a lane of a session. Fault not_found.
func (r *Reader) Lane(ctx context.Context, interview, id uuid.UUID) (Lane, error) {
	var l Lane
	err := r.db.NewSelect().Model(&l).Where("id = ? AND interview_id = ?", id, interview).Scan(ctx)
	return l, missing(err, "lane")
}

// PauseLane writes whether a lane pauses (nil: it goes on).
func (r *Record) PauseLane(ctx context.Context, lane uuid.UUID, at *time.Time) error {
	_, err := r.tx.NewUpdate().Model((*Lane)(nil)).Set("paused_at = ?", at).Where("id = ?", lane).Exec(ctx)
	return err
}

// AddCall writes a call. Conflict already_called when the person is called to a lane, lane_busy when the
// lane has somebody.
func (r *Record) AddCall(ctx context.Context, c *Call) error {
	_, err := r.tx.NewInsert().Model(c).Exec(ctx)
	switch {
	case violates(err, "call_booking_live"):
		return fault.New(fault.Conflict, "already_called")
	case violates(err, "call_lane_live"):
		return fault.New(fault.Conflict, "lane_busy")
	}
	return err
}

// Call returns a call of a session. Fault not_found.
func (r *Reader) Call(ctx context.Context, interview, id uuid.UUID) (Call, error) {
	var c Call
	err := r.db.NewSelect().Model(&c).Where("id = ? AND interview_id = ?", id, interview).Scan(ctx)
	return c, missing(err, "call")
}

// SaveCall writes a call back.
func (r *Record) SaveCall(ctx context.Context, c *Call) error {
	_, err := r.tx.NewUpdate().Model(c).WherePK().Column("started_at", "ended_at", "outcome").Exec(ctx)
	return err
}

// BookingState returns a booking of a session as it is now. Fault not_found.
func (r *Reader) BookingState(ctx context.Context, interview, booking uuid.UUID) (Booking, error) {
	var b Booking
	err := r.db.NewSelect().Model(&b).Where("id = ? AND interview_id = ?", booking, interview).Scan(ctx)
	return b, missing(err, "booking")
}

// Promised returns how many people have a confirmed place at a slot or are there, and how many lanes are
// open: what a place that comes first is judged by. The slot's row is locked for the rest of the
// transaction, so two such places are never promised at once on one free lane.
func (r *Record) Promised(ctx context.Context, interview uuid.UUID, slot int) (promised, lanes int, err error) {
	if _, err = r.tx.NewRaw(`SELECT 1 FROM slot WHERE interview_id = ? AND number = ? FOR UPDATE`, interview, slot).Exec(ctx); err != nil {
		return 0, 0, err
	}
	err = r.tx.NewRaw(`SELECT (SELECT count(*) FROM booking b WHERE b.interview_id = ? AND b.slot = ? AND `+promisedPlace+`),
		(SELECT count(*) FROM lane WHERE interview_id = ? AND closed_at IS NULL)`, interview, slot, interview).Scan(ctx, &promised, &lanes)
	return promised, lanes, err
}

// Report returns what the day came to as it was counted when the session closed, and false before.
func (r *Reader) Report(ctx context.Context, interview uuid.UUID) (hiring.DayReport, bool, error) {
	var report hiring.DayReport
	err := r.db.NewSelect().Table("session_report").Column("body").Where("interview_id = ?", interview).Scan(ctx, &jsonOver{&report})
	if missing(err, "") != err {
		return report, false, nil
	}
	return report, err == nil, err
}
