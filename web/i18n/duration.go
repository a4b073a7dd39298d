package i18n

import "time"

// Duration writes a length in its one or two largest units, abbreviated: "1 h 20 min", "2 d 4 h",
// "45 s". Less than a second reads as 0 s; the sign is dropped.
func Duration(lang string, d time.Duration) string {
	d = d.Abs()
	part := func(n time.Duration, unit string) string {
		return Number(lang, int64(n)) + nbsp + T(lang, "unit."+unit)
	}
	two := func(big time.Duration, bigUnit string, small time.Duration, smallUnit string) string {
		if small == 0 {
			return part(big, bigUnit)
		}
		return part(big, bigUnit) + " " + part(small, smallUnit)
	}
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return part(d/time.Second, "s")
	case d < time.Hour:
		return part(d/time.Minute, "min")
	case d < day:
		return two(d/time.Hour, "h", d%time.Hour/time.Minute, "min")
	default:
		return two(d/day, "d", d%day/time.Hour, "h")
	}
}

// span returns the largest whole unit of d and how many there are, for words such as "3 days".
func span(d time.Duration) (unit string, n int64) {
	const day = 24 * time.Hour
	switch d = d.Abs(); {
	case d < time.Minute:
		return "second", int64(d / time.Second)
	case d < time.Hour:
		return "minute", int64(d / time.Minute)
	case d < day:
		return "hour", int64(d / time.Hour)
	case d < 60*day:
		return "day", int64(d / day)
	case d < 730*day:
		return "month", int64(d / (30 * day))
	default:
		return "year", int64(d / (365 * day))
	}
}

// DurationLong writes a length in its largest unit with the word in full: "20 minutes".
func DurationLong(lang string, d time.Duration) string {
	unit, n := span(d)
	return T(lang, "span."+unit, "n", n)
}

// Relative writes t as seen from now: "in 5 minutes", "2 days ago", "just now" within a minute.
func Relative(lang string, t, now time.Time) string {
	d := t.Sub(now)
	if d.Abs() < time.Minute {
		return T(lang, "relative.now")
	}
	unit, n := span(d)
	if d > 0 {
		return T(lang, "relative.in_"+unit, "n", n)
	}
	return T(lang, "relative.ago_"+unit, "n", n)
}
