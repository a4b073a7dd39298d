package store

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// IdleInterviewer is somebody who could open a lane now.
type IdleInterviewer struct {
	ID   uuid.UUID
	Name string
	Here bool // has had or will have a lane at the venue on the same day
}

// IdleInterviewers returns interviewers who are in no session between now and until, those who are at the
// venue that day first. At most six.
func (r *Reader) IdleInterviewers(ctx context.Context, venue uuid.UUID, now, until time.Time) ([]IdleInterviewer, error) {
	if !until.After(now) {
		until = now.Add(time.Hour)
	}
	var list []IdleInterviewer
	err := r.db.NewRaw(`SELECT s.id, s.name, EXISTS (SELECT FROM lane l JOIN interview i ON i.id = l.interview_id
				WHERE l.staff_id = s.id AND i.venue_id = ? AND l.during && tstzrange(?, ?)) AS here
		FROM staff s WHERE 'interviewer' = ANY (s.roles) AND s.disabled_at IS NULL
		AND NOT EXISTS (SELECT FROM lane l WHERE l.staff_id = s.id AND l.closed_at IS NULL AND l.during && tstzrange(?, ?))
		ORDER BY here DESC, lower(s.name), s.id LIMIT 6`, venue, now.Add(-12*time.Hour), now.Add(12*time.Hour), now, until).Scan(ctx, &list)
	return list, err
}

// PrioritySlot is a time at which a place that comes first can be promised.
type PrioritySlot struct {
	InterviewID uuid.UUID
	Number      int
	StartsAt    time.Time
	Zone        string
	VenueName   string
	Free        int         // lanes that nobody is promised yet
	Vacancies   []uuid.UUID `bun:"vacancies,type:jsonb"` // whose applicants can be met there
}

// PrioritySlots returns the next times after from in sessions for any of the vacancies of a session at
// which fewer people are promised a place than lanes are open. Judged again when one is given.
func (r *Reader) PrioritySlots(ctx context.Context, interview uuid.UUID, from time.Time, limit int) ([]PrioritySlot, error) {
	var list []PrioritySlot
	err := r.db.NewRaw(`SELECT * FROM (SELECT s.interview_id, s.number, s.starts_at, i.zone, w.name AS venue_name,
			(SELECT count(*) FROM lane l WHERE l.interview_id = i.id AND l.closed_at IS NULL)
			- (SELECT count(*) FROM booking b WHERE b.interview_id = i.id AND b.slot = s.number AND `+promisedPlace+`) AS free,
			(SELECT jsonb_agg(v.vacancy_id) FROM interview_vacancy v WHERE v.interview_id = i.id) AS vacancies
		FROM slot s JOIN interview i ON i.id = s.interview_id JOIN venue w ON w.id = i.venue_id
		WHERE i.state IN ('open', 'running') AND s.starts_at > ? AND s.starts_at < ? AND s.seats > 0 AND EXISTS (SELECT FROM interview_vacancy a
			JOIN interview_vacancy b ON b.vacancy_id = a.vacancy_id WHERE a.interview_id = i.id AND b.interview_id = ?)) x
		WHERE free > 0 ORDER BY starts_at, interview_id, number LIMIT ?`, from, from.AddDate(0, 0, 30), interview, limit).Scan(ctx, &list)
	return list, err
}

// WalkInRow is somebody who may be met unasked in a session.
type WalkInRow struct {
	ApplicationID uuid.UUID
	Name          string
	VacancyTitle  string
	State         string
}

// WalkIns finds people with an application to one of the session's vacancies and no live place in it, by
// the beginning of a part of the name, or the telephone number. At most ten.
func (r *Reader) WalkIns(ctx context.Context, interview uuid.UUID, text string) ([]WalkInRow, error) {
	if err := CheckText(text); err != nil {
		return nil, err
	}
	var list []WalkInRow
	err := r.db.NewRaw(`SELECT a.id AS application_id, `+shownName+` AS name, v.title AS vacancy_title, a.state FROM application a JOIN person p ON p.id = a.person_id
		JOIN vacancy v ON v.id = a.vacancy_id
		WHERE a.vacancy_id IN (SELECT vacancy_id FROM interview_vacancy WHERE interview_id = ?) AND p.erased_at IS NULL
		AND a.state NOT IN ('interviewed', 'decided', 'offered', 'accepted', 'hired', 'withdrawn')
		AND (' ' || lower(p.name) LIKE '% ' || ? || '%' OR p.phone <> '' AND p.phone LIKE '%' || ?)
		AND NOT EXISTS (SELECT FROM booking b WHERE b.person_id IN (`+sameAsP+`) AND b.interview_id = ?
			AND b.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed'))
		ORDER BY lower(p.name), a.id LIMIT 10`, interview, plainText(text), likeDigits(text), interview).Scan(ctx, &list)
	return list, err
}
