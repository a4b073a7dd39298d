package intake

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// DateOptions say how to read dates that do not say it themselves.
type DateOptions struct {
	Zone     *time.Location // of times without an offset; nil is UTC
	DayFirst bool           // 1/2/26 is the first of February
	Now      time.Time      // for dates without a year, "today", and the century of two digits
	Date1904 bool           // serial numbers count from 1904
}

// ParseDate reads one date, with or without time: 26.11.2026 14:30, 2026-11-26T14:30:00+03:00,
// 26/11/26, 26 ноября 2026 г., 26 ноември, Nov 26, 2026 2:30 PM, сегодня, a spreadsheet's serial
// number, Unix seconds or milliseconds. Without a time it is midnight in Zone; without a year it is the last such
// day not after tomorrow. ok is false for any other text and for days that do not exist.
func ParseDate(s string, o DateOptions) (t time.Time, ok bool) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	s = strings.ToLower(strings.Join(strings.Fields(cleanCell(s)), " "))
	if s == "" || len(s) > 100 {
		return t, false
	}
	if t, ok := serial(s, o); ok {
		return t, true
	}
	day, clock, zone, ok := splitTime(s, o.Zone)
	if !ok {
		return t, false
	}
	y, m, d, ok := parseDay(day, o)
	if !ok || y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31 {
		return t, false
	}
	midnight := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if midnight.Day() != d {
		return t, false // 31.02
	}
	return time.Date(y, time.Month(m), d, 0, 0, 0, int(clock), zone), true
}

// serial reads a bare number: a spreadsheet's days since 1899-12-30 (20000 is 1954, 80000 is 2119; smaller ones
// may be years, and nobody applies then), Unix seconds (10 digits) or milliseconds (13).
func serial(s string, o DateOptions) (time.Time, bool) {
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || strings.Trim(s, "0123456789.,e+") != "" {
		return time.Time{}, false
	}
	switch {
	case f >= 20000 && f < 80000 && (len(s) == 5 || len(s) > 6 && (s[5] == '.' || s[5] == ',')):
		days := int(math.Floor(f))
		seconds := int(math.Round((f - math.Floor(f)) * 86400))
		if o.Date1904 {
			days += 1462 // ECMA-376 part 1, 18.17.4.1
		}
		return time.Date(1899, 12, 30+days, 0, 0, seconds, 0, o.Zone), true
	case len(s) == 10 && f >= 1e9 && f < 4e9 && f == math.Trunc(f):
		return time.Unix(int64(f), 0).In(o.Zone), true
	case len(s) == 13 && f >= 1e12 && f < 4e12 && f == math.Trunc(f):
		return time.UnixMilli(int64(f)).In(o.Zone), true
	}
	return time.Time{}, false
}

// splitTime cuts the time of day off. The clock is the time since midnight.
func splitTime(s string, zone *time.Location) (day string, clock time.Duration, _ *time.Location, ok bool) {
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		if len(s) > 8 {
			s = strings.TrimSuffix(s, "t00")
		}
		return s, 0, zone, true
	}
	start := colon
	for start > 0 && s[start-1] >= '0' && s[start-1] <= '9' && colon-start < 2 {
		start--
	}
	day, rest := s[:start], s[start:]
	// The T of ISO 8601 stands right behind a digit; the t of "сегодня at" does not.
	if n := len(day); n > 1 && day[n-1] == 't' && day[n-2] >= '0' && day[n-2] <= '9' {
		day = day[:n-1]
	}
	day = strings.Trim(day, " ,")
	for _, word := range []string{" в", " at", " във"} {
		day = strings.Trim(strings.TrimSuffix(day, word), " ,")
	}
	half := 0
	for _, mark := range []string{"am", "a.m.", "pm", "p.m."} {
		if cut, found := strings.CutSuffix(rest, mark); found {
			rest, half = strings.TrimSpace(cut), 1
			if mark[0] == 'p' {
				half = 2
			}
		}
	}
	for _, word := range []string{" ч.", " ч", " часа", "ч.", "ч"} {
		rest = strings.TrimSuffix(rest, word)
	}
	for _, u := range []string{" utc", " gmt", "z"} {
		if cut, found := strings.CutSuffix(rest, u); found {
			rest, zone = cut, time.UTC
		}
	}
	if i := strings.LastIndexAny(rest, "+-"); i > 0 {
		off, valid := offset(rest[i:])
		if !valid {
			return "", 0, nil, false
		}
		rest, zone = strings.TrimSpace(rest[:i]), time.FixedZone("", off)
	}
	rest, _, _ = strings.Cut(rest, ".")
	parts := strings.Split(rest, ":")
	if len(parts) > 3 {
		return "", 0, nil, false
	}
	limits := []int{23, 59, 59}
	units := []time.Duration{time.Hour, time.Minute, time.Second}
	for i, p := range parts {
		n, valid := number(strings.TrimSpace(p), 2)
		if !valid || n > limits[i] {
			return "", 0, nil, false
		}
		if i == 0 && half > 0 {
			if n < 1 || n > 12 {
				return "", 0, nil, false
			}
			n = n%12 + (half-1)*12
		}
		clock += time.Duration(n) * units[i]
	}
	return day, clock, zone, true
}

// offset reads +03:00, +0300 and +03 as seconds.
func offset(s string) (int, bool) {
	digits := strings.ReplaceAll(s[1:], ":", "")
	if len(digits) == 2 {
		digits += "00"
	}
	n, ok := number(digits, 4)
	if !ok || len(digits) != 4 || n/100 > 14 || n%100 > 59 {
		return 0, false
	}
	sec := (n/100)*3600 + (n%100)*60
	if s[0] == '-' {
		sec = -sec
	}
	return sec, true
}

// number reads up to most decimal digits.
func number(s string, most int) (int, bool) {
	if s == "" || len(s) > most || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
