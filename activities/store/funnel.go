package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// The ways a funnel can be cut.
const (
	FunnelByVacancy = "vacancy"
	FunnelBySource  = "source"
	FunnelByCity    = "city" // of the vacancy
	FunnelByWeek    = "week" // of the response, from Monday in the zone asked for
)

// FunnelCuts lists them in the order of the page.
var FunnelCuts = []string{FunnelByVacancy, FunnelBySource, FunnelByCity, FunnelByWeek}

// funnelKeys are the expressions of a cut: what rows are grouped by, and its name. ?0 is the zone.
var funnelKeys = map[string]struct{ key, name string }{
	FunnelByVacancy: {"a.vacancy_id::text", "(SELECT title FROM vacancy WHERE id = k.key::uuid)"},
	FunnelBySource:  {"coalesce(a.source_id::text, '')", "(SELECT name FROM source WHERE id = nullif(k.key, '')::uuid)"},
	FunnelByCity:    {"v.city", "k.key"},
	FunnelByWeek:    {"to_char(date_trunc('week', a.responded_at AT TIME ZONE ?0), 'YYYY-MM-DD')", "k.key"},
}

// funnelLines is how many lines of a cut are shown; the largest, or the latest weeks.
const funnelLines = 200

// FunnelQuery asks for the people who responded from From up to To (either may be zero).
type FunnelQuery struct {
	By       string
	From, To time.Time
	Zone     string // of weeks, e.g. Europe/Moscow
}

// FunnelCounts are people by how far they came; each stage holds those of the next.
type FunnelCounts struct {
	Responded int `json:"responded"`
	Invited   int `json:"invited"`
	Confirmed int `json:"confirmed"`
	Came      int `json:"came"`
	Fit       int `json:"fit"`   // recommended for hiring by an interviewer, or hired
	Hired     int `json:"hired"` // decided to be hired
}

// FunnelCost is what the people of a line cost in one currency, in minor units, rounded to the nearest;
// a zero divisor leaves 0. Only responses of priced sources count in the divisors.
type FunnelCost struct {
	Currency    string `json:"currency"`
	Responded   int    `json:"responded"` // what Total is divided by
	Came        int    `json:"came"`
	Hired       int    `json:"hired"`
	Total       int64  `json:"total_minor"`
	PerResponse int64  `json:"per_response_minor"`
	PerArrival  int64  `json:"per_arrival_minor"`
	PerHire     int64  `json:"per_hire_minor"`
}

// FunnelLine is one vacancy, source, city or week.
type FunnelLine struct {
	Key  string `json:"key"`  // id, city, or the week's Monday; "" without a source
	Name string `json:"name"` // as people know it; "" without a source
	FunnelCounts
	Costs []FunnelCost `json:"costs"`
}

// Funnel is the way from response to hire.
type Funnel struct {
	Total FunnelCounts `json:"total"`
	Lines []FunnelLine `json:"lines"`
}

