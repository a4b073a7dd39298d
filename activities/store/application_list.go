package store

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

// ApplicationFilter narrows a list of applications; a zero field does not.
type ApplicationFilter struct {
	Vacancy   uuid.UUID
	Interview uuid.UUID // with a booking in this session, whatever became of it
	Source    uuid.UUID
	Batch     uuid.UUID
	Person    uuid.UUID
	States    []hiring.State
	Decision  hiring.Decision
	Text      string // the beginning of a name; or a whole address or telephone number
	ByRank    bool   // HR's order (rank, then the earliest response) instead of the newest response first
}

// ApplicationRow is an application with all that a list shows of it. The booking is the one that matters
// now: an open one if there is, a confirmed one before an invitation, else the latest.
type ApplicationRow struct {
	Application   `bun:",extend"`
	Name          string     `bun:"name"`
	FirstName     string     `bun:"first_name"`
	Email         string     `bun:"email"`
	Phone         string     `bun:"phone"`
	PersonCity    string     `bun:"person_city"`
	BirthYear     *int       `bun:"birth_year"`
	Language      string     `bun:"language"` // of mails to the person: his own, else the vacancy's
	ErasedAt      *time.Time `bun:"erased_at"`
	PersonVersion int        `bun:"person_version"`
	VacancyTitle  string     `bun:"vacancy_title"`
	VacancyCity   string     `bun:"vacancy_city"`
	VacancyZone   string     `bun:"vacancy_zone"`
	VacancyState  string     `bun:"vacancy_state"`
	SourceName    string     `bun:"source_name"` // empty: unknown
	Others        int        `bun:"others"`      // the person's applications to other vacancies
	Scorecards    int        `bun:"scorecards"`
	Bookings      int        `bun:"bookings"`
	// The booking that matters now; BookingID is nil when there is none.
	BookingID        *uuid.UUID        `bun:"booking_id"`
	BookingState     hiring.Attendance `bun:"booking_state"`
	BookingVersion   int               `bun:"booking_version"`
	BookingInterview *uuid.UUID        `bun:"booking_interview"`
	BookingSlot      int               `bun:"booking_slot"`
	BookingStartsAt  *time.Time        `bun:"booking_starts_at"`
	BookingReplyBy   *time.Time        `bun:"booking_reply_by"`
	BookingArrivedAt *time.Time        `bun:"booking_arrived_at"`
	BookingLate      *int              `bun:"booking_late"` // minutes announced
	BookingZone      string            `bun:"booking_zone"`
	BookingVenue     string            `bun:"booking_venue"`
}

var applicationColumns = `application.*, ` + shownName + ` AS name, p.first_name, ` + addressOf("p") + ` AS email, p.phone, p.city AS person_city, p.birth_year, p.version AS person_version,
	coalesce(nullif(p.language, ''), v.language) AS language, p.erased_at,
	v.title AS vacancy_title, v.city AS vacancy_city, v.zone AS vacancy_zone, v.state AS vacancy_state,
	coalesce(s.name, '') AS source_name,
	(SELECT count(*) FROM application o WHERE o.person_id IN (` + sameAsP + `) AND o.id <> application.id) AS others,
	(SELECT count(*) FROM scorecard c WHERE c.application_id = application.id) AS scorecards,
	(SELECT count(*) FROM booking c WHERE c.application_id = application.id) AS bookings,
	b.id AS booking_id, coalesce(b.state, '') AS booking_state, coalesce(b.version, 0) AS booking_version,
	b.interview_id AS booking_interview, coalesce(b.slot, 0) AS booking_slot, b.starts_at AS booking_starts_at,
	b.reply_by AS booking_reply_by, b.arrived_at AS booking_arrived_at, b.late_minutes AS booking_late,
	coalesce(i.zone, '') AS booking_zone, coalesce(w.name, '') AS booking_venue`

