package hiring

import (
	"math"
	"reflect"
	"testing"
)

func TestNeed(t *testing.T) {
	// 3 to hire, 8 of 30 met were hired: (8+2)/(30+10) = 1/4, so 12 meetings; 6 met a session: 2 sessions;
	// at 1 in 5, 60 invited, from 60*100/17.5 = 343 responses.
	got := FunnelPast{Headcount: 11, Hired: 8, Came: 30, Sessions: 5}.Need(0.2)
	want := FunnelNeed{Hires: 3, Meetings: 12, Sessions: 2, Invited: 60, Responses: 343, HireRate: 0.25}
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

func TestLacks(t *testing.T) {
	for _, c := range []struct {
		what      string
		shortlist []int
		sessions  []FunnelSeats
		want      []FunnelLack
	}{
		{"a session of two vacancies counts once", []int{9, 3}, []FunnelSeats{{14, []int{0, 1}}}, []FunnelLack{{[]int{0, 1}, 14, 12, 2}}},
		{"enough together", []int{9, 5}, []FunnelSeats{{14, []int{0, 1}}}, nil},
		{"another's people do not help", []int{0, 20}, []FunnelSeats{{5, []int{0}}, {10, []int{0, 1}}}, []FunnelLack{{[]int{0}, 5, 0, 5}}},
		{"people move to where only they can sit", []int{5, 10}, []FunnelSeats{{10, []int{0, 1}}, {5, []int{0}}}, nil},
		{"two apart", []int{1, 2}, []FunnelSeats{{3, []int{0}}, {4, []int{1}}}, []FunnelLack{{[]int{0}, 3, 1, 2}, {[]int{1}, 4, 2, 2}}},
		{"two sessions of one", []int{1, 1}, []FunnelSeats{{3, []int{0}}, {4, []int{0, 1}}}, []FunnelLack{{[]int{0, 1}, 7, 2, 5}}},
		{"nobody to hire for", []int{0}, []FunnelSeats{{9, nil}}, nil},
	} {
		got := FunnelLacks(c.shortlist, c.sessions)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
	if n := (FunnelLack{Lack: 10}).ShortResponses(40); n != 18 { // 10*100/17.5 = 57.1
		t.Error(n)
	}
}
