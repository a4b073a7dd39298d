package hiring

import (
	"testing"
	"time"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestApplicationNext(t *testing.T) {
	policy := DefaultPolicy()
	start := monday.Add(72 * time.Hour)
	confirmed := func(booked time.Time, day, hrs bool) []BookingFact {
		return []BookingFact{{ID: "b", State: BookingConfirmed, StartsAt: start, BookedAt: booked, RemindedDay: day, RemindedHours: hrs}}
	}
	for name, c := range map[string]struct {
		bookings []BookingFact
		offers   []string
		now      time.Time
		do       string
		until    time.Time
		end      bool
	}{
		"nothing awaited":              {now: monday, end: true},
		"an offer comes first":         {offers: []string{"o"}, bookings: confirmed(monday, false, false), now: monday, do: DoTakeOffer},
		"an invitation waits":          {bookings: []BookingFact{{State: BookingInvited, StartsAt: start, ReplyBy: monday.Add(24 * time.Hour)}}, now: monday, until: monday.Add(24 * time.Hour)},
		"an invitation expires":        {bookings: []BookingFact{{State: BookingInvited, StartsAt: start, ReplyBy: monday}}, now: monday, do: DoExpire},
		"the day reminder waits":       {bookings: confirmed(monday, false, false), now: monday, until: start.Add(-24 * time.Hour)},
		"the day reminder is due":      {bookings: confirmed(monday, false, false), now: start.Add(-24 * time.Hour), do: DoRemindDay},
		"booked late: no day reminder": {bookings: confirmed(start.Add(-47*time.Hour), false, false), now: start.Add(-24 * time.Hour), until: start.Add(-2 * time.Hour)},
		"the hours reminder is due":    {bookings: confirmed(monday, true, false), now: start.Add(-2 * time.Hour), do: DoRemindHours},
		"two hours before, not both":   {bookings: confirmed(monday, false, false), now: start.Add(-2 * time.Hour), do: DoRemindHours},
		"booked just now: no reminder": {bookings: confirmed(start.Add(-5*time.Hour), false, false), now: start.Add(-3 * time.Hour), until: start.Add(20 * time.Minute)},
		"no reminder after the start":  {bookings: confirmed(monday, false, false), now: start.Add(time.Minute), until: start.Add(20 * time.Minute)},
		"a no-show after the grace":    {bookings: confirmed(monday, true, true), now: start.Add(20 * time.Minute), do: DoNoShow},
		"announced late: more grace": {
			bookings: []BookingFact{{State: BookingConfirmed, StartsAt: start, BookedAt: monday, RemindedDay: true, RemindedHours: true, LateMinutes: 30}},
			now:      start.Add(20 * time.Minute), until: start.Add(50 * time.Minute),
		},
		"the session is off":        {bookings: []BookingFact{{ID: "b", State: BookingConfirmed, StartsAt: start, SessionOff: true}}, now: monday, do: DoWithdraw},
		"present people stay":       {bookings: []BookingFact{{State: BookingArrived, StartsAt: start}}, now: start.Add(time.Hour), end: true},
		"the earliest of two waits": {bookings: append(confirmed(monday, true, false), BookingFact{State: BookingInvited, StartsAt: start, ReplyBy: monday.Add(time.Hour)}), now: monday, until: monday.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			got := ApplicationFacts{Offers: c.offers, Bookings: c.bookings, Policy: policy}.Next(c.now)
			if got.Do != c.do || !got.Until.Equal(c.until) || got.End != c.end {
				t.Fatalf("got %+v", got)
			}
			if (got.Do != "") != (got.Occasion != "") {
				t.Fatalf("a step needs an occasion, and only a step: %+v", got)
			}
		})
	}
}

func TestInterviewNext(t *testing.T) {
	f := InterviewFacts{State: SessionOpen, StartsAt: monday, EndsAt: monday.Add(4 * time.Hour)}
	if a := f.Next(monday.Add(-2 * time.Hour)); !a.Until.Equal(monday.Add(-time.Hour)) {
		t.Fatal(a)
	}
	if a := f.Next(monday.Add(-time.Hour)); a.Do != DoStart {
		t.Fatal(a)
	}
	f.State = SessionRunning
	if a := f.Next(monday); !a.Until.Equal(f.EndsAt.Add(CloseAfter)) {
		t.Fatal(a)
	}
	if a := f.Next(f.EndsAt.Add(CloseAfter)); a.Do != DoClose {
		t.Fatal(a)
	}
	for _, s := range []SessionState{SessionClosed, SessionCancelled, ""} {
		f.State = s
		if a := f.Next(monday); !a.End {
			t.Fatal(s, a)
		}
	}
	f.State, f.Unjudged, f.Version = SessionClosed, true, 7
	if a := f.Next(monday); a.Do != DoJudge || a.Occasion != "7" { // another correction is another occasion: the step raises the version
		t.Fatal(a)
	}
}

func TestReplyBy(t *testing.T) {
	p := DefaultPolicy()
	for name, c := range map[string]struct {
		lead, want time.Duration
		ok         bool
	}{
		"a week ahead: a day":             {7 * 24 * time.Hour, 24 * time.Hour, true},
		"30 hours ahead: 12 before":       {30 * time.Hour, 18 * time.Hour, true},
		"16 hours ahead: just four hours": {16 * time.Hour, 4 * time.Hour, true},
		"15 hours ahead: too late":        {15 * time.Hour, 3 * time.Hour, false},
		"yesterday: too late":             {-24 * time.Hour, -36 * time.Hour, false},
	} {
		by, ok := p.ReplyBy(monday, monday.Add(c.lead))
		if ok != c.ok || by.Sub(monday) != c.want {
			t.Errorf("%s: %v %v", name, by.Sub(monday), ok)
		}
	}
}

func TestClock(t *testing.T) {
	wall := monday
	c := Clock{Wall: wall, Business: wall.Add(time.Hour), Speed: 60}
	if got := c.At(wall.Add(time.Minute)); !got.Equal(wall.Add(2 * time.Hour)) {
		t.Fatal(got)
	}
	if got := c.Until(wall.Add(3*time.Hour), wall); got != 2*time.Minute+time.Millisecond {
		t.Fatal(got)
	}
	if got := c.Until(wall, wall); got != 0 {
		t.Fatal("the past needs no waiting", got)
	}
	if got := (Clock{}).At(wall); !got.Equal(wall) {
		t.Fatal("the zero clock is wall time")
	}
	// Waking at Until is never before the business time, whatever the speed.
	for _, speed := range []float64{1, 2, 7, 1000, 99999} {
		c := Clock{Wall: wall, Business: wall.Add(time.Hour), Speed: speed}
		at := wall.Add(26 * time.Hour)
		if woke := c.At(wall.Add(c.Until(at, wall))); woke.Before(at.Add(-time.Millisecond)) {
			t.Fatal(speed, woke)
		}
	}
}
