package store

import (
	"context"
	"net/url"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
)

// Check judges a venue's shape: fault invalid_input with fields name, city, zone, address, map_url,
// directions, phone, room.
func (v Venue) Check() error {
	var f fault.Fields
	text(&f, "name", v.Name, true, 100, "100")
	place(&f, v.City, v.Zone)
	text(&f, "address", v.Address, true, 300, "300")
	text(&f, "map_url", v.MapURL, false, 1000, "1000")
	if u, err := url.Parse(v.MapURL); v.MapURL != "" {
		f.Require(err == nil && u.Scheme == "https" && u.Host != "", "map_url", "invalid_url")
	}
	text(&f, "directions", v.Directions, false, 5000, "5000")
	if _, err := intake.NormalisePhone(v.Phone); v.Phone != "" {
		f.Require(err == nil, "phone", "invalid_phone")
	}
	f.Require(v.Room >= 1, "room", "too_small:1")
	f.Require(v.Room <= 1000, "room", "too_large:1000")
	return f.Err()
}

// SaveVenue creates a venue (Version 0) or changes it; sessions that have it show the change. Conflict
// stale_form, name_taken within its city; not_found; invalid_input.
func (c *Catalog) SaveVenue(ctx context.Context, act Act, v Venue) (Saved, error) {
	if err := v.Check(); err != nil {
		return Saved{}, err
	}
	if v.Phone != "" {
		v.Phone, _ = intake.NormalisePhone(v.Phone) // judged by Check
	}
	args := []any{v.Version, v.Name, v.City, v.Zone, v.Address, v.MapURL, v.Directions, v.Phone, v.Room}
	v.CreatedAt = act.Business
	return c.save(ctx, act, "venue", &v.ID, &v.Version, &v, args,
		[]string{"name", "city", "zone", "address", "map_url", "directions", "phone", "room"}, "venue_name", nil)
}

// ArchiveVenue takes a venue out of use, or back into it.
func (c *Catalog) ArchiveVenue(ctx context.Context, act Act, id uuid.UUID, version int, archived bool) (Saved, error) {
	return c.archive(ctx, act, "venue", id, version, archived, "venue_name")
}

// Venue returns one venue. Fault not_found.
func (r *Reader) Venue(ctx context.Context, id uuid.UUID) (Venue, error) {
	var v Venue
	err := r.db.NewSelect().Model(&v).Where("id = ?", id).Scan(ctx)
	return v, missing(err, "venue")
}

// Venues returns a page of venues and the cursor of the next. Faults: invalid bad_cursor, bad_text.
func (r *Reader) Venues(ctx context.Context, f CatalogueFilter, p Page) ([]Venue, string, error) {
	var list []Venue
	q, err := f.query(r.db.NewSelect().Model(&list), "name || ' ' || city", p)
	if err == nil {
		err = q.Scan(ctx)
	}
	if err != nil {
		return nil, "", err
	}
	list, next := cut(list, p.limit(), func(one Venue) string { return timeCursor(one.CreatedAt, one.ID) })
	return list, next, nil
}
