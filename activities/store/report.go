package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/hiring"
)

// DayReport counts a session's day from the facts as they are at a time (hiring.ReportDay): before the end
// lanes are idle only as long as the day has lasted. over says that the session closes or has closed.
func (r *Reader) DayReport(ctx context.Context, session Interview, at time.Time, over bool) (hiring.DayReport, error) {
	places, err := r.dayPlaces(ctx, session.ID)
	if err != nil {
		return hiring.DayReport{}, err
	}
	lanes, err := r.dayLanes(ctx, session.ID, at)
	if err != nil {
		return hiring.DayReport{}, err
	}
	for i := range lanes {
		if lanes[i].Closed.IsZero() && at.Before(session.EndsAt) {
			lanes[i].Closed = at
		}
	}
	return hiring.ReportDay(places, lanes, session.StartsAt, session.EndsAt, time.Duration(session.WaitMinutes)*time.Minute, over), nil
}

func (r *Reader) dayPlaces(ctx context.Context, interview uuid.UUID) ([]hiring.DayPlace, error) {
	var rows []struct {
		State     hiring.Attendance
		StartsAt  time.Time
		ArrivedAt *time.Time
		EndedAt   *time.Time
		WalkIn    bool
		Asked     bool
		Met       bool
		StartedAt *time.Time
	}
	// A walk-in's place is made at the very moment of his arrival.
	err := r.db.NewRaw(`SELECT b.state, b.starts_at, b.arrived_at, b.ended_at, coalesce(b.arrived_at = b.booked_at, false) AS walk_in,
			EXISTS (SELECT FROM booking o WHERE o.interview_id = b.interview_id AND o.person_id = b.person_id AND o.booked_at < b.booked_at AND o.state <> 'withdrawn_by_us') AS asked,
			c.id IS NOT NULL AS met, c.started_at
		FROM booking b LEFT JOIN LATERAL (SELECT * FROM call WHERE booking_id = b.id AND outcome IN ('done', 'forgotten')
			ORDER BY called_at DESC LIMIT 1) c ON true
		WHERE b.interview_id = ? ORDER BY b.starts_at, b.id`, interview).Scan(ctx, &rows)
	places := make([]hiring.DayPlace, 0, len(rows))
	for _, row := range rows {
		places = append(places, hiring.DayPlace{
			State: row.State, Promised: row.StartsAt, Arrived: value(row.ArrivedAt), Ended: value(row.EndedAt),
			WalkIn: row.WalkIn, Asked: row.WalkIn && row.Asked, Met: row.Met, Started: value(row.StartedAt),
		})
	}
	return places, err
}

// dayLanes are a session's lanes with their meetings; one that goes on lasts until now.
func (r *Reader) dayLanes(ctx context.Context, interview uuid.UUID, at time.Time) ([]hiring.DayLane, error) {
	var rows []struct {
		ID       uuid.UUID
		StaffID  uuid.UUID
		Opened   time.Time
		ClosedAt *time.Time
	}
	if err := r.db.NewRaw(`SELECT id, staff_id, lower(during) AS opened, closed_at FROM lane WHERE interview_id = ? ORDER BY number`, interview).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	calls, err := r.Calls(ctx, interview)
	lanes := make([]hiring.DayLane, 0, len(rows))
	for _, row := range rows {
		lane := hiring.DayLane{ID: row.ID.String(), Staff: row.StaffID.String(), Opened: row.Opened, Closed: value(row.ClosedAt)}
		for _, c := range calls {
			began := c.StartedAt
			if began == nil && c.Outcome == hiring.CallLive {
				began = &c.CalledAt // finished without having begun, it counts from there too
			}
			switch {
			case c.LaneID != row.ID || began == nil:
			case c.Outcome == hiring.CallLive:
				lane.Meetings = append(lane.Meetings, hiring.Meeting{From: *began, Until: at, Live: true})
			case c.Outcome == hiring.CallDone:
				lane.Meetings = append(lane.Meetings, hiring.Meeting{From: *began, Until: *c.EndedAt})
			case c.Outcome == hiring.CallForgotten:
				lane.Meetings = append(lane.Meetings, hiring.Meeting{From: *began})
			}
		}
		lanes = append(lanes, lane)
	}
	return lanes, err
}

func value(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// jsonOf writes numbers, ids and codes as JSON, which cannot fail.
func jsonOf(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}
