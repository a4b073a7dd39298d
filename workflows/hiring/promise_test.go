package hiring

import (
	"testing"
	"time"
)

func TestPromisedUntil(t *testing.T) {
	start := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	p := DefaultPolicy()
	end := start.Add(40*time.Minute).AddDate(0, 0, p.AgainDays)
	for _, c := range []struct {
		latest []Attendance
		want   time.Time
	}{
		{nil, time.Time{}},
		{[]Attendance{BookingLeft}, end},
		{[]Attendance{BookingNoInterview}, end},
		{[]Attendance{BookingInvited, BookingLeft}, end},
		{[]Attendance{BookingNoAnswer, BookingDeclined, BookingWithdrawn, BookingLeft}, end},
		{[]Attendance{BookingConfirmed, BookingLeft}, time.Time{}},
		{[]Attendance{BookingInvited, BookingCancelled, BookingLeft}, time.Time{}},
		{[]Attendance{BookingNoAnswer, BookingNoShow, BookingLeft}, time.Time{}},
		{[]Attendance{BookingInvited}, time.Time{}},
	} {
		var list []Booking
		for _, s := range c.latest {
			list = append(list, Booking{State: s, StartsAt: start, EndedAt: start.Add(40 * time.Minute)})
		}
		if got := PromisedUntil(list, p); !got.Equal(c.want) {
			t.Errorf("%v: %v, want %v", c.latest, got, c.want)
		}
	}
	early := []Booking{{State: BookingLeft, StartsAt: start, EndedAt: start.Add(-time.Hour)}}
	if got := PromisedUntil(early, p); !got.Equal(start.AddDate(0, 0, p.AgainDays)) {
		t.Error(got)
	}
}
