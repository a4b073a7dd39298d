package store

import (
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// Limit allows so many tries in a fixed window of wall time, counted together by all processes. At a
// window's border twice Tries may pass in a short time: the price of one row and one statement a try.
type Limit struct {
	Tries  int
	Window time.Duration
}

// Hit counts one try under key and returns fault too_many with detail retry_after, in seconds, when the
// window's tries are used up. A key must not hold personal data: hash addresses. A refused try counts
// too, but a window ends at its time whatever comes.
func (c *Catalog) Hit(ctx context.Context, key string, l Limit, wall time.Time) error {
	start := wall.UTC().Truncate(l.Window)
	var count int
	err := c.db.NewRaw(`INSERT INTO limiter (key, window_start, count) VALUES (?, ?, 1)
		ON CONFLICT (key, window_start) DO UPDATE SET count = limiter.count + 1 RETURNING count`, key, start).Scan(ctx, &count)
	if err != nil {
		return err
	}
	if count > l.Tries {
		wait := int(start.Add(l.Window).Sub(wall)/time.Second) + 1
		return fault.New(fault.TooMany, "too_many", "retry_after", strconv.Itoa(wait))
	}
	return nil
}

// Unhit takes one try back: it turned out to be a good one.
func (c *Catalog) Unhit(ctx context.Context, key string, l Limit, wall time.Time) error {
	_, err := c.db.NewRaw("UPDATE limiter SET count = greatest(count - 1, 0) WHERE key = ? AND window_start = ?",
		key, wall.UTC().Truncate(l.Window)).Exec(ctx)
	return err
}

// Forgive forgets all tries under these keys.
func (c *Catalog) Forgive(ctx context.Context, keys ...string) error {
	_, err := c.db.NewRaw("DELETE FROM limiter WHERE key IN (?)", bun.List(keys)).Exec(ctx)
	return err
}
