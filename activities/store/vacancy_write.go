package store

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// The states of a vacancy.
const (
	VacancyDraft  = "draft"
	VacancyOpen   = "open"
	VacancyClosed = "closed"
)

// Languages are those people may be written to in.
var Languages = []string{"en", "bg", "ru"}

// MaxCostMinor bounds a source's cost: a hundred million in whole units.
const MaxCostMinor = 10_000_000_000

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

// Check judges a vacancy's shape: fault invalid_input with fields profile, title, city, zone, language,
// headcount, pay_level, state.
func (v Vacancy) Check() error {
	var f fault.Fields
	f.Require(v.ProfileID != uuid.Nil, "profile", "choose_one")
	text(&f, "title", v.Title, true, 200, "200")
	place(&f, v.City, v.Zone)
	f.Require(slices.Contains(Languages, v.Language), "language", "invalid_choice")
	f.Require(v.Headcount >= 1, "headcount", "too_small:1")
	f.Require(v.Headcount <= 1000, "headcount", "too_large:1000")
	f.Require(v.PayLevel >= 1 && v.PayLevel <= 4, "pay_level", "choose_one")
	f.Require(slices.Contains([]string{VacancyDraft, VacancyOpen, VacancyClosed}, v.State), "state", "choose_one")
	return f.Err()
}

func checkSources(sources []VacancySource) error {
	var f fault.Fields
	seen := map[uuid.UUID]bool{}
	f.Require(len(sources) <= 100, "sources", "too_long")
	for _, s := range sources {
		field := "cost_" + s.SourceID.String()
		f.Require(!seen[s.SourceID], "sources", "duplicate")
		seen[s.SourceID] = true
		f.Require(s.CostMinor >= 0 && s.CostMinor <= MaxCostMinor, field, "invalid_money")
		f.Require(currencyCode.MatchString(s.Currency), field, "invalid_choice")
	}
	return f.Err()
}

// SaveVacancy creates a vacancy (Version 0) or changes it, together with its sources and what they cost
// (minor units). Conflict stale_form; not_found; invalid_input, with profile "unknown" when there is no
// such profile and sources "unknown" when there is no such source.
func (c *Catalog) SaveVacancy(ctx context.Context, act Act, v Vacancy, sources []VacancySource) (Saved, error) {
	if err := v.Check(); err != nil {
		return Saved{}, err
	}
	if err := checkSources(sources); err != nil {
		return Saved{}, err
	}
	args := []any{v.Version, v.ProfileID, v.Title, v.City, v.Zone, v.Language, v.Headcount, v.PayLevel, v.State, v.Public, sourceArgs(sources)}
	v.CreatedAt, v.CreatedBy, v.ClosedAt = act.Business, act.staff(), nil
	if v.State == VacancyClosed {
		v.ClosedAt = &act.Business
	}
	columns := []string{"profile_id", "title", "city", "zone", "language", "headcount", "pay_level", "state", "public", "closed_at"}
	saved, err := c.save(ctx, act, "vacancy", &v.ID, &v.Version, &v, args, columns, "", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*VacancySource)(nil)).Where("vacancy_id = ?", v.ID).Exec(ctx); err != nil || len(sources) == 0 {
			return err
		}
		list := slices.Clone(sources)
		for i := range list {
			list[i].VacancyID = v.ID
		}
		_, err := tx.NewInsert().Model(&list).Exec(ctx)
		return err
	})
	switch {
	case violates(err, "vacancy_profile_id_fkey"):
		return Saved{}, field("profile", "unknown")
	case violates(err, "vacancy_source_source_id_fkey"):
		return Saved{}, field("sources", "unknown")
	}
	return saved, err
}

func sourceArgs(sources []VacancySource) []any {
	var out []any
	for _, s := range sources {
		out = append(out, s.SourceID, s.CostMinor, s.Currency)
	}
	return out
}

// field is an invalid fault of one field.
func field(name, code string) error {
	var f fault.Fields
	f.Add(name, code)
	return f.Err()
}

// SetVacancyState opens, closes or drafts a vacancy. Conflict stale_form; not_found; invalid_input.
func (c *Catalog) SetVacancyState(ctx context.Context, act Act, id uuid.UUID, version int, state string) (saved Saved, err error) {
	if !slices.Contains([]string{VacancyDraft, VacancyOpen, VacancyClosed}, state) {
		return saved, field("state", "choose_one")
	}
	var closed *time.Time
	if state == VacancyClosed {
		closed = &act.Business
	}
	_, err = c.onCatalogue(ctx, act, "vacancy/"+id.String(), "vacancy."+state, version, &saved, func(ctx context.Context, tx bun.Tx) error {
		saved = Saved{id, version + 1}
		res, err := tx.NewUpdate().Model((*Vacancy)(nil)).Set("state = ?, closed_at = ?, version = ?", state, closed, version+1).
			Where("id = ? AND version = ?", id, version).Exec(ctx)
		return versioned(ctx, tx, "vacancy", id, res, err)
	})
	return saved, err
}
