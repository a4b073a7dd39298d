package web

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// candidateView is what a candidate's pages show.
type candidateView struct {
	Base  string // "/c/<token>"
	Facts store.CandidatePage
	Zone  *time.Location // of the venue, else of the vacancy
	// Case is the situation in plain words: the keys candidate.<case>.title and .lead.
	Case      string
	Options   hiring.Options
	Meeting   bool      // a time and place stand, or are offered
	Until     time.Time // a time may be chosen again until then
	SameTime  bool      // the time given up may be taken again
	CanRejoin bool
	Erasable  bool
	Way       []string // the directions, a paragraph each

	lang string
	now  time.Time
}

// owed are the cases where the person did nothing wrong: they stay as they are however long ago.
var owed = []string{"called_off", "taken_back", "our_fault"}

// settled are the cases that end, when it is too late to choose again.
var settled = []string{"declined", "cancelled", "no_answer", "missed", "left"}

func newCandidateView(v visit) candidateView {
	f := v.facts
	view := candidateView{Base: v.base, Facts: f, Zone: zoneOf(f.VenueZone, f.VacancyZone), lang: v.lang, now: v.now}
	b := f.Booking()
	var last time.Time
	if f.Last != nil {
		last = *f.Last
	}
	view.Until = last.AddDate(0, 0, f.Policy.AgainDays)
	view.Options = hiring.CandidateOptions(f.State, b, last, v.now, f.Rules, f.Policy)
	view.Case = situation(f, v.now)
	view.Meeting = slices.Contains([]string{"invited", "booked", "due", "here"}, view.Case)
	switch {
	case f.EraseAt != nil:
		view.Options = hiring.Options{}
	case b != nil && b.State.Open() && !view.Meeting: // called off, and the process has not seen it yet
		view.Options = hiring.Options{Withdraw: view.Options.Withdraw}
	}
	if slices.Contains(settled, view.Case) && v.now.After(view.Until) {
		view.Case = "over"
	}
	if view.inTheWay() != nil {
		view.Options.Confirm = false
	}
	if view.forVacancy() {
		view.Options.Move, view.Options.Choose = false, false
	}
	view.CanRejoin = f.EraseAt != nil || hiring.CheckRejoin(f.State, f.ChangedAt, v.now, f.Policy) == nil
	view.Erasable = f.EraseAt == nil && hiring.CheckErase([]hiring.State{f.State}) == nil
	view.SameTime = view.Options.Choose && f.SeatFree && !slices.Contains(owed, view.Case) && canTake(f.Elsewhere, f.StartsAt, f.WaitMinutes, f.SlotMinutes) &&
		hiring.CheckSlot(f.StartsAt, v.now, zoneOf(f.SessionZone), f.SessionState, f.Rules) == nil
	for line := range strings.Lines(f.Directions) {
		if line = strings.TrimSpace(line); line != "" {
			view.Way = append(view.Way, line)
		}
	}
	return view
}

// situation names what is the case. A decision is told by its mail, not by this page: until the mail is
// due, so that it can be taken back unseen, the page shows the state before.
func situation(f store.CandidatePage, now time.Time) string {
	state := f.State
	if f.EraseAt != nil {
		return "erasing"
	}
	if f.Decision != "" {
		told := f.ToldAt
		if told == nil {
			at := f.DecidedAt.Add(time.Duration(f.Policy.UndoMinutes) * time.Minute)
			told = &at
		}
		if !now.Before(*told) {
			return string(f.Decision)
		}
		state = f.PreviousState
	}
	b := f.Booking()
	switch {
	case state == hiring.Withdrawn:
		return "withdrawn"
	case state == hiring.Responded:
		return "responded"
	case state == hiring.Expired:
		return "over"
	case b == nil:
		return "shortlisted"
	case f.SessionState == hiring.SessionCancelled && (b.State.Expected() || b.State == hiring.BookingWithdrawn):
		return "called_off"
	}
	switch b.State {
	case hiring.BookingInvited:
		return "invited"
	case hiring.BookingConfirmed:
		if now.Before(b.StartsAt) {
			return "booked"
		}
		return "due"
	case hiring.BookingArrived, hiring.BookingArrivedLate, hiring.BookingWalkIn:
		return "here"
	case hiring.BookingInterviewed:
		return "interviewed"
	case hiring.BookingLeft:
		return "left"
	case hiring.BookingNoInterview:
		return "our_fault"
	case hiring.BookingWithdrawn:
		if f.Replaced {
			return "gave_way"
		}
		return "taken_back"
	}
	if state == hiring.Shortlisted { // HR wants to meet the person after all
		return "shortlisted"
	}
	switch b.State {
	case hiring.BookingNoAnswer:
		return "no_answer"
	case hiring.BookingNoShow:
		return "missed"
	case hiring.BookingDeclined:
		return "declined"
	}
	return "cancelled"
}

