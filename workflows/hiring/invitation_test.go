package hiring

import (
	"testing"
	"time"
)

// What becomes of an invitation by how far its mail has come; the meeting is in three days, to be answered within 24 hours.
func TestAnInvitationRunsOutOnlyWhenItWent(t *testing.T) {
	p := DefaultPolicy()
	start := monday.Add(72 * time.Hour)
	for name, c := range map[string]struct {
		sending Sending
		replyBy time.Duration // all from monday
		now     time.Duration
		due     bool
		until   time.Duration // when it is not due
		ended   Attendance
		by      time.Duration // when it is put off
	}{
		"it went":                           {sending: SendDone, replyBy: 24 * time.Hour, now: 24 * time.Hour, due: true, ended: BookingNoAnswer},
		"it went, and there is time":        {sending: SendDone, replyBy: 24 * time.Hour, now: 23 * time.Hour, until: 24 * time.Hour},
		"it waits, and there is time":       {sending: SendWaiting, replyBy: 24 * time.Hour, now: 23 * time.Hour, until: 24 * time.Hour},
		"it waits beyond the time":          {sending: SendWaiting, replyBy: 24 * time.Hour, now: 24 * time.Hour, due: true, by: 48 * time.Hour},
		"it waits: no more than is left":    {sending: SendWaiting, replyBy: 48 * time.Hour, now: 48 * time.Hour, due: true, by: 60 * time.Hour},
		"it waits until nobody can answer":  {sending: SendWaiting, replyBy: 60 * time.Hour, now: 57 * time.Hour, until: 58 * time.Hour},
		"it waits, nobody can answer":       {sending: SendWaiting, replyBy: 60 * time.Hour, now: 58 * time.Hour, due: true, ended: BookingWithdrawn},
		"late, it went: the time is his":    {sending: SendDone, replyBy: 60 * time.Hour, now: 58 * time.Hour, until: 60 * time.Hour},
		"it can never go":                   {sending: SendFailed, replyBy: 24 * time.Hour, now: time.Minute, due: true, ended: BookingWithdrawn},
		"it can never go: whatever the day": {sending: SendFailed, replyBy: 24 * time.Hour, now: 71 * time.Hour, due: true, ended: BookingWithdrawn},
	} {
		t.Run(name, func(t *testing.T) {
			now := monday.Add(c.now)
			b := BookingFact{ID: "b", State: BookingInvited, Version: 1, StartsAt: start, BookedAt: monday, ReplyBy: monday.Add(c.replyBy), Sending: c.sending}
			next := ApplicationFacts{Bookings: []BookingFact{b}, Policy: p}.Next(now)
			if !c.due {
				if !next.Until.Equal(monday.Add(c.until)) {
					t.Fatal(next)
				}
				return
			}
			ended, by := b.Lapse(now, p)
			if next.Do != DoExpire || next.Occasion == "" || ended != c.ended {
				t.Fatal(next, ended)
			}
			if ended != "" {
				return
			}
			if !by.Equal(monday.Add(c.by)) {
				t.Fatal(by)
			}
			b.ReplyBy = by
			if again := (ApplicationFacts{Bookings: []BookingFact{b}, Policy: p}).Next(now); again.Do != "" || !again.Until.After(now) {
				t.Fatal("due again at once", again)
			}
		})
	}
}

func TestReplyFrom(t *testing.T) {
	p := DefaultPolicy()
	start, promised := monday.Add(72*time.Hour), monday.Add(24*time.Hour)
	for name, c := range map[string]struct{ sent, want time.Duration }{
		"at once":                    {0, 24 * time.Hour},
		"a moment is no delay":       {5 * time.Minute, 24 * time.Hour},
		"hours late: the whole time": {10 * time.Hour, 34 * time.Hour},
		"days late: what is left":    {50 * time.Hour, 60 * time.Hour},
		"at the last moment":         {58 * time.Hour, 60 * time.Hour},
	} {
		if got := p.ReplyFrom(monday.Add(c.sent), promised, start); !got.Equal(monday.Add(c.want)) {
			t.Errorf("%s: %v", name, got.Sub(monday))
		}
	}
	if got := p.ReplyFrom(start.Add(-15*time.Hour), start.Add(-12*time.Hour), start); !got.Equal(start.Add(-12 * time.Hour)) {
		t.Error("never past the hours before the start", got)
	}
}
