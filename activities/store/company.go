package store

import (
	"context"
	"database/sql"
	"errors"
	"net/mail"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// CompanySettings are what mails and candidates' pages say about the company.
type CompanySettings struct {
	bun.BaseModel `bun:"table:company"`
	Name          string `bun:"name"`
	Language      string `bun:"language"` // of mails to people whose own is unknown
	ReplyTo       string `bun:"reply_to"` // "": answers go to the sender
	Version       int    `bun:"version"`
}

// Company returns the company's settings.
func (r *Reader) Company(ctx context.Context) (CompanySettings, error) {
	var s CompanySettings
	err := r.db.NewSelect().Model(&s).Limit(1).Scan(ctx)
	return s, err
}

// SetCompany changes the company's settings, as made from s.Version. Faults: invalid_input with fields name,
// language, reply_to; conflict stale_form.
func (c *Catalog) SetCompany(ctx context.Context, act Act, s CompanySettings) error {
	var f fault.Fields
	text(&f, "name", s.Name, true, 200, "200")
	f.Require(slices.Contains(Languages, s.Language), "language", "invalid_choice")
	if s.ReplyTo != "" {
		parsed, err := mail.ParseAddress(s.ReplyTo)
		f.Require(err == nil && parsed.Address == s.ReplyTo, "reply_to", "invalid_email")
	}
	if err := f.Err(); err != nil {
		return err
	}
	var out struct{}
	args := []any{s.Name, s.Language, s.ReplyTo}
	_, err := c.onCatalogue(ctx, act, "company", "company.change", args, &out, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model(&s).Column("name", "language", "reply_to").Set("version = version + 1").Where("id = 1 AND version = ?", s.Version).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "stale_form")
		}
		return err
	})
	return err
}

// WhenDone tells whether the actor has done something under this key, and at what business time.
func (r *Reader) WhenDone(ctx context.Context, actor, key string) (at time.Time, done bool, err error) {
	err = r.db.NewSelect().Model((*JournalRow)(nil)).Column("at").Where("actor = ? AND key = ?", actor, key).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	return at, err == nil, err
}
