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
	Also           []string    `bun:"also,type:jsonb"`      // vacancies of his other applications that would stand here too
	Surviving      uuid.UUID   `bun:"surviving"`            // record of the person
	Promised       time.Time   `bun:"-"`                    // until then he may choose a time that comes first; else zero
	Unreached      bool        `bun:"unreached"`            // the last mail to it was refused for good
}

// Mute reports whether mail does not reach the person: Reserve leaves him out, he is to be called.
func (r ShortlistRow) Mute() bool { return r.Email == "" || r.Unreached }

// Elsewhere is an open invitation or time of a person in another session.
type Elsewhere struct {
	State    hiring.Attendance `json:"state"`
	StartsAt time.Time         `json:"starts_at"`
	Zone     string            `json:"zone"`
	Venue    string            `json:"venue"`
	Own      bool              `json:"own"`      // for the same vacancy, under whichever of his records
	Overlaps bool              `json:"overlaps"` // with the hours of this session, waiting counted
}

// Taken reports whether the person is passed over when a session invites in order: he has an invitation or a time for
// the same vacancy, or might have to be in two places at once. Reserve passes him over too, as it does who is Promised a time.
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

// elsewhere selects from the open places x, in sessions xi, that the person p has under his applications xa outside the
// session t (the one argument);
// overlaps is whether the hours that x may take, from its time through the longest wait, meet those of t.
const (
	elsewhere = `FROM booking x JOIN interview xi ON xi.id = x.interview_id AND xi.state <> 'cancelled' JOIN interview t ON t.id = ? AND t.id <> xi.id
		JOIN venue xw ON xw.id = xi.venue_id JOIN application xa ON xa.id = x.application_id
		WHERE x.person_id IN (` + sameAsP + `) AND x.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in')`
	overlaps = `(x.starts_at < t.ends_at + t.wait_minutes * interval '1 minute' AND x.starts_at + (xi.wait_minutes + xi.slot_minutes) * interval '1 minute' > t.starts_at)`
)

// here selects the live places and offers of the person p in a session (twice the argument).
const here = `SELECT 1 FROM booking x WHERE x.person_id IN (` + sameAsP + `) AND x.interview_id = ?
		AND x.state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed')
	UNION ALL SELECT 1 FROM offer o JOIN application oa ON oa.id = o.application_id WHERE oa.person_id IN (` + sameAsP + `)
		AND o.interview_id = ? AND NOT EXISTS (SELECT FROM booking y WHERE y.id = o.id)`

// invitable selects the applications a2, of people p2, that may be invited to a session for their state (arguments: the
// session, the states).
const invitable = `FROM application a2 JOIN person p2 ON p2.id = a2.person_id
	WHERE a2.vacancy_id IN (SELECT vacancy_id FROM interview_vacancy WHERE interview_id = ?) AND a2.state IN (?)`

// SessionShortlist returns who may be invited to a session, in HR's order: the applications to its
// vacancies that are on the shortlist or invited elsewhere and whose person has no live place or offer in
// it, with what he was promised and still has at now. Of a person with several the one that mail reaches, that is not
// invited elsewhere, that stands first: he is invited once. At most limit (MaxPage at most); total counts all people.
func (r *Reader) SessionShortlist(ctx context.Context, interview uuid.UUID, now time.Time, limit int) (rows []ShortlistRow, total int, err error) {
	states := bun.List([]hiring.State{hiring.Shortlisted, hiring.Invited})
	promises, err := r.promises(ctx, interview, now)
	if err != nil {
		return nil, 0, err
	}
	all, err := r.db.NewSelect().Model(&rows).ModelTableExpr("application AS application").ColumnExpr(applicationColumns).ColumnExpr("coalesce(p.merged_into, p.id) AS surviving").Join(applicationJoins).
		ColumnExpr(`(SELECT coalesce(jsonb_agg(jsonb_build_object('state', x.state, 'starts_at', x.starts_at, 'zone', xw.zone, 'venue', xw.name,
			'own', xa.vacancy_id = application.vacancy_id, 'overlaps', `+overlaps+`) ORDER BY x.starts_at, x.id), '[]') `+elsewhere+`) AS elsewhere`, interview).
		ColumnExpr(`(SELECT coalesce(jsonb_agg(DISTINCT v2.title), '[]') FROM (SELECT a2.vacancy_id `+invitable+` AND a2.id <> application.id
			AND p2.id IN (`+sameAsP+`)) more JOIN vacancy v2 ON v2.id = more.vacancy_id) AS also`, interview, states).
		ColumnExpr("(SELECT "+unreached+" FROM application a WHERE a.id = application.id) AS unreached").
		Where(`application.id IN (SELECT DISTINCT ON (coalesce(p2.merged_into, p2.id)) a2.id `+invitable+`
			ORDER BY coalesce(p2.merged_into, p2.id), `+addressOf("p2")+` = '' OR (SELECT `+unreached+` FROM application a WHERE a.id = a2.id), a2.state = 'invited', a2.rank NULLS LAST, a2.responded_at, a2.id)`, interview, states).
		Where("NOT EXISTS ("+here+")", interview, interview).
		OrderExpr("coalesce(application.rank, ?), application.responded_at, application.id", unranked).
		Limit(int64(Page{Limit: limit}.limit())).ScanAndCount(ctx)
	for i := range rows {
		rows[i].Promised = promises[rows[i].Surviving]
	}
	return rows, int(all), err
}
