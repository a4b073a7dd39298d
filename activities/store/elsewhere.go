package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// OtherTime is an open place of a person under another of his applications, whatever record of him it came to.
type OtherTime struct {
	Of            uuid.UUID         // the application he has it beside
	ID            uuid.UUID         // of the booking
	ApplicationID uuid.UUID         // it belongs to
	State         hiring.Attendance // an open one
	StartsAt      time.Time
	SlotMinutes   int
	WaitMinutes   int
	SameVacancy   bool
	Vacancy       string
	Zone          string // of the venue
	Venue         string
	Address       string
}

// Place returns what the rules need to know of it.
func (t OtherTime) Place() hiring.OtherPlace {
	return hiring.OtherPlace{State: t.State, SameVacancy: t.SameVacancy, Stay: hiring.StayAt(t.StartsAt, t.WaitMinutes, t.SlotMinutes)}
}

// OtherTimes returns what the persons of these applications have under their other ones, by the application given, the
// earliest first. Sessions called off do not count.
func (r *Reader) OtherTimes(ctx context.Context, applications ...uuid.UUID) (map[uuid.UUID][]OtherTime, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	var list []OtherTime
	err := r.db.NewRaw(`SELECT a.id AS of, x.id, x.application_id, x.state, x.starts_at, xi.slot_minutes, xi.wait_minutes,
			xa.vacancy_id = a.vacancy_id AS same_vacancy, xv.title AS vacancy, xw.zone, xw.name AS venue, xw.address
		FROM application a JOIN person p ON p.id = a.person_id CROSS JOIN LATERAL (`+sameAsP+`) same
		JOIN booking x ON x.person_id = same.id AND x.application_id <> a.id AND x.state IN (?)
		JOIN interview xi ON xi.id = x.interview_id AND xi.state <> 'cancelled' JOIN venue xw ON xw.id = xi.venue_id
		JOIN application xa ON xa.id = x.application_id JOIN vacancy xv ON xv.id = xa.vacancy_id
		WHERE a.id IN (?) ORDER BY x.starts_at, x.id`, bun.List(openStates), bun.List(applications)).Scan(ctx, &list)
	found := map[uuid.UUID][]OtherTime{}
	for _, t := range list {
		found[t.Of] = append(found[t.Of], t)
	}
	return found, err
}

// LockOther locks another application of the person whom LockApplication holds. Fault not_found.
func (r *Record) LockOther(ctx context.Context, id uuid.UUID) (Application, error) {
	var a Application
	err := r.tx.NewSelect().Model(&a).Where("id = ?", id).For("NO KEY UPDATE").Scan(ctx)
	return a, missing(err, "application")
}

// LockSeats locks the slots in which the application's person holds a seat, under whichever application, and one more, to
// be taken, in one order for everybody: a step that takes one seat and frees others never waits for one that does the same
// the other way round.
func (r *Record) LockSeats(ctx context.Context, application, interview uuid.UUID, slot int) error {
	_, err := r.tx.NewRaw(`SELECT 1 FROM (
			SELECT x.interview_id, x.slot AS number FROM application a JOIN person p ON p.id = a.person_id CROSS JOIN LATERAL (`+sameAsP+`) same
				JOIN booking x ON x.person_id = same.id AND x.holds_seat WHERE a.id = ?
			UNION SELECT ?, ?) mine
		JOIN slot s USING (interview_id, number) ORDER BY interview_id, number FOR NO KEY UPDATE OF s`, application, interview, slot).Exec(ctx)
	return err
}
