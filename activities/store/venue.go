package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/intake"
	"github.com/stazh/stazh/workflows/photo"
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

// SetVenuePhoto takes a picture by which people find the place, as photo.Read makes it, in place of the one
// there was. Conflict stale_form; not_found; invalid_input with the field file.
func (c *Catalog) SetVenuePhoto(ctx context.Context, act Act, id uuid.UUID, version int, file []byte) (Saved, error) {
	picture, err := photo.Read(file)
	if err != nil {
		return Saved{}, err
	}
	sum := sha256.Sum256(file)
	return c.venuePhoto(ctx, act, id, version, "venue.photo", hex.EncodeToString(sum[:]), &Document{
		Key: act.Actor + "/" + act.Key + "/photo", Kind: "photo", MediaType: photo.MediaType, Body: picture, CreatedAt: act.Business, LinkedAt: &act.Business,
	})
}

// RemoveVenuePhoto deletes the picture, if there is one. Conflict stale_form; not_found.
func (c *Catalog) RemoveVenuePhoto(ctx context.Context, act Act, id uuid.UUID, version int) (Saved, error) {
	return c.venuePhoto(ctx, act, id, version, "venue.photo_removed", "", nil)
}

func (c *Catalog) venuePhoto(ctx context.Context, act Act, id uuid.UUID, version int, step, hash string, picture *Document) (saved Saved, err error) {
	_, err = c.onCatalogue(ctx, act, "venue/"+id.String(), step, []any{version, hash}, &saved, func(ctx context.Context, tx bun.Tx) error {
		saved = Saved{id, version + 1}
		var old, now *uuid.UUID
		if err := tx.NewSelect().Table("venue").Column("photo_id").Where("id = ?", id).Scan(ctx, &old); err != nil {
			return missing(err, "venue")
		}
		if picture != nil {
			picture.ID = uuid.New()
			if _, err := tx.NewInsert().Model(picture).Exec(ctx); err != nil {
				return err
			}
			now = &picture.ID
		}
		res, err := tx.NewUpdate().Table("venue").Set("photo_id = ?, version = ?", now, version+1).Where("id = ? AND version = ?", id, version).Exec(ctx)
		if err := versioned(ctx, tx, "venue", id, res, err); err != nil || old == nil {
			return err
		}
		_, err = tx.NewDelete().Model((*Document)(nil)).Where("id = ?", *old).Exec(ctx)
		return err
	})
	return saved, err
}

// VenuePhoto returns a venue's picture. Fault not_found, also when it has none.
func (r *Reader) VenuePhoto(ctx context.Context, venue uuid.UUID) (Document, error) {
	var d Document
	err := r.db.NewSelect().Model(&d).Where("id = (SELECT photo_id FROM venue WHERE id = ?)", venue).Scan(ctx)
	return d, missing(err, "photo")
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

// UsualVenue returns where a session of the vacancy is most likely held that somebody begins to plan: where its
// own last session was, else in its city, else where that person or anybody made the last one. Without a vacancy
// (uuid.Nil) only the last counts. Fault not_found without a venue.
func (r *Reader) UsualVenue(ctx context.Context, vacancy uuid.UUID, actor string) (uuid.UUID, error) {
	var id uuid.UUID
	err := r.db.NewRaw(`SELECT v.id FROM venue v WHERE v.archived_at IS NULL ORDER BY
			(SELECT max(i.created_at) FROM interview i JOIN interview_vacancy iv ON iv.interview_id = i.id WHERE i.venue_id = v.id AND iv.vacancy_id = ?) DESC NULLS LAST,
			EXISTS (SELECT FROM vacancy WHERE id = ? AND lower(city) = lower(v.city)) DESC,
			(SELECT max(created_at) FROM interview WHERE venue_id = v.id AND created_by = ?) DESC NULLS LAST,
			(SELECT max(created_at) FROM interview WHERE venue_id = v.id) DESC NULLS LAST,
			v.created_at DESC, v.id LIMIT 1`, vacancy, vacancy, actor).Scan(ctx, &id)
	return id, missing(err, "venue")
}
