package store

import (
	"context"

	"github.com/stazh/stazh/workflows/fault"
)

// Reshape writes when a session is and its arrival times, which replace those there are; the hours of its
// open lanes follow, from the new start on if it moved. Conflict seats_in_use for fewer seats than are taken,
// seat_taken if somebody took one of the times meanwhile, interviewer_busy.
func (r *Record) Reshape(ctx context.Context, i *Interview, slots []Slot, moved bool) error {
	if _, err := r.tx.NewUpdate().Model(i).WherePK().Column("starts_at", "ends_at", "slot_minutes").Exec(ctx); err != nil {
		return err
	}
	if _, err := r.tx.NewRaw(`DELETE FROM slot WHERE interview_id = ? AND number >= ? AND taken = 0`, i.ID, len(slots)).Exec(ctx); err != nil {
		return err
	}
	for _, s := range slots { // in order, so that two of these never wait for each other
		_, err := r.tx.NewRaw(`INSERT INTO slot (interview_id, number, starts_at, seats) VALUES (?, ?, ?, ?)
			ON CONFLICT (interview_id, number) DO UPDATE SET seats = excluded.seats,
				starts_at = CASE WHEN slot.taken = 0 THEN excluded.starts_at ELSE slot.starts_at END`, s.InterviewID, s.Number, s.StartsAt, s.Seats).Exec(ctx)
		if violates(err, "slot_seats") {
			return fault.New(fault.Conflict, "seats_in_use")
		} else if err != nil {
			return err
		}
	}
	// Whoever took a time between the judgement and the lock of its row keeps it: then nothing is done.
	kept, err := r.Slots(ctx, i.ID)
	if err != nil {
		return err
	}
	for n, s := range kept {
		if n >= len(slots) || !s.StartsAt.Equal(slots[n].StartsAt) {
			return fault.New(fault.Conflict, "seat_taken")
		}
	}
	lanes, err := r.Lanes(ctx, i.ID)
	if err != nil {
		return err
	}
	for _, l := range lanes {
		if l.ClosedAt != nil {
			continue
		}
		_, err := r.tx.NewRaw(`UPDATE lane SET during = tstzrange(CASE WHEN ? THEN ? ELSE lower(during) END, ?) WHERE id = ?`,
			moved, i.StartsAt, i.EndsAt, l.ID).Exec(ctx)
		if violates(err, "lane_interviewer_busy") {
			return fault.New(fault.Conflict, "interviewer_busy", "staff", l.StaffID.String())
		} else if err != nil {
			return err
		}
	}
	return nil
}
