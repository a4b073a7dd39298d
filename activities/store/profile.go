package store

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
)

// RequirementKinds are what a requirement may be about.
var RequirementKinds = []string{"education", "experience", "skill", "language", "quality"}

// MaxRequirements bounds a profile.
const MaxRequirements = 60

// Check judges a profile's shape: fault invalid_input with fields title, duties, rights, liability,
// requirements.
func (p Profile) Check() error {
	var f fault.Fields
	text(&f, "title", p.Title, true, 200, "200")
	text(&f, "duties", p.Duties, false, 20000, "20000")
	text(&f, "rights", p.Rights, false, 20000, "20000")
	text(&f, "liability", p.Liability, false, 20000, "20000")
	f.Require(len(p.Requirements) <= MaxRequirements, "requirements", "too_long")
	for _, r := range p.Requirements {
		f.Require(slices.Contains(RequirementKinds, r.Kind), "requirements", "invalid_choice")
		text(&f, "requirements", r.Text, true, 500, "500")
	}
	return f.Err()
}

// SaveProfile creates a profile (Version 0) or changes it, if it still has the version sent. Conflict
// stale_form, name_taken among profiles in use; not_found; invalid_input.
func (c *Catalog) SaveProfile(ctx context.Context, act Act, p Profile) (Saved, error) {
	if err := p.Check(); err != nil {
		return Saved{}, err
	}
	if p.Requirements == nil {
		p.Requirements = []Requirement{}
	}
	args := []any{p.Version, p.Title, p.Duties, p.Rights, p.Liability, p.Requirements}
	p.CreatedAt = act.Business
	return c.save(ctx, act, "profile", &p.ID, &p.Version, &p, args, []string{"title", "duties", "rights", "liability", "requirements"}, "profile_title", nil)
}

// ArchiveProfile takes a profile out of use, or back into it. Vacancies that have it keep it.
func (c *Catalog) ArchiveProfile(ctx context.Context, act Act, id uuid.UUID, version int, archived bool) (Saved, error) {
	return c.archive(ctx, act, "profile", id, version, archived, "profile_title")
}

// Profile returns one profile. Fault not_found.
func (r *Reader) Profile(ctx context.Context, id uuid.UUID) (Profile, error) {
	var p Profile
	err := r.db.NewSelect().Model(&p).Where("id = ?", id).Scan(ctx)
	return p, missing(err, "profile")
}

// Profiles returns a page of profiles and the cursor of the next. Faults: invalid bad_cursor, bad_text.
func (r *Reader) Profiles(ctx context.Context, f CatalogueFilter, p Page) ([]Profile, string, error) {
	var list []Profile
	q, err := f.query(r.db.NewSelect().Model(&list), "title", p)
	if err == nil {
		err = q.Scan(ctx)
	}
	if err != nil {
		return nil, "", err
	}
	list, next := cut(list, p.limit(), func(one Profile) string { return timeCursor(one.CreatedAt, one.ID) })
	return list, next, nil
}
