package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Booking is one person's place in one session.
type Booking struct {
	bun.BaseModel `bun:"table:booking"`
	ID            uuid.UUID         `bun:"id,pk"`
	ApplicationID uuid.UUID         `bun:"application_id"`
	PersonID      uuid.UUID         `bun:"person_id"`
	InterviewID   uuid.UUID         `bun:"interview_id"`
	Slot          int               `bun:"slot"`
	StartsAt      time.Time         `bun:"starts_at"`
	State         hiring.Attendance `bun:"state"`
	HoldsSeat     bool              `bun:"holds_seat"`
	ReplyBy       *time.Time        `bun:"reply_by"`
	UID           string            `bun:"uid"`
	Sequence      int               `bun:"sequence"`
	Moves         int               `bun:"moves"`
	LateMinutes   *int              `bun:"late_minutes"`
	BookedAt      time.Time         `bun:"booked_at"`
	ConfirmedAt   *time.Time        `bun:"confirmed_at"`
	SureAt        *time.Time        `bun:"sure_at"` // when he said on the day that he is coming
	ArrivedAt     *time.Time        `bun:"arrived_at"`
	EndedAt       *time.Time        `bun:"ended_at"`
	RemindedDay   bool              `bun:"reminded_day"`
	RemindedHours bool              `bun:"reminded_hours"`
	Priority      bool              `bun:"priority"`    // called first
	ReplacedBy    *uuid.UUID        `bun:"replaced_by"` // what the person took instead, of one withdrawn for it
	Version       int               `bun:"version"`
}

// Rule returns what the rules need to know of the booking.
func (b Booking) Rule() hiring.Booking {
	rule := hiring.Booking{
		ID: b.ID.String(), InterviewID: b.InterviewID.String(), Slot: b.Slot, State: b.State,
		Version: b.Version, StartsAt: b.StartsAt, Moves: b.Moves, Asked: b.RemindedHours, Sure: b.SureAt != nil, Seatless: !b.HoldsSeat,
	}
	if b.EndedAt != nil {
		rule.EndedAt = *b.EndedAt
	}
	if b.ArrivedAt != nil {
		rule.ArrivedAt, rule.Unasked = *b.ArrivedAt, b.ArrivedAt.Equal(b.BookedAt)
	}
	return rule
}

// Bookings returns an application's bookings, the latest first; behind them those that gave way to another, which say
// nothing of how the application stands.
func (r *Reader) Bookings(ctx context.Context, application uuid.UUID) ([]Booking, error) {
	var list []Booking
	err := r.db.NewSelect().Model(&list).Where("application_id = ?", application).OrderExpr(latestFirst("")).Scan(ctx)
	return list, err
}

// latestFirst is the order of Bookings; of is the table's name there with a point, if it needs one.
func latestFirst(of string) string {
	return of + "replaced_by IS NOT NULL, " + of + "booked_at DESC, " + of + "id DESC"
}

// LockBooking returns a booking of the application under its lock. Fault not_found.
func (r *Record) LockBooking(ctx context.Context, application, id uuid.UUID) (Booking, error) {
	var b Booking
	err := r.tx.NewSelect().Model(&b).Where("id = ? AND application_id = ?", id, application).For("UPDATE").Scan(ctx)
	return b, missing(err, "booking")
}

// OpenBookings returns the application's open bookings under lock, in the order in which seats are locked.
func (r *Record) OpenBookings(ctx context.Context, application uuid.UUID) ([]Booking, error) {
	var list []Booking
	err := r.tx.NewSelect().Model(&list).Where("application_id = ?", application).
		Where("state IN (?)", bun.List(openStates)).OrderExpr("interview_id, slot, id").For("UPDATE").Scan(ctx)
	return list, err
}

// AddBooking writes a new booking. Fault conflict already_in_session when the person has a live one there.
func (r *Record) AddBooking(ctx context.Context, b *Booking) error {
	b.Version = 1
	if err := r.onceInSession(ctx, b); err != nil {
		return err
	}
	_, err := r.tx.NewInsert().Model(b).Exec(ctx)
	if violates(err, "booking_live") {
		return fault.New(fault.Conflict, "already_in_session")
	}
	return err
}