const applicationJoins = `JOIN person p ON p.id = application.person_id
	JOIN vacancy v ON v.id = application.vacancy_id
	LEFT JOIN source s ON s.id = application.source_id
	LEFT JOIN LATERAL (SELECT * FROM booking WHERE application_id = application.id ORDER BY CASE
		WHEN state IN ('confirmed', 'arrived', 'arrived_late', 'walk_in') THEN 0 WHEN state = 'invited' THEN 1 ELSE 2 END,
		replaced_by IS NOT NULL, booked_at DESC, id DESC LIMIT 1) b ON true
	LEFT JOIN interview i ON i.id = b.interview_id
	LEFT JOIN venue w ON w.id = i.venue_id`

func (r *Reader) applicationRows(rows *[]ApplicationRow) *bun.SelectQuery {
	return r.db.NewSelect().Model(rows).ModelTableExpr("application AS application").ColumnExpr(applicationColumns).Join(applicationJoins)
}

// Applications returns a page of a list of applications and the cursor of the next one, empty at the
// end. Faults: invalid bad_cursor, bad_text.
func (r *Reader) Applications(ctx context.Context, f ApplicationFilter, p Page) ([]ApplicationRow, string, error) {
	var rows []ApplicationRow
	q, err := r.applicationQuery(&rows, f, p)
	if err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", err
	}
	rows, next := cut(rows, p.limit(), func(a ApplicationRow) string {
		if f.ByRank {
			return cursor(strconv.Itoa(rankOf(a.Rank)), a.RespondedAt.UTC().Format(time.RFC3339Nano), a.ID.String())
		}
		return timeCursor(a.RespondedAt, a.ID)
	})
	return rows, next, nil
}

func (r *Reader) applicationQuery(rows *[]ApplicationRow, f ApplicationFilter, p Page) (*bun.SelectQuery, error) {
	q := r.applicationRows(rows).Limit(int64(p.limit()) + 1)
	q, err := f.apply(q)
	if err != nil {
		return nil, err
	}
	if f.ByRank {
		return pageByRank(q, p.Cursor)
	}
	at, id, ok, err := readTimeCursor(p.Cursor)
	if ok {
		q = q.Where("(application.responded_at, application.id) < (?, ?)", at, id)
	}
	return q.OrderExpr("application.responded_at DESC, application.id DESC"), err
}

// unranked stands behind every rank.
const unranked = 1 << 30

func rankOf(rank *int) int {
	if rank == nil {
		return unranked
	}
	return *rank
}

func pageByRank(q *bun.SelectQuery, text string) (*bun.SelectQuery, error) {
	parts, err := readCursor(text, 3)
	if err != nil {
		return nil, err
	}
	if parts != nil {
		rank, err := strconv.ParseInt(parts[0], 10, 32)
		at, _, ok, bad := readTimeCursor(cursor(parts[1:]...))
		if err != nil || bad != nil || !ok {
			return nil, fault.New(fault.Invalid, "bad_cursor")
		}
		q = q.Where("(coalesce(application.rank, ?), application.responded_at, application.id) > (?, ?, ?)", unranked, rank, at, parts[2])
	}
	return q.OrderExpr("coalesce(application.rank, ?), application.responded_at, application.id", unranked), nil
}

func (f ApplicationFilter) apply(q *bun.SelectQuery) (*bun.SelectQuery, error) {
	if err := CheckText(f.Text, string(f.Decision)); err != nil {
		return nil, err
	}
	for column, id := range map[string]uuid.UUID{"vacancy_id": f.Vacancy, "source_id": f.Source, "batch_id": f.Batch} {
		if id != uuid.Nil {
			q = q.Where("application.? = ?", bun.Ident(column), id)
		}
	}
	if f.Person != uuid.Nil {
		q = q.Where("application.person_id IN ("+samePerson+")", f.Person)
	}
	if f.Interview != uuid.Nil {
		q = q.Where("application.id IN (SELECT application_id FROM booking WHERE interview_id = ?)", f.Interview)
	}
	switch len(f.States) {
	case 0:
	case 1: // an equality keeps the order of index application_state
		q = q.Where("application.state = ?", f.States[0])
	default:
		q = q.Where("application.state IN (?)", bun.List(f.States))
	}
	if f.Decision != "" {
		q = q.Where("application.decision = ?", f.Decision)
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		q = q.Where("application.person_id IN (?)", people(q.DB(), text))
	}
	return q, nil
}

