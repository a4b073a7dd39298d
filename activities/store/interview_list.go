package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// InterviewFilter narrows a list of sessions; a zero field does not.
type InterviewFilter struct {
	Vacancy  uuid.UUID
	Venue    uuid.UUID
	Staff    uuid.UUID // this interviewer's: see Meets
	States   []hiring.SessionState
	From, To time.Time // sessions that end after From and start before To
	Earliest bool      // the earliest start first, as a list of what is to come; else the latest first
}

// InterviewRow is a session with all that a list shows of it.
type InterviewRow struct {
	Interview    `bun:",extend"`
	VenueName    string `bun:"venue_name"`
	VenueCity    string `bun:"venue_city"`
	VenueAddress string `bun:"venue_address"`
	// Seats of all slots and how many are held: by offers not yet taken up, invitations and bookings.
	Slots  int `bun:"slots"`
	Seats  int `bun:"seats"`
	Taken  int `bun:"taken"`
	Offers int `bun:"offers"`
	// People, each once, by what ever became of them, not by where they stand now: who said yes and came is in
	// both, so that the figures still say something when the day is over. Invited is everybody who ever had a place and did not move away;
	// who got it withdrawn by us, and who came unasked, is not among them. Confirmed is who of them said yes
	// and did not call it off, as CalledOff did, Came who turned up, WalkIns of those unasked. NoShow falls when one is taken back.
	Invited     int `bun:"invited"`
	Confirmed   int `bun:"confirmed"`
	CalledOff   int `bun:"called_off"`
	Came        int `bun:"came"`
	WalkIns     int `bun:"walk_ins"`
	Interviewed int `bun:"interviewed"`
	NoShow      int `bun:"no_show"`
	// As it is now: who may still come (invitations not sent yet too), and who is here.
	Expected  int             `bun:"expected"`
	Arrived   int             `bun:"arrived"`
	Vacancies []SessionTopic  `bun:"vacancies,type:jsonb"`
	Lanes     []InterviewLane `bun:"lanes,type:jsonb"`
}

// Kept counts who came to his place: came, without the walk-ins.
func (i InterviewRow) Kept() int { return i.Came - i.WalkIns }

// Meets reports whether the session is one of this interviewer's: he has a lane in it that was not closed
// before it began (see Scores).
func (i InterviewRow) Meets(staffID uuid.UUID) bool {
	return slices.ContainsFunc(i.Lanes, func(l InterviewLane) bool {
		return l.StaffID == staffID && (l.ClosedAt == nil || l.ClosedAt.After(i.StartsAt))
	})
}

// SessionTopic is a vacancy a session is for.
type SessionTopic struct {
	ID    uuid.UUID `json:"id"`
	Title string    `json:"title"`
	City  string    `json:"city"`
}

// InterviewLane is a lane with its interviewer's name.
type InterviewLane struct {
	ID        uuid.UUID  `json:"id"`
	Number    int        `json:"number"`
	StaffID   uuid.UUID  `json:"staff_id"`
	StaffName string     `json:"staff_name"`
	ClosedAt  *time.Time `json:"closed_at"`
}

const interviewColumns = `interview.*, w.name AS venue_name, w.city AS venue_city, w.address AS venue_address,
	s.slots, s.seats, s.taken, o.offers, b.invited, b.confirmed, b.called_off, b.came, b.walk_ins, b.interviewed, b.no_show, b.expected + o.offers AS expected, b.arrived,
	t.vacancies, l.lanes`

