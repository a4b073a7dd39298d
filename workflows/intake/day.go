package intake

import (
	"strings"
	"time"
	"unicode"
)

// monthStems are beginnings of month names in Russian, Bulgarian and English; a word names the month
// whose stem it begins with. The order matters where one stem begins another.
var monthStems = []struct {
	stem  string
	month int
}{
	{"янв", 1},
	{"яну", 1},
	{"jan", 1},
	{"фев", 2},
	{"feb", 2},
	{"мар", 3},
	{"mar", 3},
	{"апр", 4},
	{"apr", 4},
	{"мая", 5},
	{"май", 5},
	{"may", 5},
	{"июн", 6},
	{"юни", 6},
	{"jun", 6},
	{"июл", 7},
	{"юли", 7},
	{"jul", 7},
	{"авг", 8},
	{"aug", 8},
	{"сен", 9},
	{"сеп", 9},
	{"sep", 9},
	{"окт", 10},
	{"oct", 10},
	{"ноя", 11},
	{"ное", 11},
	{"nov", 11},
	{"дек", 12},
	{"dec", 12},
}

func monthOf(word string) int {
	for _, m := range monthStems {
		if strings.HasPrefix(word, m.stem) && len([]rune(word)) <= 10 {
			return m.month
		}
	}
	return 0
}

var nearDays = map[string]int{
	"сегодня": 0, "днес": 0, "today": 0, "вчера": -1, "yesterday": -1, "позавчера": -2, "онзи ден": -2,
}

var weekdays = strings.Fields(`mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
	пн вт ср чт пт сб вс нд понедельник вторник среда четверг пятница суббота воскресенье понеделник сряда четвъртък петък събота неделя`)

// parseDay reads a day without time. Numbers are returned as written; the caller asks whether they are a day.
func parseDay(s string, o DateOptions) (y, m, d int, ok bool) {
	if back, near := nearDays[s]; near && !o.Now.IsZero() {
		t := o.Now.In(o.Zone).AddDate(0, 0, back)
		return t.Year(), int(t.Month()), t.Day(), true
	}
	for _, w := range weekdays {
		if cut, found := strings.CutPrefix(s, w); found && (strings.HasPrefix(cut, ",") || strings.HasPrefix(cut, " ") || strings.HasPrefix(cut, ". ")) {
			s = strings.TrimLeft(cut, "., ")
			break
		}
	}
	for _, suffix := range []string{" года", " год", " г.", " г", "г.", "г"} {
		if cut, found := strings.CutSuffix(s, suffix); found && cut != "" && cut[len(cut)-1] >= '0' && cut[len(cut)-1] <= '9' {
			s = cut
			break
		}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	switch len(parts) {
	case 2: // 26 ноября
		m = max(monthOf(parts[0]), monthOf(parts[1]))
		d, ok = ordinal(parts[0])
		if !ok {
			d, ok = ordinal(parts[1])
		}
		if !ok || m == 0 || o.Now.IsZero() {
			return 0, 0, 0, false
		}
		now := o.Now.In(o.Zone)
		y = now.Year()
		if time.Date(y, time.Month(m), d, 0, 0, 0, 0, o.Zone).After(now.AddDate(0, 0, 1)) {
			y--
		}
		return y, m, d, true
	case 3:
		return threeParts(parts, s, o)
	}
	return 0, 0, 0, false
}

func ordinal(p string) (int, bool) {
	for _, suffix := range []string{"st", "nd", "rd", "th", "го", "ое"} {
		p = strings.TrimSuffix(p, suffix)
	}
	return number(p, 2)
}

func threeParts(p []string, s string, o DateOptions) (y, m, d int, ok bool) {
	a, okA := ordinal(p[0])
	b, okB := ordinal(p[1])
	year, okY := fullYear(p[2], o)
	switch {
	case len(p[0]) == 4: // 2026-11-26, 2026/11/26
		y, okY = number(p[0], 4)
		c, okC := ordinal(p[2])
		if mm := monthOf(p[1]); mm > 0 {
			b, okB = mm, true
		}
		return y, b, c, okY && okB && okC
	case monthOf(p[1]) > 0: // 26 ноября 2026, 26-Nov-26
		return year, monthOf(p[1]), a, okA && okY
	case monthOf(p[0]) > 0: // Nov 26, 2026
		return year, monthOf(p[0]), b, okB && okY
	case !okA || !okB || !okY:
		return 0, 0, 0, false
	case a > 12 || b > 12: // only one order is a date
		if b > 12 {
			a, b = b, a
		}
		return year, b, a, true
	case strings.Count(s, ".") >= 2 || o.DayFirst: // nobody writes the month first with dots
		return year, b, a, true
	}
	return year, a, b, true
}

// fullYear completes two digits: up to ten years ahead of now belongs to this century, as in
// spreadsheets; a birth date is moved back by its reader.
func fullYear(p string, o DateOptions) (int, bool) {
	n, ok := number(p, 4)
	if !ok || len(p) == 3 || len(p) == 1 {
		return 0, false
	}
	if len(p) == 2 {
		pivot := 30
		if !o.Now.IsZero() {
			pivot = o.Now.Year()%100 + 10
		}
		if n += 2000; n-2000 > pivot {
			n -= 100
		}
	}
	return n, true
}
