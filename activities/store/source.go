package store

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
)

// SourceKinds are what a source of responses may be.
var SourceKinds = []string{"board", "referral", "site", "agency", "other"}

// Check judges a source's shape: fault invalid_input with fields name, kind.
func (s Source) Check() error {
	var f fault.Fields
	text(&f, "name", s.Name, true, 100, "100")
	f.Require(slices.Contains(SourceKinds, s.Kind), "kind", "invalid_choice")
	return f.Err()
}

// SaveSource creates a source (Version 0) or changes it. Conflict stale_form, name_taken; not_found;
// invalid_input.
func (c *Catalog) SaveSource(ctx context.Context, act Act, s Source) (Saved, error) {
	if err := s.Check(); err != nil {
		return Saved{}, err
	}
	s.CreatedAt = act.Business
	return c.save(ctx, act, "source", &s.ID, &s.Version, &s, []any{s.Version, s.Name, s.Kind}, []string{"name", "kind"}, "source_name", nil)
}

// ArchiveSource takes a source out of use, or back into it.
func (c *Catalog) ArchiveSource(ctx context.Context, act Act, id uuid.UUID, version int, archived bool) (Saved, error) {
	return c.archive(ctx, act, "source", id, version, archived, "source_name")
}

// Source returns one source. Fault not_found.
func (r *Reader) Source(ctx context.Context, id uuid.UUID) (Source, error) {
	var s Source
	err := r.db.NewSelect().Model(&s).Where("id = ?", id).Scan(ctx)
	return s, missing(err, "source")
}

// Sources returns the sources by name, those in use first; a company has a few dozen, so there are no
// pages (at most 1,000 are read).
func (r *Reader) Sources(ctx context.Context) ([]Source, error) {
	var list []Source
	err := r.db.NewSelect().Model(&list).OrderExpr("archived_at IS NOT NULL, lower(name), id").Limit(1000).Scan(ctx)
	return list, err
}