const interviewJoins = `JOIN venue w ON w.id = interview.venue_id
	CROSS JOIN LATERAL (SELECT count(*) AS slots, coalesce(sum(seats), 0) AS seats, coalesce(sum(taken), 0) AS taken
		FROM slot WHERE interview_id = interview.id) s
	CROSS JOIN LATERAL (SELECT count(*) AS offers FROM offer JOIN wave ON wave.id = offer.wave_id
		WHERE wave.interview_id = interview.id AND NOT EXISTS (SELECT FROM booking WHERE booking.id = offer.id)) o
	CROSS JOIN LATERAL (SELECT count(DISTINCT person_id) FILTER (WHERE asked) AS invited,
			count(DISTINCT person_id) FILTER (WHERE asked AND confirmed_at IS NOT NULL AND NOT off) AS confirmed,
			count(DISTINCT person_id) FILTER (WHERE asked AND confirmed_at IS NOT NULL)
				- count(DISTINCT person_id) FILTER (WHERE asked AND confirmed_at IS NOT NULL AND NOT off) AS called_off,
			count(DISTINCT person_id) FILTER (WHERE came) AS came,
			count(DISTINCT person_id) FILTER (WHERE came AND unasked) AS walk_ins,
			count(DISTINCT person_id) FILTER (WHERE state = 'interviewed') AS interviewed,
			count(DISTINCT person_id) FILTER (WHERE state = 'no_show') AS no_show,
			count(*) FILTER (WHERE state IN ('invited', 'confirmed')) AS expected,
			count(*) FILTER (WHERE state IN ('arrived', 'arrived_late', 'walk_in')) AS arrived
		FROM (SELECT *, NOT unasked AND state NOT IN ('moved', 'withdrawn_by_us') AS asked, state IN ('cancelled_in_time', 'cancelled_late') AS off FROM (
			SELECT person_id, state, confirmed_at, coalesce(arrived_at = booked_at, false) AS unasked, -- see dayPlaces
				state IN ('arrived', 'arrived_late', 'walk_in', 'interviewed', 'left_without_interview', 'interviewer_no_show') AS came
			FROM booking WHERE interview_id = interview.id) x) y) b
	CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'title', v.title, 'city', v.city) ORDER BY v.created_at, v.id), '[]') AS vacancies
		FROM interview_vacancy iv JOIN vacancy v ON v.id = iv.vacancy_id WHERE iv.interview_id = interview.id) t
	CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_object('id', lane.id, 'number', lane.number, 'staff_id', lane.staff_id,
			'staff_name', staff.name, 'closed_at', lane.closed_at) ORDER BY lane.number), '[]') AS lanes
		FROM lane JOIN staff ON staff.id = lane.staff_id WHERE lane.interview_id = interview.id) l`

func (r *Reader) interviewRows(rows *[]InterviewRow) *bun.SelectQuery {
	return r.db.NewSelect().Model(rows).ModelTableExpr("interview AS interview").ColumnExpr(interviewColumns).Join(interviewJoins)
}

// Interviews returns a page of a list of sessions and the cursor of the next one, empty at the end.
// Fault invalid bad_cursor.
func (r *Reader) Interviews(ctx context.Context, f InterviewFilter, p Page) ([]InterviewRow, string, error) {
	var rows []InterviewRow
	q, err := r.interviewQuery(&rows, f, p)
	if err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, p.limit(), func(i InterviewRow) string { return timeCursor(i.StartsAt, i.ID) })
	return rows, next, nil
}

func (r *Reader) interviewQuery(rows *[]InterviewRow, f InterviewFilter, p Page) (*bun.SelectQuery, error) {
	q := r.interviewRows(rows).Limit(int64(p.limit()) + 1)
	if f.Vacancy != uuid.Nil {
		q = q.Where("interview.id IN (SELECT interview_id FROM interview_vacancy WHERE vacancy_id = ?)", f.Vacancy)
	}
	if f.Venue != uuid.Nil {
		q = q.Where("interview.venue_id = ?", f.Venue)
	}
	if f.Staff != uuid.Nil {
		q = q.Where(`EXISTS (SELECT FROM lane WHERE lane.interview_id = interview.id AND lane.staff_id = ?
			AND (lane.closed_at IS NULL OR lane.closed_at > interview.starts_at))`, f.Staff)
	}
	if len(f.States) > 0 {
		q = q.Where("interview.state IN (?)", bun.List(f.States))
	}
	if !f.From.IsZero() {
		// No session is longer than a day, so the index on starts_at can serve this.
		q = q.Where("interview.starts_at > ? AND interview.ends_at > ?", f.From.Add(-24*time.Hour), f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("interview.starts_at < ?", f.To)
	}
	at, id, ok, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, err
	}
	compare, order := "<", "DESC"
	if f.Earliest {
		compare, order = ">", "ASC"
	}
	if ok {
		q = q.Where("(interview.starts_at, interview.id) "+compare+" (?, ?)", at, id)
	}
	return q.OrderExpr("interview.starts_at " + order + ", interview.id " + order), nil
}

