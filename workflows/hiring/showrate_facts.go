package hiring

import (
	"strconv"
	"strings"
	"time"
)

// Replies are those that an ended invitation can have.
var Replies = []Reply{ReplyConfirmed, ReplySilent, ReplyUncertain, ReplyDeclined}

// The names of what the product itself knows of an invitation; imported columns are named like them
// where they mean the same.
const (
	RateCity    = "city"
	RateSource  = "source"
	RateVacancy = "vacancy"
	RateHour    = "hour"          // 0..23 on the venue's clock
	RateWeekday = "weekday"       // mon..sun on the venue's calendar
	RateLead    = "lead_days"     // from the invitation to the time promised
	RateMissed  = "missed_before" // meetings the person missed earlier
)

// RateContext is the product's own context, widest first.
var RateContext = []string{RateCity, RateSource, RateVacancy}

var rateWeekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Invitation is what the product knows of one person's invitation to one session.
type Invitation struct {
	City, Source, Vacancy string
	StartsAt              time.Time // the time promised; the session's start when there is none yet
	Timed                 bool      // StartsAt is the person's own time
	Zone                  *time.Location
	BookedAt              time.Time // invited, or the present for those who are not yet
	MissedBefore          int
	Reply                 Reply
}

// Facts are the invitation as show rates learn from it and forecast by it. Texts are lower-cased, as
// imported ones are, so that both speak of the same city.
func (i Invitation) Facts() RateFacts {
	f := RateFacts{Fields: map[string]string{}, Reply: i.Reply, Numbers: map[string]float64{
		RateMissed: float64(i.MissedBefore),
		RateLead:   max(0, i.StartsAt.Sub(i.BookedAt).Hours()/24),
	}}
	local := i.StartsAt.In(i.Zone)
	f.Fields[RateWeekday] = rateWeekdays[local.Weekday()]
	if i.Timed {
		f.Fields[RateHour] = strconv.Itoa(local.Hour())
	}
	for name, v := range map[string]string{RateCity: i.City, RateSource: i.Source, RateVacancy: i.Vacancy} { // each on its own: order does not matter
		if v = RateText(v); v != "" {
			f.Fields[name] = v
		}
	}
	return f
}

// RateText is a text as rates know it: lower case, single spaces, no punctuation at the ends (as package
// intake folds imported cells).
func RateText(s string) string {
	return strings.Trim(strings.Join(strings.Fields(strings.ToLower(s)), " "), " .,;:-–")
}

// Invited says what an ended booking teaches about inviting: whether the person came, and what he had
// replied. It is Came, and beside it those who let the reply pass or said no: they did not come either,
// and a plan that invites must expect them. ok is false where nothing is taught: moved, cancelled in
// time, withdrawn by us, not ended.
func (a Attendance) Invited(confirmed bool) (came bool, reply Reply, ok bool) {
	reply = ReplySilent
	if confirmed {
		reply = ReplyConfirmed
	}
	switch a {
	case BookingNoAnswer:
		return false, ReplySilent, true
	case BookingDeclined:
		return false, ReplyDeclined, true
	}
	if c := a.Came(); c != nil {
		return *c, reply, true
	}
	return false, reply, false
}

// With returns the forecast as it stands when the person's booking is in this state and HR has said so
// much: someone who is here comes for certain, and after that HR's word wins over the model's.
func (f RateForecast) With(state Attendance, override *float64) RateForecast {
	switch {
	case state.Present() || state == BookingInterviewed:
		f.Reasons = append(f.Reasons, RateReason{Code: "arrived", From: f.P, To: 1})
		f.P = 1
	case override != nil:
		f.Reasons = append(f.Reasons, RateReason{Code: "override", From: f.P, To: *override})
		f.P = *override
	}
	return f
}

// Modelled is the model's own probability, without HR's word.
func (f RateForecast) Modelled() float64 {
	if n := len(f.Reasons); n > 0 && f.Reasons[n-1].Code == "override" {
		return f.Reasons[n-1].From
	}
	return f.P
}
