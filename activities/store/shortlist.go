package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// ShortlistRow is somebody who may be invited to a session.
type ShortlistRow struct {
	ApplicationRow `bun:",extend"`
	Elsewhere      []Elsewhere `bun:"elsewhere,type:jsonb"` // the earliest first
}

// Elsewhere is an open invitation or time of a person in another session.
type Elsewhere struct {
	State    hiring.Attendance `json:"state"`
	StartsAt time.Time         `json:"starts_at"`
	Zone     string            `json:"zone"`
	Venue    string            `json:"venue"`
	Own      bool              `json:"own"`      // for the same application, not for another vacancy
	Overlaps bool              `json:"overlaps"` // with the hours of this session, waiting counted
}

// Taken reports whether the person is passed over when a session invites in order: he has an invitation to answer for
// the same vacancy, or might have to be in two places at once. Reserve passes him over too.
func (r ShortlistRow) Taken() bool {
	for _, e := range r.Elsewhere {
		if e.Own || e.Overlaps {
			return true
		}
	}
	return false
}

// Overlaps reports whether one of the times may overlap with the session's.
func (r ShortlistRow) Overlaps() bool {
	for _, e := range r.Elsewhere {
		if e.Overlaps {
			return true
		}
	}
	return false
}

// elsewhere selects from the open places x, in sessions xi, of the person p outside the session t (the one argument);
// overlaps is whether the hours that x may take, from its time through the longest wait, meet those of t.
const (
	elsewhere = `FROM booking x JOIN interview xi ON xi.id = x.interview_id AND xi.state <> 'cancelled' JOIN interview t ON t.id = ? AND t.id <> xi.id
		JOIN venue xw ON xw.id = xi.venue_id
		WHERE x.person_id IN (` + sameAsP + `) AND x.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in')`
	overlaps = `(x.starts_at < t.ends_at + t.wait_minutes * interval '1 minute' AND x.starts_at + (xi.wait_minutes + xi.slot_minutes) * interval '1 minute' > t.starts_at)`
)

// SessionShortlist returns who may be invited to a session, in HR's order: the applications to its
// vacancies that are on the shortlist or invited elsewhere and whose person has no live place or offer in
// it. At most limit (MaxPage at most); total counts them all.
func (r *Reader) SessionShortlist(ctx context.Context, interview uuid.UUID, limit int) (rows []ShortlistRow, total int, err error) {
	all, err := r.db.NewSelect().Model(&rows).ModelTableExpr("application AS application").ColumnExpr(applicationColumns).Join(applicationJoins).
		ColumnExpr(`(SELECT coalesce(jsonb_agg(jsonb_build_object('state', x.state, 'starts_at', x.starts_at, 'zone', xw.zone, 'venue', xw.name,
			'own', x.application_id = application.id, 'overlaps', `+overlaps+`) ORDER BY x.starts_at, x.id), '[]') `+elsewhere+`) AS elsewhere`, interview).
		Where("application.vacancy_id IN (SELECT vacancy_id FROM interview_vacancy WHERE interview_id = ?)", interview).
		Where("application.state IN (?)", bun.List([]hiring.State{hiring.Shortlisted, hiring.Invited})).
		Where(`NOT EXISTS (SELECT FROM booking x WHERE x.person_id IN (`+sameAsP+`) AND x.interview_id = ?
			AND x.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed'))`, interview).
		Where(`NOT EXISTS (SELECT FROM offer o JOIN application oa ON oa.id = o.application_id WHERE oa.person_id IN (`+sameAsP+`)
			AND o.interview_id = ? AND NOT EXISTS (SELECT FROM booking y WHERE y.id = o.id))`, interview).
		OrderExpr("coalesce(application.rank, ?), application.responded_at, application.id", unranked).
		Limit(int64(Page{Limit: limit}.limit())).ScanAndCount(ctx)
	return rows, int(all), err
}