// people are those whom a search means. Each way to find somebody is a question of its own, so that each
// is answered from its index: by the beginning of the name, by the whole address, by the whole number.
func people(db *bun.DB, text string) *bun.SelectQuery {
	q := db.NewSelect().Table("person").Column("id").Where("lower(name) LIKE ?", likeText(strings.ToLower(text))+"%")
	if email, err := intake.NormaliseEmail(text); err == nil {
		for _, merged := range []string{"NULL", "NOT NULL"} { // each has its index
			q = q.Union(db.NewSelect().Table("person").Column("id").Where("email <> '' AND merged_into IS "+merged+" AND email = ?", email))
		}
	}
	if phone, err := intake.NormalisePhone(text); err == nil {
		q = q.Union(db.NewSelect().Table("person").Column("id").Where("phone <> '' AND phone = ?", phone))
	}
	// Whoever was merged is found by what any of his records says.
	same := db.NewSelect().TableExpr("(?) AS met", q).Join("JOIN person m ON m.id = met.id").ColumnExpr("coalesce(m.merged_into, m.id) AS id")
	return db.NewSelect().TableExpr("(?) AS root", same).Column("root.id").
		Union(db.NewSelect().TableExpr("(?) AS root", same).Join("JOIN person x ON x.merged_into = root.id").Column("x.id"))
}

// likeText escapes what LIKE would take for patterns.
func likeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// ApplicationRow returns one application as lists show it. Fault not_found.
func (r *Reader) ApplicationRow(ctx context.Context, id uuid.UUID) (ApplicationRow, error) {
	var rows []ApplicationRow
	err := r.applicationRows(&rows).Where("application.id = ?", id).Scan(ctx)
	if err == nil && len(rows) == 0 {
		err = fault.Missing("application")
	}
	if err != nil {
		return ApplicationRow{}, err
	}
	return rows[0], nil
}

// CountByState returns how many of a vacancy's applications stand where; uuid.Nil counts all vacancies'.
func (r *Reader) CountByState(ctx context.Context, vacancy uuid.UUID) (map[hiring.State]int, error) {
	var rows []struct {
		State hiring.State
		N     int
	}
	q := r.db.NewSelect().Table("application").ColumnExpr("state, count(*) AS n").Group("state")
	if vacancy != uuid.Nil {
		q = q.Where("vacancy_id = ?", vacancy)
	}
	err := q.Scan(ctx, &rows)
	counts := map[hiring.State]int{}
	for _, row := range rows {
		counts[row.State] = row.N
	}
	return counts, err
}

// ScorecardRow is a scorecard with its author's name and what he wrote: evidence by criterion, and
// "summary". Who may see it is asked of staff.SeesScorecard by the caller.
type ScorecardRow struct {
	Scorecard `bun:",extend"`
	StaffName string            `bun:"staff_name"`
	NoteBody  []byte            `bun:"note_body"`
	Notes     map[string]string `bun:"-"`
}

// ScorecardRows returns an application's scorecards with authors and notes, the earliest first.
func (r *Reader) ScorecardRows(ctx context.Context, application uuid.UUID) ([]ScorecardRow, error) {
	var rows []ScorecardRow
	err := r.db.NewSelect().Model(&rows).ModelTableExpr("scorecard AS scorecard").
		ColumnExpr("scorecard.*, s.name AS staff_name, d.body AS note_body").
		Join("JOIN staff s ON s.id = scorecard.staff_id LEFT JOIN document d ON d.id = scorecard.note_id").
		Where("scorecard.application_id = ?", application).OrderExpr("scorecard.filed_at, scorecard.id").Scan(ctx)
	for i, row := range rows {
		if row.NoteBody != nil && json.Unmarshal(row.NoteBody, &rows[i].Notes) != nil {
			rows[i].Notes = map[string]string{"summary": string(row.NoteBody)}
		}
	}
	return rows, err
}
