package store

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// Saved is the answer of a change of catalogue data, and what the journal keeps of it.
type Saved struct {
	ID      uuid.UUID `json:"id"`
	Version int       `json:"version"`
}

// idSpace separates ids derived from commands from all others.
var idSpace = uuid.MustParse("6f2f8a4e-5a0e-5c63-9d0e-3c2b7c1f4a10")

// NewID is the id of what this act creates: derived from its actor and key, so that the act repeated
// names the same thing.
func (a Act) NewID() uuid.UUID { return uuid.NewSHA1(idSpace, []byte(a.Actor+"\n"+a.Key)) }

// staff returns the member of staff who acts, or nil for a token or the system.
func (a Act) staff() *uuid.UUID {
	text, ok := strings.CutPrefix(a.Actor, "staff/")
	id, err := uuid.Parse(text)
	if !ok || err != nil {
		return nil
	}
	return &id
}

// onCatalogue does fn once for the act's key, in one transaction. The subject is locked by name, not by
// its row, because at a creation there is none yet; that keeps the journal's chain of the subject whole.
// What fn puts into result is journalled: ids, codes and numbers only.
func (c *Catalog) onCatalogue(ctx context.Context, act Act, subject, step string, args, result any, fn func(context.Context, bun.Tx) error) (repeated bool, err error) {
	err = c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lockSubject(ctx, tx, subject); err != nil {
			return err
		}
		entry := Entry{Subject: subject, Actor: act.Actor, Key: act.Key, Step: step, Args: args, At: act.Business}
		repeated, err = once(ctx, tx, entry, result, func() error { return fn(ctx, tx) })
		return err
	})
	return repeated, err
}

func lockSubject(ctx context.Context, tx bun.Tx, subject string) error {
	_, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtextextended(?, 7))", subject).Exec(ctx)
	return err
}

// save creates (Version 0) or changes one row of catalogue data. model is the row, its fields id and
// version those pointed to; columns are what a change may touch.
func (c *Catalog) save(ctx context.Context, act Act, table string, id *uuid.UUID, version *int, model any, args any, columns []string,
	unique string, also func(context.Context, bun.Tx) error,
) (saved Saved, err error) {
	sent, step := *version, table+".change"
	if sent == 0 {
		*id, step = act.NewID(), table+".create"
	}
	_, err = c.onCatalogue(ctx, act, table+"/"+id.String(), step, args, &saved, func(ctx context.Context, tx bun.Tx) error {
		*version = sent + 1
		if sent == 0 {
			if _, err := tx.NewInsert().Model(model).Exec(ctx); err != nil {
				return err
			}
		} else {
			res, err := tx.NewUpdate().Model(model).WherePK().Where("version = ?", sent).Column(append(columns, "version")...).Exec(ctx)
			if err := versioned(ctx, tx, table, *id, res, err); err != nil {
				return err
			}
		}
		saved = Saved{*id, *version}
		if also == nil {
			return nil
		}
		return also(ctx, tx)
	})
	if unique != "" && violates(err, unique) {
		err = fault.New(fault.Conflict, "name_taken")
	}
	return saved, err
}

// archive sets or clears archived_at. Fault stale_form, not_found, name_taken when a name came back that
// another has meanwhile.
func (c *Catalog) archive(ctx context.Context, act Act, table string, id uuid.UUID, version int, archived bool, unique string) (saved Saved, err error) {
	step, at := table+".restore", (*time.Time)(nil)
	if archived {
		step, at = table+".archive", &act.Business
	}
	_, err = c.onCatalogue(ctx, act, table+"/"+id.String(), step, version, &saved, func(ctx context.Context, tx bun.Tx) error {
		saved = Saved{id, version + 1}
		res, err := tx.NewUpdate().Table(table).Set("archived_at = ?, version = ?", at, version+1).
			Where("id = ? AND version = ?", id, version).Exec(ctx)
		return versioned(ctx, tx, table, id, res, err)
	})
	if violates(err, unique) {
		err = fault.New(fault.Conflict, "name_taken")
	}
	return saved, err
}

type rowCount interface{ RowsAffected() (int64, error) }

// versioned turns "no row of this version" into conflict stale_form, or not_found.
func versioned(ctx context.Context, tx bun.Tx, table string, id uuid.UUID, res rowCount, err error) error {
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n > 0 {
		return nil
	}
	there, err := tx.NewSelect().Table(table).Where("id = ?", id).Exists(ctx)
	switch {
	case err != nil:
		return err
	case there:
		return fault.New(fault.Conflict, "stale_form")
	}
	return fault.Missing(table)
}

// text notes what is wrong with a text: required, too_long (in characters), invalid_text.
func text(f *fault.Fields, field, value string, required bool, most int, limit string) {
	f.Require(!required || strings.TrimSpace(value) != "", field, "required")
	f.Require(utf8.RuneCountInString(value) <= most, field, "too_long:"+limit)
	f.Require(CheckText(value) == nil, field, "invalid_text")
}

func place(f *fault.Fields, city, zone string) {
	text(f, "city", city, true, 100, "100")
	_, err := time.LoadLocation(zone)
	f.Require(err == nil && zone != "" && zone != "Local", "zone", "invalid_zone")
}

// contains is the LIKE pattern of a text anywhere, in lower case.
func contains(s string) string { return "%" + likeText(strings.ToLower(strings.TrimSpace(s))) + "%" }

// CatalogueFilter narrows a list of catalogue data, the newest first.
type CatalogueFilter struct {
	Text     string // anywhere in the name
	Archived bool   // those out of use instead of those in use
}

// query adds the filter and the page to a select on a table with archived_at and created_at.
func (f CatalogueFilter) query(q *bun.SelectQuery, name string, p Page) (*bun.SelectQuery, error) {
	if err := CheckText(f.Text); err != nil {
		return nil, err
	}
	at, id, more, err := readTimeCursor(p.Cursor)
	if err != nil {
		return nil, err
	}
	if f.Archived {
		q = q.Where("archived_at IS NOT NULL")
	} else {
		q = q.Where("archived_at IS NULL")
	}
	if f.Text != "" {
		q = q.Where("lower("+name+") LIKE ?", contains(f.Text))
	}
	if more {
		q = q.Where("(created_at, id) < (?, ?)", at, id)
	}
	return q.OrderExpr("created_at DESC, id DESC").Limit(int64(p.limit()) + 1), nil
}
