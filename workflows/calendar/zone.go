package calendar

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones are known on machines without a zone database

	ics "github.com/arran4/golang-ical"
)

// Zone returns the zone, UTC for an empty or unknown name and for "Local", which would be the
// server's own.
func Zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return time.UTC
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// ambiguous says whether t's wall clock reading happens twice in loc (clocks going back). RFC 5545
// reads such a local time as the first of the two, so the second can only be written in UTC.
func ambiguous(t time.Time, loc *time.Location) bool {
	t = t.In(loc)
	start, end := t.ZoneBounds()
	_, now := t.Zone()
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if t.Sub(start) < time.Duration(before-now)*time.Second {
			return true
		}
	}
	if !end.IsZero() {
		_, after := end.Zone()
		if end.Sub(t) <= time.Duration(now-after)*time.Second {
			return true
		}
	}
	return false
}

// vtimezone describes loc from the rule in force at from up to the one in force at to and the change
// that follows. Explicit onsets are written instead of recurrence rules: the zone database knows
// dates, not rules, and an event of one day needs no more.
func vtimezone(loc *time.Location, from, to time.Time) *ics.VTimezone {
	tz := ics.NewTimezone(loc.String())
	at := from.In(loc)
	for range 4 {
		start, end := at.ZoneBounds()
		tz.Components = append(tz.Components, observance(at, start))
		// The next change is told to programs that look past the event, if it is near; Go's zones
		// without changes have an empty one in 2038, where the 32-bit tables end.
		if end.IsZero() || start.After(to) || end.After(to.AddDate(1, 0, 0)) {
			break
		}
		at = end
	}
	return tz
}

// observance is one STANDARD or DAYLIGHT part: the offset at t, valid since start (zero: always).
func observance(t, start time.Time) ics.Component {
	name, off := t.Zone()
	before := off
	onset := "19700101T000000"
	if !start.IsZero() {
		_, before = start.Add(-time.Second).Zone()
		// The onset is read on the clock as it stood before the change.
		onset = start.In(time.FixedZone("", before)).Format("20060102T150405")
	}
	base := ics.ComponentBase{}
	base.SetProperty(ics.ComponentPropertyDtStart, onset)
	base.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offset(before))
	base.SetProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offset(off))
	base.SetProperty(ics.ComponentProperty(ics.PropertyTzname), name)
	if t.IsDST() {
		return &ics.Daylight{ComponentBase: base}
	}
	return &ics.Standard{ComponentBase: base}
}

// offset writes seconds east of UTC as RFC 5545's UTC-OFFSET.
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if s := seconds % 60; s != 0 {
		return fmt.Sprintf("%c%02d%02d%02d", sign, seconds/3600, seconds/60%60, s)
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
