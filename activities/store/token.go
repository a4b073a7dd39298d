package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// MaxTokens is how many live tokens one person may have.
const MaxTokens = 50

// APIToken lets a program act for a member of staff, within scopes. Only its hash is kept. Wall times.
type APIToken struct {
	bun.BaseModel `bun:"table:api_token"`
	ID            uuid.UUID  `bun:"id,pk"`
	StaffID       uuid.UUID  `bun:"staff_id"`
	Name          string     `bun:"name"`
	Hash          []byte     `bun:"hash"`
	Hint          string     `bun:"hint"` // the first characters, to recognise it
	Scopes        []string   `bun:"scopes,array"`
	ExpiresAt     time.Time  `bun:"expires_at"`
	RevokedAt     *time.Time `bun:"revoked_at"`
	UsedAt        *time.Time `bun:"used_at"`
	CreatedAt     time.Time  `bun:"created_at"`
}

// Live reports whether the token opens anything at wall.
func (t APIToken) Live(wall time.Time) bool { return t.RevokedAt == nil && wall.Before(t.ExpiresAt) }

type tokened struct {
	Token  string   `json:"token"`
	Scopes []string `json:"scopes,omitempty"`
}

// AddToken keeps a token whose id, hash, hint, scopes and expiry the caller made; the same id again is
// the same token. Faults: not_found; conflict account_disabled; conflict too_many_tokens.
func (c *Catalog) AddToken(ctx context.Context, act Act, t APIToken) error {
	if err := CheckText(t.Name, t.Hint); err != nil {
		return err
	}
	t.CreatedAt = act.Wall
	var out tokened
	args := map[string]any{"scopes": t.Scopes}
	_, repeated, err := c.onStaff(ctx, act, t.StaffID, "staff.create_token", args, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.DisabledAt != nil {
			return fault.New(fault.Conflict, "account_disabled")
		}
		n, err := tx.NewSelect().Model((*APIToken)(nil)).Where("staff_id = ? AND revoked_at IS NULL AND expires_at > ?", t.StaffID, act.Wall).Count(ctx)
		if err != nil {
			return err
		}
		if n >= MaxTokens {
			return fault.New(fault.Conflict, "too_many_tokens")
		}
		out = tokened{t.ID.String(), t.Scopes}
		_, err = tx.NewInsert().Model(&t).Exec(ctx)
		return err
	})
	if err == nil && repeated {
		// The secret was shown in an answer that may not have arrived, and cannot be shown again.
		return fault.New(fault.Conflict, "token_made")
	}
	return err
}

// TokenByHash returns a live token and for whom it acts. Fault not_found.
func (r *Reader) TokenByHash(ctx context.Context, hash []byte, wall time.Time) (APIToken, Staff, error) {
	var t APIToken
	if err := r.db.NewSelect().Model(&t).Where("hash = ? AND revoked_at IS NULL AND expires_at > ?", hash, wall).Scan(ctx); err != nil {
		return t, Staff{}, missing(err, "token")
	}
	who, err := r.StaffByID(ctx, t.StaffID)
	if err == nil && who.DisabledAt != nil {
		err = fault.Missing("token")
	}
	return t, who, err
}

// SawToken notes that a token was used.
func (c *Catalog) SawToken(ctx context.Context, id uuid.UUID, wall time.Time) error {
	_, err := c.db.NewUpdate().Model((*APIToken)(nil)).Set("used_at = greatest(coalesce(used_at, ?0), ?0)", wall).Where("id = ?", id).Exec(ctx)
	return err
}

// Tokens lists a person's tokens that are not revoked, the newest first; expired ones stand there until
// they are revoked, so that their owner learns why a program stopped working.
func (r *Reader) Tokens(ctx context.Context, staffID uuid.UUID) ([]APIToken, error) {
	var list []APIToken
	err := r.db.NewSelect().Model(&list).ExcludeColumn("hash").Where("staff_id = ? AND revoked_at IS NULL", staffID).
		OrderExpr("created_at DESC, id").Limit(500).Scan(ctx)
	return list, err
}

// RevokeToken ends one of a person's tokens for good. Revoked already: nothing more. Fault not_found.
func (c *Catalog) RevokeToken(ctx context.Context, act Act, staffID, token uuid.UUID) error {
	var out tokened
	_, _, err := c.onStaff(ctx, act, staffID, "staff.revoke_token", tokened{Token: token.String()}, &out, func(ctx context.Context, tx bun.Tx, _ *Staff) error {
		res, err := tx.NewUpdate().Model((*APIToken)(nil)).Set("revoked_at = coalesce(revoked_at, ?)", act.Wall).
			Where("id = ? AND staff_id = ?", token, staffID).Exec(ctx)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return fault.Missing("token")
		}
		out.Token = token.String()
		return nil
	})
	return err
}

// TokenOwners returns whose tokens these are; unknown ids are absent.
func (r *Reader) TokenOwners(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	owners := map[uuid.UUID]uuid.UUID{}
	if len(ids) == 0 {
		return owners, nil
	}
	var rows []APIToken
	if err := r.db.NewSelect().Model(&rows).Column("id", "staff_id").Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, t := range rows {
		owners[t.ID] = t.StaffID
	}
	return owners, nil
}