// InterviewRow returns one session as lists show it. Fault not_found.
func (r *Reader) InterviewRow(ctx context.Context, id uuid.UUID) (InterviewRow, error) {
	var rows []InterviewRow
	err := r.interviewRows(&rows).Where("interview.id = ?", id).Scan(ctx)
	if err == nil && len(rows) == 0 {
		err = fault.Missing("interview")
	}
	if err != nil {
		return InterviewRow{}, err
	}
	return rows[0], nil
}

// SessionPlace is one person's place in a session: a booking, or an offer not yet taken up as one
// (State empty, Version 0).
type SessionPlace struct {
	Booking          `bun:",extend"`
	Name             string          `bun:"name"`
	FirstName        string          `bun:"first_name"`
	Phone            string          `bun:"phone"`
	Language         string          `bun:"language"`
	VacancyID        uuid.UUID       `bun:"vacancy_id"`
	VacancyTitle     string          `bun:"vacancy_title"`
	ApplicationState hiring.State    `bun:"application_state"`
	Decision         hiring.Decision `bun:"decision"`
	Rank             *int            `bun:"rank"`
	Scorers          []uuid.UUID     `bun:"scorers,type:jsonb"` // who filed a scorecard
	Mails            []MailMark      `bun:"mails,type:jsonb"`   // about it, the earliest first; SessionPeople only
}

// SessionPlaces returns everybody with a place in a session, by arrival time and name; a session has at
// most a few hundred.
func (r *Reader) SessionPlaces(ctx context.Context, interview uuid.UUID) ([]SessionPlace, error) {
	var rows []SessionPlace
	err := r.sessionPlaces(&rows, interview).Scan(ctx)
	return rows, err
}

// SessionPeople is SessionPlaces with the mails about each.
func (r *Reader) SessionPeople(ctx context.Context, interview uuid.UUID) ([]SessionPlace, error) {
	var rows []SessionPlace
	err := r.sessionPlaces(&rows, interview).ColumnExpr(`(SELECT coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'state', m.state, 'due_at', m.due_at, 'settled_at', m.settled_at)
			ORDER BY m.created_at, m.booking_version, m.id), '[]')
		FROM outgoing_mail m WHERE m.application_id = place.application_id AND m.booking_id = place.id) AS mails`). // mails are indexed by application
		Scan(ctx)
	return rows, err
}

// sessionPlaces is one query over bookings and the offers that none has taken up yet, whose booking
// columns are empty.
func (r *Reader) sessionPlaces(rows *[]SessionPlace, interview uuid.UUID) *bun.SelectQuery {
	return r.db.NewSelect().Model(rows).ModelTableExpr(`(SELECT id, application_id, interview_id, slot, starts_at, reply_by, booked_at FROM booking WHERE interview_id = ?0
			UNION ALL SELECT o.id, o.application_id, o.interview_id, o.slot, t.starts_at, o.reply_by, o.created_at
			FROM offer o JOIN slot t ON t.interview_id = o.interview_id AND t.number = o.slot
			WHERE o.wave_id IN (SELECT id FROM wave WHERE interview_id = ?0) AND NOT EXISTS (SELECT FROM booking x WHERE x.id = o.id)) AS place`, interview). // offers are indexed by wave
		ColumnExpr("booking.*").ColumnExpr("place.*, a.person_id").ColumnExpr(placeColumns).
		Join("LEFT JOIN booking ON booking.id = place.id AND booking.interview_id = ?", interview).Join(fmt.Sprintf(placeJoins, "place")).
		OrderExpr("place.starts_at, lower(p.name), place.id")
}

