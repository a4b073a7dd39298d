package hiring

import "time"

// An invitation is a mail, and the time to answer it begins when that mail leaves. While it waits to be sent nobody
// was asked, so nobody has failed to answer: the time begins anew (Lapse). If it can never be sent, or too
// late to be answered, the place is taken back by us, of which a person who was not told hears nothing.

// Sending says how far the mail of an invitation has come.
type Sending string

// What may have become of it.
const (
	SendDone    Sending = ""        // it went, or the booking never needed one
	SendWaiting Sending = "waiting" // it is queued
	SendFailed  Sending = "failed"  // the address takes none, the letter cannot be sent, or it is too late
)

// SendUntil returns until when an invitation to a meeting at start that could not go in time still goes: as long as
// half the least time to answer is left.
func (p Policy) SendUntil(start time.Time) time.Time {
	return start.Add(-hours(p.ReplyBeforeHours) - minutes(30*p.ReplyMinHours))
}

// sendingTakes is what a mail may take to leave without the time to answer moving with it.
const sendingTakes = 10 * time.Minute

// ReplyFrom returns until when an invitation that leaves at sent may be answered, which was to be promised. Sent
// late, it gives as much time as one decided on then.
func (p Policy) ReplyFrom(sent, promised, start time.Time) time.Time {
	by, _ := p.ReplyBy(sent, start)
	if by.Before(promised.Add(sendingTakes)) {
		return promised
	}
	return by
}

// lapsesAt is when an open invitation is looked at by itself.
func (b BookingFact) lapsesAt(p Policy) time.Time {
	switch until := p.SendUntil(b.StartsAt); {
	case b.Sending == SendFailed:
		return b.BookedAt // at once
	case b.Sending == SendWaiting && until.Before(b.ReplyBy):
		return until
	}
	return b.ReplyBy
}

// Lapse says what becomes of an invitation whose time has come: how it ends, or, if it does not, until when it may be
// answered as things stand.
func (b BookingFact) Lapse(now time.Time, p Policy) (ended Attendance, replyBy time.Time) {
	switch {
	case b.Sending == SendDone:
		return BookingNoAnswer, replyBy
	case b.Sending == SendWaiting && now.Before(p.SendUntil(b.StartsAt)):
		by, _ := p.ReplyBy(now, b.StartsAt)
		return "", by
	}
	return BookingWithdrawn, replyBy
}