// funnelQuery counts people by line and currency. A source's price for a vacancy is spread evenly over
// all responses it ever brought, so that a part of the time bears its part. (A source that brought none
// is on no line.)
const funnelQuery = `WITH pair AS (
		SELECT ?1 AS key, a.vacancy_id, a.source_id, count(*) AS responded,
			count(*) FILTER (WHERE b.application_id IS NOT NULL) AS invited,
			count(*) FILTER (WHERE b.confirmed OR b.came) AS confirmed,
			count(*) FILTER (WHERE b.came) AS came,
			count(*) FILTER (WHERE b.came AND (s.application_id IS NOT NULL OR a.decision = 'hire')) AS fit,
			count(*) FILTER (WHERE b.came AND a.decision = 'hire') AS hired
		FROM application a JOIN vacancy v ON v.id = a.vacancy_id
		LEFT JOIN (SELECT application_id, bool_or(confirmed_at IS NOT NULL) AS confirmed, bool_or(state IN (?2)) AS came FROM booking GROUP BY application_id) b
			ON b.application_id = a.id
		LEFT JOIN (SELECT DISTINCT application_id FROM scorecard WHERE recommendation = 'hire') s ON s.application_id = a.id
		WHERE a.responded_at >= ?3 AND a.responded_at < ?4
		GROUP BY 1, 2, 3),
	priced AS (SELECT p.*, vs.currency, vs.cost_minor * p.responded::numeric / (SELECT count(*) FROM application o WHERE o.vacancy_id = p.vacancy_id AND o.source_id = p.source_id) AS cost
		FROM pair p LEFT JOIN vacancy_source vs ON vs.vacancy_id = p.vacancy_id AND vs.source_id = p.source_id AND vs.cost_minor > 0),
	line AS (SELECT key, coalesce(currency, '') AS currency, coalesce(round(sum(cost)), 0)::bigint AS cost, sum(responded)::int AS responded, sum(invited)::int AS invited,
		sum(confirmed)::int AS confirmed, sum(came)::int AS came, sum(fit)::int AS fit, sum(hired)::int AS hired FROM priced GROUP BY 1, 2)
	SELECT k.*, coalesce(?5, '') AS name FROM line k ORDER BY key, currency`

