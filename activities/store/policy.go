package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// PolicyRow is a version of the policy.
type PolicyRow struct {
	Version   int
	Policy    hiring.Policy
	ChangedBy *uuid.UUID
	ChangedAt time.Time
}

type policyRow struct {
	bun.BaseModel `bun:"table:policy"`
	Version       int           `bun:"version,pk"`
	Body          hiring.Policy `bun:"body,type:jsonb"`
	ChangedBy     *uuid.UUID    `bun:"changed_by"`
	ChangedAt     time.Time     `bun:"changed_at"`
}

// PolicyNow returns the policy in force with its version.
func (r *Reader) PolicyNow(ctx context.Context) (PolicyRow, error) {
	row := PolicyRow{Policy: hiring.DefaultPolicy()}
	err := r.db.NewSelect().Table("policy").Column("version", "body", "changed_by", "changed_at").OrderExpr("version DESC").Limit(1).
		Scan(ctx, &row.Version, &jsonOver{&row.Policy}, &row.ChangedBy, &row.ChangedAt)
	return row, err
}

// SetPolicy puts a policy in force that was made from version, and returns its own version. Processes
// take it up when they next read their facts. Faults: invalid (bounds), conflict stale_form.
func (c *Catalog) SetPolicy(ctx context.Context, act Act, by uuid.UUID, version int, p hiring.Policy) (int, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	out := struct {
		Version int `json:"version"`
	}{}
	err := c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		// The first row stands for the policy itself: whoever holds it is alone.
		if _, err := tx.NewRaw(`SELECT 1 FROM policy WHERE version = 1 FOR UPDATE`).Exec(ctx); err != nil {
			return err
		}
		entry := Entry{Subject: "policy/" + uuid.Nil.String(), Actor: act.Actor, Key: act.Key, Step: "policy.change", Args: map[string]any{"version": version, "policy": p}, At: act.Business}
		_, err := once(ctx, tx, entry, &out, func() error {
			newest, err := (&Reader{tx}).PolicyNow(ctx)
			if err != nil {
				return err
			}
			if newest.Version != version {
				return fault.New(fault.Conflict, "stale_form")
			}
			out.Version = version + 1
			row := policyRow{Version: out.Version, Body: p, ChangedAt: act.Business}
			if by != uuid.Nil {
				row.ChangedBy = &by
			}
			_, err = tx.NewInsert().Model(&row).Exec(ctx)
			return err
		})
		return err
	})
	return out.Version, err
}
