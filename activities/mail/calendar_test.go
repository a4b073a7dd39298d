package mail

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"github.com/stazh/stazh/workflows/calendar"
)

func event(t *testing.T) calendar.Event {
	t.Helper()
	return sample("ru").Event(Booked)
}

// unfold undoes RFC 5545 folding and returns the content lines.
func unfold(file []byte) []string {
	s := strings.ReplaceAll(string(file), "\r\n ", "")
	return strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n")
}

func find(t *testing.T, file []byte, name string) string {
	t.Helper()
	for _, l := range unfold(file) {
		if strings.HasPrefix(l, name+":") || strings.HasPrefix(l, name+";") {
			return l
		}
	}
	t.Fatalf("no %s in\n%s", name, file)
	return ""
}

func TestCalendarLines(t *testing.T) {
	e := event(t)
	e.Summary = strings.Repeat("Собеседование-безпробелов", 12)
	e.Description = "первая; вторая, третья\\\n" + strings.Repeat("Ж", 400) + "\n😀" + strings.Repeat("я😀", 100)
	e.Location = "невер\xd0но"
	for _, m := range []calendar.Method{calendar.Request, calendar.Cancel, calendar.Publish} {
		file := calendar.File(e, m)
		if n := bytes.Count(file, []byte("\n")); n != bytes.Count(file, []byte("\r\n")) || n != bytes.Count(file, []byte("\r")) {
			t.Error("a line does not end in CRLF")
		}
		for _, l := range strings.Split(string(file), "\r\n") {
			if len(l) > 75 {
				t.Errorf("a line of %d octets: %q", len(l), l)
			}
			if !utf8.ValidString(l) {
				t.Errorf("a rune is cut: %q", l)
			}
		}
		if got := find(t, file, "SUMMARY"); got != "SUMMARY:"+e.Summary {
			t.Errorf("unfolded: %q", got)
		}
		back, err := ics.ParseCalendar(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if got := back.Events()[0].GetProperty(ics.ComponentPropertyDescription).Value; got != e.Description {
			t.Errorf("description came back as %q", got)
		}
		if got := back.Events()[0].GetProperty(ics.ComponentPropertyLocation).Value; got != "неверно" {
			t.Errorf("location came back as %q", got)
		}
		if !bytes.Equal(file, calendar.File(e, m)) {
			t.Error("two writings differ")
		}
	}
}

func TestCalendarProperties(t *testing.T) {
	e := event(t)
	e.Organizer.Name = `ООО "Ромашка; сад": Д'Артаньян, сыновья \ дочери`
	file := calendar.File(e, calendar.Request)
	for name, want := range map[string]string{
		"METHOD":   "METHOD:REQUEST",
		"UID":      "UID:b7d1f1a2c3@romashka.example",
		"SEQUENCE": "SEQUENCE:2",
		"STATUS":   "STATUS:CONFIRMED",
		"DTSTAMP":  "DTSTAMP:20261123T041500Z",
		"DTSTART;": "DTSTART;TZID=Asia/Yekaterinburg:20261126T102000",
		"DTEND":    "DTEND;TZID=Asia/Yekaterinburg:20261126T120000",
		// Names with , ; : stand in quotes; a quote inside becomes an apostrophe; no backslashes.
		"ORGANIZER": `ORGANIZER;CN="ООО 'Ромашка; сад': Д'Артаньян, сыновья / дочери":mailto:hr@romashka.example`,
		"ATTENDEE":  `ATTENDEE;CN="Мария Иванова";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=false:mailto:maria@example.com`,
	} {
		var got string
		for _, l := range unfold(file) {
			if strings.HasPrefix(l, name) && (got == "" || !strings.HasPrefix(want, got)) {
				if l == want {
					got = l
					break
				}
				got = l
			}
		}
		if !strings.EqualFold(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	if find(t, file, "CLASS") != "CLASS:PRIVATE" || strings.Contains(strings.Join(unfold(file), ""), sample("ru").Link) {
		t.Error("a shared calendar shows the interview, or the link that acts for the candidate")
	}
	if n := strings.Count(strings.Join(unfold(file), "\n"), "\nATTENDEE"); n != 1 {
		t.Errorf("%d attendees", n)
	}

	cancel := calendar.File(e, calendar.Cancel)
	if find(t, cancel, "STATUS") != "STATUS:CANCELLED" || find(t, cancel, "METHOD") != "METHOD:CANCEL" {
		t.Error("a cancel does not cancel")
	}
	for _, same := range []string{"UID", "ORGANIZER", "ATTENDEE"} {
		if find(t, cancel, same) != find(t, file, same) {
			t.Errorf("%s of the cancel differs from the request's, which calendars then ignore", same)
		}
	}
	e.Tentative = true
	if got := find(t, calendar.File(e, calendar.Request), "STATUS"); got != "STATUS:TENTATIVE" {
		t.Error(got)
	}
	if strings.Contains(string(calendar.File(e, calendar.Publish)), "ATTENDEE") {
		t.Error("PUBLISH must have no attendee")
	}
}

// TestCalendarZones writes a time into a file and reads it back by the file's own VTIMEZONE.
func TestCalendarZones(t *testing.T) {
	for _, c := range []struct {
		zone, start string // start in UTC
		local       string // DTSTART; empty where the wall clock is ambiguous
	}{
		{"Asia/Yekaterinburg", "2026-11-26T05:20:00Z", "20261126T102000"},
		{"Europe/Moscow", "2026-07-01T07:00:00Z", "20260701T100000"},
		{"Europe/Sofia", "2026-07-01T07:00:00Z", "20260701T100000"},
		{"Europe/Sofia", "2026-12-01T08:00:00Z", "20261201T100000"},
		// The night of 25 October 2026: 04:00 becomes 03:00 at 01:00Z.
		{"Europe/Sofia", "2026-10-24T23:00:00Z", "20261025T020000"}, // crosses into the repeated hour below
		{"Europe/Sofia", "2026-10-25T00:30:00Z", ""},
		{"Europe/Sofia", "2026-10-25T01:30:00Z", ""},
		{"Europe/Sofia", "2026-10-25T02:00:00Z", "20261025T040000"},
		// The night of 29 March 2026: 03:00 becomes 04:00 at 01:00Z.
		{"Europe/Sofia", "2026-03-29T00:30:00Z", "20260329T023000"},
		{"Europe/Sofia", "2026-03-29T01:30:00Z", "20260329T043000"},
		{"America/New_York", "2026-07-01T14:00:00Z", "20260701T100000"},
		{"No/Such", "2026-07-01T14:00:00Z", ""},
		{"", "2026-07-01T14:00:00Z", ""},
	} {
		start, err := time.Parse(time.RFC3339, c.start)
		if err != nil {
			t.Fatal(err)
		}
		e := event(t)
		e.Zone, e.Start, e.End = c.zone, start, start.Add(50*time.Minute)
		file := calendar.File(e, calendar.Request)
		cal, err := ics.ParseCalendar(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		dtstart := cal.Events()[0].GetProperty(ics.ComponentPropertyDtStart)
		if c.local == "" {
			if want := start.UTC().Format("20060102T150405Z"); dtstart.Value != want || len(cal.Timezones()) != 0 {
				t.Errorf("%s %s: got %s, want UTC", c.zone, c.start, dtstart.Value)
			}
			continue
		}
		if dtstart.Value != c.local || dtstart.ICalParameters["TZID"][0] != c.zone {
			t.Errorf("%s %s: got %s %v", c.zone, c.start, dtstart.Value, dtstart.ICalParameters)
		}
		for _, p := range []struct {
			property ics.ComponentProperty
			want     time.Time
		}{{ics.ComponentPropertyDtStart, e.Start}, {ics.ComponentPropertyDtEnd, e.End}} {
			value := cal.Events()[0].GetProperty(p.property).Value
			if got := byVTimezone(t, cal.Timezones()[0], value); !got.Equal(p.want) {
				t.Errorf("%s %s: the file's zone reads %s as %s", c.zone, c.start, value, got.UTC())
			}
		}
	}
}

// byVTimezone reads a local time with nothing but the observances of the file (RFC 5545 section
// 3.6.5): the one whose onset is the last before it.
func byVTimezone(t *testing.T, tz *ics.VTimezone, value string) time.Time {
	t.Helper()
	const layout = "20060102T150405"
	local, err := time.Parse(layout, value)
	if err != nil {
		t.Fatal(err)
	}
	var last time.Time
	off := time.Duration(0)
	for _, c := range tz.Components {
		var ps []ics.IANAProperty
		switch c := c.(type) {
		case *ics.Standard:
			ps = c.Properties
		case *ics.Daylight:
			ps = c.Properties
		}
		var onset time.Time
		var to time.Duration
		for _, p := range ps {
			switch p.IANAToken {
			case "DTSTART":
				if onset, err = time.Parse(layout, p.Value); err != nil {
					t.Fatal(err)
				}
			case "TZOFFSETTO":
				at, err := time.Parse("-0700", p.Value)
				if err != nil {
					t.Fatal(err)
				}
				_, s := at.Zone()
				to = time.Duration(s) * time.Second
			}
		}
		if !onset.After(local) && (last.IsZero() || onset.After(last)) {
			last, off = onset, to
		}
	}
	if last.IsZero() {
		t.Fatalf("no observance covers %s", value)
	}
	return local.Add(-off)
}

func TestEventCoversTheWait(t *testing.T) {
	l := sample("en")
	e := l.Event(Invitation)
	if !e.Start.Equal(l.ArriveAt) || !e.End.Equal(l.StartsAt.Add(90*time.Minute)) || !e.Tentative {
		t.Errorf("%+v", e)
	}
	l.ArriveAt = time.Time{}
	if e = l.Event(Booked); !e.Start.Equal(l.StartsAt) || e.Tentative {
		t.Errorf("%+v", e)
	}
}
