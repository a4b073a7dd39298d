package calendar

import (
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// Method is an iTIP method (RFC 5546): what the receiving calendar is to do with the event.
type Method string

// The methods in use.
const (
	Request Method = "REQUEST" // create it, or take the change: sent by mail
	Cancel  Method = "CANCEL"  // take it out: sent by mail
	Publish Method = "PUBLISH" // a copy nobody answers: the candidate page's download
)

// Event is one interview of one candidate as a calendar sees it.
type Event struct {
	// UID stays the same for the life of this candidate's booking; a booking after a cancel gets a
	// new one, because several calendars refuse to revive a cancelled UID.
	UID string
	// Sequence is the last value sent, raised in the transaction that changes time or place.
	Sequence int
	// Stamp is the business time of this sending; of two files with one Sequence the later Stamp wins.
	Stamp time.Time
	// Start and End, minute precision; End not after Start is widened to one minute.
	Start, End time.Time
	// Zone is the venue's IANA name; empty or unknown writes UTC.
	Zone string
	// Summary, Location, Description are plain text in the reader's language; lines end in \n.
	Summary, Location, Description string
	// URL is a page about the event, never one that acts for its reader; empty is left out.
	URL string
	// Organizer is the same for every file of one UID, else a CANCEL is ignored.
	Organizer Address
	// Attendee is the candidate alone: one guest's file never names another.
	Attendee Address
	// Tentative marks an offer not yet answered.
	Tentative bool
}

// Address is a mailbox with the name shown beside it.
type Address struct {
	Name  string
	Email string
}

const productID = "-//Stazh//Interviews//EN"

// foldOctets is RFC 5545 section 3.1: a line is at most 75 octets, the break not counted.
const foldOctets = 75

// File writes the event as an iCalendar file (RFC 5545) for the method: CRLF line ends, lines
// folded at 75 octets between runes, local times with their VTIMEZONE. The same event and method
// always give the same bytes. It never fails: text is cleaned of control characters first.
func File(e Event, method Method) []byte {
	cal := ics.NewCalendar()
	cal.SetProductId(productID)
	cal.SetCalscale("GREGORIAN")
	cal.SetMethod(ics.Method(method))

	start := e.Start.Truncate(time.Minute)
	end := e.End.Truncate(time.Minute)
	if !end.After(start) {
		end = start.Add(time.Minute)
	}
	loc := Zone(e.Zone)
	local := loc != time.UTC && !ambiguous(start, loc) && !ambiguous(end, loc)
	if local {
		cal.AddVTimezone(vtimezone(loc, start, end))
	}

	ev := ics.NewEvent(Line(e.UID))
	ev.SetDtStampTime(e.Stamp)
	ev.SetSequence(e.Sequence)
	if local {
		const layout = "20060102T150405"
		ev.SetProperty(ics.ComponentPropertyDtStart, start.In(loc).Format(layout), ics.WithTZID(loc.String()))
		ev.SetProperty(ics.ComponentPropertyDtEnd, end.In(loc).Format(layout), ics.WithTZID(loc.String()))
	} else {
		ev.SetStartAt(start)
		ev.SetEndAt(end)
	}
	ev.SetSummary(Line(e.Summary))
	if e.Location != "" {
		ev.SetLocation(Line(e.Location))
	}
	if e.Description != "" {
		ev.SetDescription(Lines(e.Description))
	}
	if e.URL != "" {
		ev.SetURL(Line(e.URL))
	}
	switch {
	case method == Cancel:
		ev.SetStatus(ics.ObjectStatusCancelled)
	case e.Tentative:
		ev.SetStatus(ics.ObjectStatusTentative)
	default:
		ev.SetStatus(ics.ObjectStatusConfirmed)
	}
	ev.SetProperty(ics.ComponentPropertyTransp, "OPAQUE")
	// An employee looking for another place does not want his colleagues to read of it.
	ev.SetClass(ics.ClassificationPrivate)
	if e.Organizer.Email != "" {
		ev.SetProperty(ics.ComponentPropertyOrganizer, "mailto:"+Token(e.Organizer.Email), common(e.Organizer)...)
	}
	// PUBLISH has no attendees (RFC 5546 section 3.2.1).
	if method != Publish && e.Attendee.Email != "" {
		// RSVP=FALSE: an answer given in the calendar reaches nobody; only the page's button counts.
		params := append(common(e.Attendee), ics.CalendarUserTypeIndividual,
			ics.ParticipationRoleReqParticipant, ics.ParticipationStatusNeedsAction, ics.WithRSVP(false))
		ev.AddProperty(ics.ComponentPropertyAttendee, "mailto:"+Token(e.Attendee.Email), params...)
	}
	cal.AddVEvent(ev)

	// The library's own folding breaks at spaces and measures invalid UTF-8 wrongly, and it writes
	// backslashes into parameters, where RFC 5545 knows none: it writes unfolded lines, the rest is ours.
	raw := cal.Serialize(ics.WithLineLength(1<<30), ics.WithNewLine("\n"))
	var b strings.Builder
	for l := range strings.Lines(raw) {
		l = strings.TrimSuffix(l, "\n")
		if strings.HasPrefix(l, "ATTENDEE") || strings.HasPrefix(l, "ORGANIZER") {
			l = strings.ReplaceAll(l, `\`, "")
		}
		fold(&b, l)
	}
	return []byte(b.String())
}

// common returns the CN parameter in quotes, as any of , ; : in a name needs them.
func common(a Address) []ics.PropertyParameter {
	name := strings.NewReplacer(`"`, "'", `\`, "/").Replace(Line(a.Name))
	if name == "" {
		return nil
	}
	return []ics.PropertyParameter{ics.WithCN(`"` + name + `"`)}
}

// Token keeps an address in one piece: no control characters, blanks, quotes or backslashes.
func Token(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || r == '"' || r == '\\' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

// fold writes one content line with CRLF, broken so that no piece is longer than 75 octets (the
// leading blank of a continuation counts) and no rune is cut.
func fold(b *strings.Builder, s string) {
	room := foldOctets
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut])
		b.WriteString("\r\n ")
		s = s[cut:]
		room = foldOctets - 1
	}
	b.WriteString(s)
	b.WriteString("\r\n")
}
