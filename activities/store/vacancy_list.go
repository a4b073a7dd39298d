package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Counts is how many applications are in each state.
type Counts map[hiring.State]int

// Of adds up some states.
func (c Counts) Of(states ...hiring.State) (n int) {
	for _, s := range states {
		n += c[s]
	}
	return n
}

// All adds up every state.
func (c Counts) All() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// VacancyFilter narrows a list of vacancies; a zero field does not.
type VacancyFilter struct {
	State string // draft, open, closed
	Text  string // anywhere in title and city
}

// VacancyRow is a vacancy of a list, with how its applications stand.
type VacancyRow struct {
	Vacancy      `bun:",extend"`
	ProfileTitle string          `bun:"profile_title"`
	StateCounts  json.RawMessage `bun:"state_counts"`
	Counts       Counts          `bun:"-"`
}

// Vacancies returns a page of vacancies with their counts, and the next page's cursor. One query.
// Fault invalid bad_cursor.
func (r *Reader) Vacancies(ctx context.Context, f VacancyFilter, p Page) ([]VacancyRow, string, error) {
	if err := CheckText(f.Text, f.State); err != nil {
		return nil, "", err
	}
	at, id, more, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	var list []VacancyRow
	sel := r.db.NewSelect().Model(&list).ModelTableExpr("vacancy AS vacancy").ColumnExpr("vacancy.*").ColumnExpr("p.title AS profile_title").
		ColumnExpr(`(SELECT jsonb_object_agg(c.state, c.n) FROM (SELECT state, count(*) AS n FROM application a WHERE a.vacancy_id = vacancy.id GROUP BY state) c) AS state_counts`).
		Join("JOIN profile AS p ON p.id = vacancy.profile_id").OrderExpr("vacancy.created_at DESC, vacancy.id DESC").Limit(int64(p.limit()) + 1)
	if f.State != "" {
		sel = sel.Where("vacancy.state = ?", f.State)
	}
	if f.Text != "" {
		sel = sel.Where("lower(vacancy.title || ' ' || vacancy.city) LIKE ?", contains(f.Text))
	}
	if more {
		sel = sel.Where("(vacancy.created_at, vacancy.id) < (?, ?)", at, id)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, "", err
	}
	for i := range list {
		if len(list[i].StateCounts) > 0 {
			if err := json.Unmarshal(list[i].StateCounts, &list[i].Counts); err != nil {
				return nil, "", err
			}
		}
	}
	list, next := cut(list, p.limit(), func(v VacancyRow) string { return timeCursor(v.CreatedAt, v.ID) })
	return list, next, nil
}

// Vacancy returns one vacancy. Fault not_found.
func (r *Reader) Vacancy(ctx context.Context, id uuid.UUID) (Vacancy, error) {
	var v Vacancy
	err := r.db.NewSelect().Model(&v).Where("id = ?", id).Scan(ctx)
	return v, missing(err, "vacancy")
}

// SourceResult is what a source brought to a vacancy and what it cost there (minor units; Currency ""
// when the vacancy names no cost for it). SourceID is nil for responses whose source nobody knows.
type SourceResult struct {
	SourceID  *uuid.UUID
	Name      string
	CostMinor int64
	Currency  string
	Responses int
	Arrived   int // came to an interview
	Hired     int // decided to hire, or further
}

// SourceResults returns what each source of a vacancy brought, by name. One query.
func (r *Reader) SourceResults(ctx context.Context, vacancy uuid.UUID) ([]SourceResult, error) {
	var list []SourceResult
	err := r.db.NewRaw(`WITH n AS (
			SELECT source_id, count(*) AS responses,
				count(*) FILTER (WHERE state IN ('arrived', 'interviewed') OR decision IN ('hire', 'reserve') OR EXISTS (
					SELECT FROM booking b WHERE b.application_id = a.id AND b.arrived_at IS NOT NULL)) AS arrived,
				count(*) FILTER (WHERE decision = 'hire') AS hired
			FROM application a WHERE vacancy_id = ?0 GROUP BY source_id),
		cost AS (SELECT source_id, cost_minor, currency FROM vacancy_source WHERE vacancy_id = ?0)
		SELECT s.id AS source_id, coalesce(s.name, '') AS name, coalesce(cost_minor, 0) AS cost_minor, coalesce(currency, '') AS currency,
			coalesce(responses, 0) AS responses, coalesce(arrived, 0) AS arrived, coalesce(hired, 0) AS hired
		FROM n FULL JOIN cost ON cost.source_id = n.source_id LEFT JOIN source s ON s.id = coalesce(n.source_id, cost.source_id)
		ORDER BY lower(s.name) NULLS LAST, s.id`, vacancy).Scan(ctx, &list)
	return list, err
}

// VacancySources returns the sources of a vacancy with their cost there.
func (r *Reader) VacancySources(ctx context.Context, vacancy uuid.UUID) ([]VacancySource, error) {
	var list []VacancySource
	err := r.db.NewSelect().Model(&list).Where("vacancy_id = ?", vacancy).OrderExpr("source_id").Scan(ctx)
	return list, err
}

// VacanciesByID returns these vacancies by id; those that do not exist are absent.
func (r *Reader) VacanciesByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Vacancy, error) {
	var list []Vacancy
	out := map[uuid.UUID]Vacancy{}
	if len(ids) == 0 {
		return out, nil
	}
	err := r.db.NewSelect().Model(&list).Where("id IN (?)", bun.List(ids)).Scan(ctx)
	for _, v := range list {
		out[v.ID] = v
	}
	return out, err
}