// zoneOf returns the first of these zones that exists, else UTC.
func zoneOf(names ...string) *time.Location {
	for _, name := range names {
		if zone, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			return zone
		}
	}
	return time.UTC
}

// Promise says that we owe him a time that comes first, where an invitation since then has taken the place of that news.
func (c candidateView) Promise() string {
	if c.now.After(c.Facts.Promised) || c.Case == "left" || c.Case == "our_fault" || !c.Options.Move && !c.Options.Choose {
		return ""
	}
	return i18n.T(c.lang, "candidate.promised", "until", c.when(c.Facts.Promised, c.Zone))
}

// args are the facts any of the page's sentences may name.
func (c candidateView) args() []any {
	at := func(t *time.Time) string {
		if t == nil || t.IsZero() {
			return ""
		}
		return c.when(*t, c.Zone)
	}
	return []any{
		"company", c.Facts.Company, "vacancy", c.Facts.Vacancy, "moment", at(&c.Facts.StartsAt), "until", at(&c.Until),
		"reply_by", at(c.Facts.ReplyBy), "erase_at", at(c.Facts.EraseAt), "wait", c.minutes(c.Facts.WaitMinutes), "length", c.minutes(c.Facts.SlotMinutes),
	}
}

// when is a moment for a sentence, without brackets: sentences put it into brackets of their own.
func (c candidateView) when(t time.Time, zone *time.Location) string {
	return strings.NewReplacer(" (", ", ", ")", "").Replace(i18n.Moment(c.lang, t, zone))
}

func (c candidateView) minutes(n int) string {
	return i18n.Duration(c.lang, time.Duration(n)*time.Minute)
}

func (c candidateView) title() string {
	return i18n.T(c.lang, "candidate."+c.Case+".title", c.args()...)
}

// lead greets by the first name, which stands in no title: a title ends in the browser's history.
func (c candidateView) lead() string {
	text := i18n.T(c.lang, "candidate."+c.Case+".lead", c.args()...)
	if name := strings.TrimSpace(c.Facts.FirstName); name != "" {
		return i18n.T(c.lang, "candidate.hello", "name", name) + " " + text
	}
	return text
}

// Length is how long an interview takes, Wait the longest wait that the plan allows.
func (c candidateView) Length() string { return c.minutes(c.Facts.SlotMinutes) }

// Wait is the longest wait, in words.
func (c candidateView) Wait() string { return c.minutes(c.Facts.WaitMinutes) }

// Late is the delay the person announced, in words; empty if none.
func (c candidateView) Late() string {
	if c.Facts.LateMinutes == nil {
		return ""
	}
	return c.minutes(*c.Facts.LateMinutes)
}

// Tel is reception's telephone as a link: html/template would drop the scheme.
func (c candidateView) Tel() template.URL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, c.Facts.Phone)
	return template.URL("tel:" + digits) // #nosec G203 -- digits only
}

// Replaced are the times to come that no longer hold, in words: he took the one that the page shows. An old mail leads
// here too.
func (c candidateView) Replaced() (list []string) {
	for _, r := range c.Facts.GaveWay {
		same := r.StartsAt.Equal(c.Facts.StartsAt) && r.Venue == c.Facts.VenueName && r.Address == c.Facts.Address
		if r.StartsAt.After(c.now) && !same {
			list = append(list, i18n.T(c.lang, "candidate.replaced", "moment", c.when(r.StartsAt, c.OtherZone(r)), "venue", r.Venue))
		}
	}
	return list
}

// OtherZone is the zone of another invitation's venue.
func (c candidateView) OtherZone(o store.CandidateInvitation) *time.Location { return zoneOf(o.Zone) }

// Icon and Tone mark the situation.
func (c candidateView) Icon() string {
	switch c.Case {
	case "booked", "hire":
		return "circle-check"
	case "invited", "due":
		return "calendar-clock"
	}
	return "info"
}

// Moment is the booking's time with its zone.
func (c candidateView) Moment() string { return c.when(c.Facts.StartsAt, c.Zone) }

// UntilWords is the end of choosing again.
func (c candidateView) UntilWords() string { return c.when(c.Until, c.Zone) }

// OtherBy is when another invitation wants an answer.
func (c candidateView) OtherBy(at time.Time, zone *time.Location) string {
	return c.when(at, zone)
}

// Consent is the day of the person's consent.
func (c candidateView) Consent() string {
	if c.Facts.ConsentAt == nil {
		return ""
	}
	return i18n.Date(c.lang, *c.Facts.ConsentAt, c.Zone)
}

// Delays are the minutes one may be late by.
func (candidateView) Delays() []int { return []int{10, 20, 30, 45} }

// Map is the link to the map, if it is one.
func (c candidateView) Map() string {
	if u := c.Facts.MapURL; strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") {
		return u
	}
	return ""
}

// Position is the vacancy with its city, which many a title already names.
func (c candidateView) Position() string {
	return position(c.Facts.Vacancy, c.Facts.City)
}
