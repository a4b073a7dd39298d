package hiring

import (
	"math"
	"time"
)

// Clock turns wall time into business time: the segment (origin, speed) of table business_clock.
// Speed is 1 in production; the zero Clock is wall time.
type Clock struct {
	Wall     time.Time `json:"wall"`
	Business time.Time `json:"business"`
	Speed    float64   `json:"speed"`
}

// Real says that business time is wall time.
func (c Clock) Real() bool { return c.Speed <= 0 || c.Speed == 1 && c.Wall.Equal(c.Business) }

// At returns the business time at a wall time, in UTC and whole microseconds (what PostgreSQL keeps).
func (c Clock) At(wall time.Time) time.Time {
	if c.Real() {
		return wall.UTC().Truncate(time.Microsecond)
	}
	// A Duration ends after 292 years, which the fastest clock reaches in 26 hours: there it stands still.
	passed := min(float64(wall.Sub(c.Wall))*c.Speed, float64(math.MaxInt64/2))
	return c.Business.Add(time.Duration(passed)).UTC().Truncate(time.Microsecond)
}

// Until returns how long the wall clock needs from wall until the business time is reached; at least zero.
func (c Clock) Until(business, wall time.Time) time.Duration {
	d := business.Sub(c.At(wall))
	if d <= 0 {
		return 0
	}
	if c.Speed > 0 && c.Speed != 1 {
		d = time.Duration(float64(d)/c.Speed) + time.Millisecond
	}
	return d
}