// onceInSession refuses a booking that becomes live in a session where another record of the same person has a live one
// (conflict already_in_session). The index booking_live sees only one record; LockApplication holds the person.
func (r *Record) onceInSession(ctx context.Context, b *Booking) error {
	if !b.State.Open() && b.State != hiring.BookingInterviewed {
		return nil
	}
	var twice bool
	err := r.tx.NewRaw(`SELECT EXISTS (SELECT FROM person p JOIN booking x ON x.person_id IN (`+sameAsP+`) AND x.person_id <> p.id
			WHERE p.id = ? AND x.interview_id = ? AND x.id <> ? AND x.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed'))
		AND NOT EXISTS (SELECT FROM booking me WHERE me.id = ? AND me.interview_id = ? AND me.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed'))`,
		b.PersonID, b.InterviewID, b.ID, b.ID, b.InterviewID).Scan(ctx, &twice)
	if err == nil && twice {
		return fault.New(fault.Conflict, "already_in_session")
	}
	return err
}

// SaveBooking writes a booking back, raising its version.
func (r *Record) SaveBooking(ctx context.Context, b *Booking) error {
	if err := r.onceInSession(ctx, b); err != nil {
		return err
	}
	b.Version++
	_, err := r.tx.NewUpdate().Model(b).WherePK().ExcludeColumn("id", "application_id", "person_id").Exec(ctx)
	if violates(err, "booking_live") {
		return fault.New(fault.Conflict, "already_in_session")
	}
	return err
}

// TakeSeat takes one seat of a slot, however many ask at once: conflict seat_taken when none is free.
func (r *Record) TakeSeat(ctx context.Context, interview uuid.UUID, slot int) (time.Time, error) {
	var starts time.Time
	err := r.tx.NewRaw(`UPDATE slot SET taken = taken + 1 WHERE interview_id = ? AND number = ? AND taken < seats RETURNING starts_at`,
		interview, slot).Scan(ctx, &starts)
	if missing(err, "") != err {
		return starts, fault.New(fault.Conflict, "seat_taken")
	}
	return starts, err
}

// FreeSeat gives a seat back.
func (r *Record) FreeSeat(ctx context.Context, interview uuid.UUID, slot int) error {
	_, err := r.tx.NewRaw(`UPDATE slot SET taken = taken - 1 WHERE interview_id = ? AND number = ?`, interview, slot).Exec(ctx)
	return err
}

// NoteReminded records which reminders of a booking went out, without raising its version.
func (r *Record) NoteReminded(ctx context.Context, b Booking) error {
	_, err := r.tx.NewUpdate().Model(&b).WherePK().Column("reminded_day", "reminded_hours").Exec(ctx)
	return err
}

// PutOff records until when an invitation may be answered, without raising its version: a form opened before is still good.
func (r *Record) PutOff(ctx context.Context, b Booking) error {
	_, err := r.tx.NewUpdate().Model(&b).WherePK().Column("reply_by").Exec(ctx)
	return err
}

// HasLiveBooking reports whether the person has a live place in the session, under any of his records.
func (r *Record) HasLiveBooking(ctx context.Context, person, interview uuid.UUID) (bool, error) {
	return r.tx.NewSelect().Model((*Booking)(nil)).Where("person_id IN ("+samePerson+") AND interview_id = ?", person, interview).
		Where("(state IN (?) OR state = 'interviewed')", bun.List(openStates)).Exists(ctx)
}

// SlotStart returns when a slot starts. Fault not_found.
func (r *Reader) SlotStart(ctx context.Context, interview uuid.UUID, slot int) (time.Time, error) {
	var at time.Time
	err := r.db.NewSelect().Table("slot").Column("starts_at").Where("interview_id = ? AND number = ?", interview, slot).Scan(ctx, &at)
	return at, missing(err, "slot")
}

// openStates are those of hiring.Attendance.Open.
var openStates = []hiring.Attendance{
	hiring.BookingInvited, hiring.BookingConfirmed, hiring.BookingArrived, hiring.BookingArrivedLate, hiring.BookingWalkIn,
}
