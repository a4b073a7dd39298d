package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/hiring"
)

// Judge asks of a session that is over whether the plan would have been better. Whoever was still expected
// did not come. The show probability is the one logged with the first plan, so that what the day itself
// taught does not help a rule; without a plan, today's. nil when nobody's outcome is known.
func (r *Reader) Judge(ctx context.Context, s Interview, stop func() bool) (*hiring.PlanVerdict, error) {
	places, err := r.SessionPlaces(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	var people []hiring.PlanTurnout
	for _, place := range places {
		came, _, ok := place.State.Invited(place.ConfirmedAt != nil)
		if place.State.Expected() {
			came, ok = false, true
		}
		if place.State.Present() {
			came, ok = true, true
		}
		if !ok || place.State == hiring.BookingWalkIn {
			continue // moved, called off in time or withdrawn by us: in no rule's plan; walk-ins: in nobody's
		}
		people = append(people, hiring.PlanTurnout{Slot: place.Slot, Came: came})
	}
	if len(people) == 0 {
		return nil, nil
	}
	slots, err := r.Slots(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	seats := make([]int, len(slots))
	for n, slot := range slots {
		seats[n] = max(slot.Seats, slot.Taken)
	}
	lanes, err := r.Lanes(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	rate, model, err := r.SessionRate(ctx, s.ID, s.CreatedAt)
	if err != nil {
		return nil, err
	}
	plans, err := r.Plans(ctx, s.ID, 1000)
	if err != nil {
		return nil, err
	}
	if n := len(plans); n > 0 {
		if first := plans[n-1].After; first.Invited > 0 {
			rate.P = first.Expected.Shows / float64(first.Invited)
		}
	}
	request, _ := s.Settings.OrDefault(s.WaitMinutes).Seated(seats, s.SlotMinutes, max(len(lanes), 1), s.Room, model.DayEffect)
	v := hiring.PlanJudge(people, seats, request, rate.P, s.OwnSeats, stop)
	return &v, nil
}

// Verdict returns what was said of a session when it closed; nil if nothing was.
func (r *Reader) Verdict(ctx context.Context, interview uuid.UUID) (*hiring.PlanVerdict, error) {
	var v *hiring.PlanVerdict
	err := r.db.NewSelect().Table("session_report").Column("verdict").Where("interview_id = ?", interview).Scan(ctx, &jsonOver{&v})
	if missing(err, "") != err {
		return nil, nil
	}
	return v, err
}

// Verdicts returns those of the newest sessions, at most so many.
func (r *Reader) Verdicts(ctx context.Context, most int) ([]hiring.PlanVerdict, error) {
	var raw []json.RawMessage
	err := r.db.NewRaw(`SELECT s.verdict FROM interview i JOIN session_report s ON s.interview_id = i.id
		WHERE i.state = 'closed' AND s.verdict IS NOT NULL ORDER BY i.changed_at DESC LIMIT ?`, most).Scan(ctx, &raw) // interview_closed
	list := make([]hiring.PlanVerdict, len(raw))
	for i := range raw {
		if err := json.Unmarshal(raw[i], &list[i]); err != nil {
			return nil, err
		}
	}
	return list, err
}
