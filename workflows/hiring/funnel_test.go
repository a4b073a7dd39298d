package hiring

import (
	"math"
	"testing"
)

func TestNeed(t *testing.T) {
	// 3 to hire, 8 of 30 met were hired: (8+2)/(30+10) = 1/4, so 12 meetings; 6 met a session: 2 sessions;
	// at 1 in 5, 60 invited, from 60*100/17.5 = 343 responses.
	got := FunnelPast{Headcount: 11, Hired: 8, Came: 30, Sessions: 5, FreeSeats: 30, Shortlist: 20, Unread: 40}.Need(0.2)
	want := FunnelNeed{Hires: 3, Meetings: 12, Sessions: 2, Invited: 60, Responses: 343, HireRate: 0.25, Short: 10, ShortResponses: 18}
	if got != want {
		t.Errorf("%+v", got)
	}
	if got := (FunnelPast{Headcount: 1, Hired: 2}).Need(math.NaN()); got.Hires != 0 || got.Sessions != 0 || got.Responses != 0 {
		t.Errorf("%+v", got)
	}
	if got := (FunnelPast{Headcount: 1}).Need(0); got.Meetings != 5 || got.Sessions != 1 || got.Invited != 25 {
		t.Errorf("%+v", got)
	}
}