const placeColumns = shownName + ` AS name, p.first_name, p.phone, coalesce(nullif(p.language, ''), v.language) AS language, a.vacancy_id, v.title AS vacancy_title, a.state AS application_state, a.decision, a.rank,
	(SELECT coalesce(jsonb_agg(c.staff_id ORDER BY c.filed_at), '[]') FROM scorecard c WHERE c.application_id = a.id) AS scorers`

const placeJoins = `JOIN application a ON a.id = %s.application_id JOIN person p ON p.id = a.person_id JOIN vacancy v ON v.id = a.vacancy_id`

func (r *Reader) placeRows(rows *[]SessionPlace) *bun.SelectQuery {
	return r.db.NewSelect().Model(rows).ModelTableExpr("booking AS booking").ColumnExpr("booking.*").ColumnExpr(placeColumns).Join(fmt.Sprintf(placeJoins, "booking"))
}

// FreeTime is a time somebody may choose.
type FreeTime struct {
	InterviewID  uuid.UUID             `bun:"interview_id"`
	Slot         int                   `bun:"number"`
	StartsAt     time.Time             `bun:"starts_at"`
	Free         int                   `bun:"free"` // seats; may be gone when it is chosen
	SlotMinutes  int                   `bun:"slot_minutes"`
	WaitMinutes  int                   `bun:"wait_minutes"`
	Zone         string                `bun:"zone"`
	VenueID      uuid.UUID             `bun:"venue_id"`
	VenueName    string                `bun:"venue_name"`
	VenueAddress string                `bun:"venue_address"`
	State        hiring.SessionState   `bun:"state"`
	Rules        hiring.CandidateRules `bun:"rules,type:jsonb"`
	First        bool                  `bun:"-"` // who is owed such a time comes first there
}

// FreeTimes returns at most limit times with a free seat in the vacancy's sessions that its candidates
// may choose at now by the sessions' rules (hiring.CheckSlot), the earliest first; for one who is owed a time that comes
// first also those where he can, whatever seats are taken, but no break. The rules are asked again, and the seat judged, when one is chosen.
func (r *Reader) FreeTimes(ctx context.Context, vacancy uuid.UUID, now time.Time, limit int, owed bool) ([]FreeTime, error) {
	var found []FreeTime
	var all []FreeTime
	err := r.db.NewSelect().TableExpr("interview_vacancy iv").
		ColumnExpr("s.interview_id, s.number, s.starts_at, s.seats - s.taken AS free, i.slot_minutes, i.wait_minutes, i.zone, i.venue_id, w.name AS venue_name, w.address AS venue_address, i.state, i.rules").
		Join("JOIN interview i ON i.id = iv.interview_id JOIN venue w ON w.id = i.venue_id JOIN slot s ON s.interview_id = i.id").
		Where("iv.vacancy_id = ? AND i.state IN ('open', 'running')", vacancy).
		Where("(s.taken < s.seats OR s.seats > 0 AND ?) AND s.starts_at > ?", owed, now).OrderExpr("s.starts_at, s.interview_id, s.number").Limit(2000).Scan(ctx, &all)
	if err == nil && owed {
		all, err = r.firstOf(ctx, all)
	}
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		zone, err := time.LoadLocation(t.Zone)
		if err != nil {
			return nil, err
		}
		if hiring.CheckSlot(t.StartsAt, now, zone, t.State, t.Rules) == nil && len(found) < limit {
			found = append(found, t)
		}
	}
	return found, nil
}