// Funnel counts the people of a time by how far they came. Fault invalid_input: by, zone.
func (r *Reader) Funnel(ctx context.Context, q FunnelQuery) (Funnel, error) {
	out := Funnel{Lines: []FunnelLine{}}
	cut, known := funnelKeys[q.By]
	_, err := time.LoadLocation(q.Zone)
	var f fault.Fields
	f.Require(known, "by", "unknown")
	f.Require(err == nil && q.Zone != "Local", "zone", "invalid_zone")
	if err := f.Err(); err != nil {
		return out, err
	}
	if q.Zone == "" {
		q.Zone = "UTC"
	}
	if q.To.IsZero() {
		q.To = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if q.From.IsZero() {
		q.From = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var rows []struct {
		Key          string
		Name         string
		Currency     string
		Cost         int64
		FunnelCounts `bun:",extend"`
	}
	if err := r.funnelSelect(q, cut.key, cut.name).Scan(ctx, &rows); err != nil {
		return out, err
	}
	for _, row := range rows {
		if n := len(out.Lines); n == 0 || out.Lines[n-1].Key != row.Key {
			out.Lines = append(out.Lines, FunnelLine{Key: row.Key, Name: row.Name, Costs: []FunnelCost{}})
		}
		line := &out.Lines[len(out.Lines)-1]
		line.add(row.FunnelCounts)
		out.Total.add(row.FunnelCounts)
		if row.Currency != "" {
			line.Costs = append(line.Costs, FunnelCost{
				Currency: row.Currency, Responded: row.Responded, Came: row.Came, Hired: row.Hired, Total: row.Cost,
				PerResponse: each(row.Cost, row.Responded), PerArrival: each(row.Cost, row.Came), PerHire: each(row.Cost, row.Hired),
			})
		}
	}
	slices.SortStableFunc(out.Lines, func(a, b FunnelLine) int {
		if q.By == FunnelByWeek {
			if a.Key > b.Key {
				return -1
			}
			return 1
		}
		return b.Responded - a.Responded
	})
	out.Lines = out.Lines[:min(len(out.Lines), funnelLines)]
	return out, nil
}

func (r *Reader) funnelSelect(q FunnelQuery, key, name string) *bun.RawQuery {
	came, _ := taught()
	by := bun.SafeQuery(key)
	if strings.Contains(key, "?0") { // bun warns of arguments that no placeholder takes
		by = bun.SafeQuery(key, q.Zone)
	}
	return r.db.NewRaw(funnelQuery, q.Zone, by, bun.List(append(came, hiring.BookingWalkIn)), q.From, q.To, bun.Safe(name))
}

func (c *FunnelCounts) add(o FunnelCounts) {
	c.Responded += o.Responded
	c.Invited += o.Invited
	c.Confirmed += o.Confirmed
	c.Came += o.Came
	c.Fit += o.Fit
	c.Hired += o.Hired
}

// each is a share of a sum of money, rounded half up.
func each(total int64, n int) int64 {
	if n == 0 {
		return 0
	}
	return (total + int64(n)/2) / int64(n)
}

// FunnelVacancy is an open vacancy's past, for what it still needs.
type FunnelVacancy struct {
	ID                uuid.UUID
	Title             string
	City              string
	hiring.FunnelPast `bun:",extend"`
}

const funnelVacancies = `SELECT v.id, v.title, v.city, v.headcount, a.responded, a.hired, a.shortlist, a.unread, b.invited, b.came, s.sessions
	FROM (SELECT * FROM vacancy WHERE state = 'open' ORDER BY created_at DESC, id DESC LIMIT ?) v
	CROSS JOIN LATERAL (SELECT count(*) AS responded, count(*) FILTER (WHERE decision = 'hire') AS hired, count(*) FILTER (WHERE state = 'shortlisted') AS shortlist,
		count(*) FILTER (WHERE state = 'responded') AS unread FROM application WHERE vacancy_id = v.id) a
	CROSS JOIN LATERAL (SELECT count(DISTINCT b.application_id) AS invited, count(DISTINCT b.application_id) FILTER (WHERE b.state IN (?)) AS came
		FROM booking b JOIN application a ON a.id = b.application_id WHERE a.vacancy_id = v.id) b
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE i.state = 'closed') AS sessions
		FROM interview_vacancy iv JOIN interview i ON i.id = iv.interview_id WHERE iv.vacancy_id = v.id) s
	ORDER BY v.created_at DESC, v.id DESC`

// FunnelVacancies returns the newest open vacancies, at most 50, with what they have seen, over all time.
func (r *Reader) FunnelVacancies(ctx context.Context) ([]FunnelVacancy, error) {
	came, _ := taught()
	var list []FunnelVacancy
	err := r.db.NewRaw(funnelVacancies, 50, bun.List(append(came, hiring.BookingWalkIn))).Scan(ctx, &list)
	return list, err
}

const funnelSeats = `SELECT array_agg(iv.vacancy_id ORDER BY iv.vacancy_id) AS vacancies, max(f.free) AS free
	FROM interview i CROSS JOIN LATERAL (SELECT coalesce(sum(greatest(seats - taken, 0)), 0) AS free FROM slot WHERE interview_id = i.id) f
	JOIN interview_vacancy iv ON iv.interview_id = i.id AND iv.vacancy_id IN (?)
	WHERE i.state = 'open' AND f.free > 0 GROUP BY i.id ORDER BY min(i.starts_at), i.id LIMIT ?`

// FunnelSeats returns the next sessions, at most so many, with seats still free that are held for any of these vacancies,
// which their Vacancies name by index, and whether there are more.
func (r *Reader) FunnelSeats(ctx context.Context, vacancies []uuid.UUID, most int) (next []hiring.FunnelSeats, more bool, err error) {
	if len(vacancies) == 0 {
		return nil, false, nil
	}
	var rows []struct {
		Vacancies []uuid.UUID `bun:",array"`
		Free      int
	}
	if err := r.db.NewRaw(funnelSeats, bun.List(vacancies), most+1).Scan(ctx, &rows); err != nil {
		return nil, false, err
	}
	more = len(rows) > most
	rows = rows[:min(len(rows), most)]
	out := make([]hiring.FunnelSeats, len(rows))
	for i, row := range rows {
		out[i].Free = row.Free
		for _, id := range row.Vacancies {
			out[i].Vacancies = append(out[i].Vacancies, slices.Index(vacancies, id))
		}
	}
	return out, more, nil
}
