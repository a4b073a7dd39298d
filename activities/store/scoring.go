package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// ScoringRow is somebody whom an interviewer is to score, or has scored.
type ScoringRow struct {
	ApplicationID uuid.UUID
	InterviewID   uuid.UUID
	Name          string
	VacancyTitle  string
	StartsAt      time.Time
	ArrivedAt     *time.Time
	Zone          string
	VenueName     string
	BookingState  hiring.Attendance
	State         hiring.State
	FiledAt       *time.Time // by this interviewer
	Lane          int        // whose interviewer called the person: its number; 0: none has
	CalledBy      string     // that interviewer
	Mine          bool       // it is the one who asks
	Live          bool       // the call is not over
	On            bool       // the session is: people may still be called
}

// Due says that a scorecard is to be filed by now: the interviewer called the person, or the person was met
// on a day that the board was not used for. Others are here, and may be met by somebody else.
func (r ScoringRow) Due() bool {
	return r.Mine || r.Lane == 0 && r.BookingState == hiring.BookingInterviewed
}

// met: a lane closed before its session began never met anybody; one closed later did.
const met = `(l.closed_at IS NULL OR l.closed_at > i.starts_at)`

const scoringFrom = `FROM lane l JOIN booking b ON b.interview_id = l.interview_id JOIN interview i ON i.id = l.interview_id
	JOIN venue w ON w.id = i.venue_id JOIN application a ON a.id = b.application_id JOIN person p ON p.id = a.person_id
	JOIN vacancy v ON v.id = a.vacancy_id LEFT JOIN scorecard c ON c.application_id = a.id AND c.staff_id = l.staff_id
	LEFT JOIN LATERAL (SELECT x.number, s.name, x.staff_id = l.staff_id AS mine, k.outcome = '' AS live FROM call k JOIN lane x ON x.id = k.lane_id JOIN staff s ON s.id = x.staff_id
		WHERE k.interview_id = b.interview_id AND k.booking_id = b.id AND k.outcome IN ('', 'done', 'forgotten') ORDER BY 3 DESC, k.called_at DESC LIMIT 1) k ON true
	WHERE l.staff_id = ? AND ` + met + `
	AND b.state IN ('arrived', 'arrived_late', 'walk_in', 'interviewed')`

const scoringColumns = `a.id AS application_id, b.interview_id, ` + shownName + ` AS name, v.title AS vacancy_title, b.starts_at, b.arrived_at, i.zone,
	w.name AS venue_name, b.state AS booking_state, a.state, c.filed_at,
	coalesce(k.number, 0) AS lane, coalesce(k.name, '') AS called_by, coalesce(k.mine, false) AS mine, coalesce(k.live, false) AS live, i.state IN ('open', 'running') AS "on"`

// ToScore returns whom an interviewer has met or is about to meet in his sessions and has not scored
// yet: who is with him first, then whom he called, then the longest here. At most 200.
func (r *Reader) ToScore(ctx context.Context, staffID uuid.UUID) ([]ScoringRow, error) {
	var list []ScoringRow
	err := r.db.NewRaw("SELECT * FROM (SELECT DISTINCT ON (a.id) "+scoringColumns+" "+scoringFrom+
		" AND c.id IS NULL AND a.state IN ('arrived', 'interviewed') ORDER BY a.id, b.starts_at DESC) x ORDER BY x.mine AND x.live DESC, x.mine DESC, x.arrived_at, x.application_id LIMIT 200", staffID).Scan(ctx, &list)
	return list, err
}

// Scored returns whom an interviewer has scored, the latest first. At most 100.
func (r *Reader) Scored(ctx context.Context, staffID uuid.UUID) ([]ScoringRow, error) {
	var list []ScoringRow
	err := r.db.NewRaw(`SELECT a.id AS application_id, `+shownName+` AS name, v.title AS vacancy_title, a.state, c.filed_at, b.interview_id, b.starts_at,
			coalesce(i.zone, v.zone) AS zone
		FROM scorecard c JOIN application a ON a.id = c.application_id JOIN person p ON p.id = a.person_id JOIN vacancy v ON v.id = a.vacancy_id
		LEFT JOIN booking b ON b.id = c.booking_id LEFT JOIN interview i ON i.id = b.interview_id
		WHERE c.staff_id = ? ORDER BY c.filed_at DESC, c.id LIMIT 100`, staffID).Scan(ctx, &list)
	return list, err
}

// Scorable returns an application as its interviewer sees it, and whether he met or meets the person in
// one of his sessions.
func (r *Reader) Scorable(ctx context.Context, staffID, application uuid.UUID) (ScoringRow, bool, error) {
	var list []ScoringRow
	err := r.db.NewRaw("SELECT "+scoringColumns+" "+scoringFrom+" AND a.id = ? ORDER BY b.starts_at DESC LIMIT 1", staffID, application).Scan(ctx, &list)
	if err != nil || len(list) == 0 {
		return ScoringRow{}, false, err
	}
	return list[0], true, nil
}

// Scores returns which of the applications a member of staff is to score: he has a lane in a session they
// have a place in, so he stays blind until he has filed his card.
func (r *Reader) Scores(ctx context.Context, staffID uuid.UUID, applications []uuid.UUID) (map[uuid.UUID]bool, error) {
	mine := map[uuid.UUID]bool{}
	if len(applications) == 0 {
		return mine, nil
	}
	var ids []uuid.UUID
	err := r.db.NewRaw(`SELECT DISTINCT b.application_id FROM lane l JOIN booking b ON b.interview_id = l.interview_id JOIN interview i ON i.id = l.interview_id
		WHERE l.staff_id = ? AND b.application_id IN (?) AND `+met+`
		AND b.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed')`, staffID, bun.List(applications)).Scan(ctx, &ids)
	for _, id := range ids {
		mine[id] = true
	}
	return mine, err
}

// ScorecardsOf returns the scorecards of several applications with their authors, without what they
// wrote, by application, the earliest first.
func (r *Reader) ScorecardsOf(ctx context.Context, applications []uuid.UUID) (map[uuid.UUID][]ScorecardRow, error) {
	cards := map[uuid.UUID][]ScorecardRow{}
	if len(applications) == 0 {
		return cards, nil
	}
	var rows []ScorecardRow
	err := r.db.NewSelect().Model(&rows).ModelTableExpr("scorecard AS scorecard").ColumnExpr("scorecard.*, s.name AS staff_name").
		Join("JOIN staff s ON s.id = scorecard.staff_id").Where("scorecard.application_id IN (?)", bun.List(applications)).
		OrderExpr("scorecard.filed_at, scorecard.id").Scan(ctx)
	for _, row := range rows {
		cards[row.ApplicationID] = append(cards[row.ApplicationID], row)
	}
	return cards, err
}
