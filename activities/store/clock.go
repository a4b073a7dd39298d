package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

type clockRow struct {
	bun.BaseModel  `bun:"table:business_clock"`
	OriginWall     time.Time
	OriginBusiness time.Time
	Speed          float64
	SeenWall       time.Time
}

// Clock returns the business clock in force.
func (r *Reader) Clock(ctx context.Context) (hiring.Clock, error) {
	var row clockRow
	if err := r.db.NewSelect().Model(&row).Limit(1).Scan(ctx); err != nil {
		return hiring.Clock{}, err
	}
	return hiring.Clock{Wall: row.OriginWall, Business: row.OriginBusiness, Speed: row.Speed}, nil
}

// SetSpeed begins a new segment of the business clock at wall: time goes on from where it stands, speed
// times faster. With away, business time has stood still since the clock was last seen alive (a fast
// development run that was switched off). Fault invalid speed outside 1 to 100,000.
func (c *Catalog) SetSpeed(ctx context.Context, wall time.Time, speed float64, away bool) error {
	if !(speed >= 1 && speed <= 100000) {
		return fault.New(fault.Invalid, "speed")
	}
	return c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var row clockRow
		if err := tx.NewSelect().Model(&row).For("UPDATE").Scan(ctx); err != nil {
			return err
		}
		from := wall
		if away && row.SeenWall.Before(wall) {
			from = row.SeenWall
		}
		now := hiring.Clock{Wall: row.OriginWall, Business: row.OriginBusiness, Speed: row.Speed}.At(from)
		if row.Speed == 1 && row.OriginWall.Equal(row.OriginBusiness) && speed != 1 {
			now = wall // the clock was wall time until now
		}
		if away {
			// Killed, the run was alive a little longer than it was seen: no process may meet a time before what it did.
			var last time.Time
			err := tx.NewRaw("SELECT coalesce(max(at), ?) FROM (SELECT at FROM journal ORDER BY seq DESC LIMIT 100) AS late", now).Scan(ctx, &last)
			if err != nil {
				return err
			}
			if last.After(now) {
				now = last
			}
		}
		_, err := tx.NewUpdate().Model((*clockRow)(nil)).Where("true").
			Set("origin_wall = ?, origin_business = ?, speed = ?, seen_wall = ?", wall, now, speed, wall).Exec(ctx)
		return err
	})
}

// SeenAlive notes that the clock runs at wall.
func (c *Catalog) SeenAlive(ctx context.Context, wall time.Time) error {
	_, err := c.db.NewUpdate().Model((*clockRow)(nil)).Where("true").Set("seen_wall = ?", wall).Exec(ctx)
	return err
}

// Policy returns the policy in force: the newest row over the defaults.
func (r *Reader) Policy(ctx context.Context) (hiring.Policy, error) {
	policy := hiring.DefaultPolicy()
	err := r.db.NewSelect().Table("policy").Column("body").OrderExpr("version DESC").Limit(1).Scan(ctx, &jsonOver{&policy})
	return policy, err
}
