package hiring

import (
	"math"
	"testing"
)

// The rate begins at the handbook's one in five, follows the company, then the place, and never leaves 0..1.
func TestTurnoutRate(t *testing.T) {
	for _, c := range []struct {
		company, place Turnout
		want           float64
	}{
		{Turnout{}, Turnout{}, 0.2},
		{Turnout{80, 76}, Turnout{}, 0.8},                       // (4+76)/(20+80)
		{Turnout{80, 76}, Turnout{20, 0}, 0.4},                  // (20*0.8+0)/(20+20)
		{Turnout{1e6, 1e6}, Turnout{1e6, 1e6}, 1 - 1.6e-5/5e4},  // as good as all
		{Turnout{1e6, 0}, Turnout{1e6, 0}, 4.0 / 1e6 * 2 / 1e5}, // as good as nobody
	} {
		got := c.company.Rate(c.place)
		if math.Abs(got-c.want) > 1e-6 || got <= 0 || got >= 1 {
			t.Errorf("%v %v: %v, want %v", c.company, c.place, got, c.want)
		}
	}
}
