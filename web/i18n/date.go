package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var months = map[string][12]string{
	English:   {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	Bulgarian: {"януари", "февруари", "март", "април", "май", "юни", "юли", "август", "септември", "октомври", "ноември", "декември"},
	Russian:   {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"},
}

var monthsShort = map[string][12]string{
	English:   {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	Bulgarian: {"ян.", "февр.", "март", "апр.", "май", "юни", "юли", "авг.", "септ.", "окт.", "ноем.", "дек."},
	Russian:   {"янв.", "февр.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.", "дек."},
}

// monthsAlone are the months without a day beside them, which in Russian is another case.
var monthsAlone = map[string][12]string{
	Russian: {"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"},
}

var weekdays = map[string][7]string{
	English:   {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	Bulgarian: {"неделя", "понеделник", "вторник", "сряда", "четвъртък", "петък", "събота"},
	Russian:   {"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"},
}

var weekdaysShort = map[string][7]string{
	English:   {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	Bulgarian: {"нд", "пн", "вт", "ср", "чт", "пт", "сб"},
	Russian:   {"вс", "пн", "вт", "ср", "чт", "пт", "сб"},
}

func in[T any](m map[string]T, lang string) T {
	if v, ok := m[lang]; ok {
		return v
	}
	return m[Default]
}

func slavic(lang string) bool { return lang == Bulgarian || lang == Russian }

// local puts t in loc; a nil loc means UTC.
func local(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc)
}

// Date writes the day in full: "26 November 2026", "26 ноября 2026 г.".
func Date(lang string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	s := fmt.Sprintf("%d%s%s %d", t.Day(), nbsp, in(months, lang)[t.Month()-1], t.Year())
	if slavic(lang) {
		s += nbsp + "г."
	}
	return s
}

// DateShort writes the day for tables: "26 Nov 2026", "26.11.2026", "26.11.2026 г.".
func DateShort(lang string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	switch lang {
	case Bulgarian:
		return t.Format("02.01.2006") + nbsp + "г."
	case Russian:
		return t.Format("02.01.2006")
	default:
		return fmt.Sprintf("%d%s%s%s%d", t.Day(), nbsp, in(monthsShort, lang)[t.Month()-1], nbsp, t.Year())
	}
}

// Day writes the weekday and the day without the year: "Thu 26 Nov", "чт, 26 нояб.".
func Day(lang string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	comma := " "
	if slavic(lang) {
		comma = ", "
	}
	return in(weekdaysShort, lang)[t.Weekday()] + comma + strconv.Itoa(t.Day()) + nbsp + in(monthsShort, lang)[t.Month()-1]
}

// DayDated writes the weekday and the day with its year, for what may lie in another year: "Thu 26 Nov 2026".
func DayDated(lang string, t time.Time, loc *time.Location) string {
	s := Day(lang, t, loc) + nbsp + strconv.Itoa(local(t, loc).Year())
	if slavic(lang) {
		s += nbsp + "г."
	}
	return s
}

// DayLong writes the weekday, day and month in full: "Thursday, 26 November".
func DayLong(lang string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	return in(weekdays, lang)[t.Weekday()] + ", " + strconv.Itoa(t.Day()) + nbsp + in(months, lang)[t.Month()-1]
}

// Month writes the month and year: "November 2026", "ноябрь 2026 г.".
func Month(lang string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	name := in(months, lang)[t.Month()-1]
	if alone, ok := monthsAlone[lang]; ok {
		name = alone[t.Month()-1]
	}
	s := name + " " + strconv.Itoa(t.Year())
	if slavic(lang) {
		s += nbsp + "г."
	}
	return s
}

// Weekday writes a weekday's name in full.
func Weekday(lang string, d time.Weekday) string { return in(weekdays, lang)[d] }

// Clock writes the time of day, "10:30". In the hour that an autumn night has twice it says which of the
// two is meant: "02:30 (UTC+3)".
func Clock(_ string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	s := t.Format("15:04")
	if twice(t) {
		s += nbsp + "(" + offset(t) + ")"
	}
	return s
}

// twice reports whether the clocks of t's zone show t's time of day a second time, having been put back.
func twice(t time.Time) bool {
	from, to := t.ZoneBounds()
	_, now := t.Zone()
	if !to.IsZero() {
		_, next := to.Zone() // the first moment after the change
		if back := time.Duration(now-next) * time.Second; back > 0 && t.Add(back).Compare(to) >= 0 {
			return true
		}
	}
	if !from.IsZero() {
		_, before := from.Add(-time.Nanosecond).Zone()
		return t.Before(from.Add(time.Duration(before-now) * time.Second))
	}
	return false
}

// DateTime writes the day and time without the zone, for lists whose heading names the zone:
// "26 Nov 2026, 10:30".
func DateTime(lang string, t time.Time, loc *time.Location) string {
	return DateShort(lang, t, loc) + ", " + Clock(lang, t, loc)
}

// Moment writes a meeting's time as a person must read it: weekday, day, time and the zone's name,
// "Thu 26 Nov, 10:30, Moscow time (UTC+3)". The zone's offset tells an hour that comes twice apart.
func Moment(lang string, t time.Time, loc *time.Location) string {
	return Day(lang, t, loc) + ", " + local(t, loc).Format("15:04") + ", " + Zone(lang, t, loc)
}

// MomentDated is Moment with the year, for what may lie in another one.
func MomentDated(lang string, t time.Time, loc *time.Location) string {
	return DayDated(lang, t, loc) + ", " + local(t, loc).Format("15:04") + ", " + Zone(lang, t, loc)
}

// Zone names a zone at a moment (its offset may change in the year): "Moscow time (UTC+3)". A zone
// without words in the catalogues (zone.<name>) is named by its city as the IANA database has it.
func Zone(lang string, t time.Time, loc *time.Location) string {
	t = local(t, loc)
	name := t.Location().String()
	if name == "UTC" || name == "Etc/UTC" {
		return "UTC"
	}
	key := "zone." + strings.ToLower(strings.ReplaceAll(name, "/", "_"))
	if Has(key) {
		return T(lang, key) + " (" + offset(t) + ")"
	}
	city := name[strings.LastIndexByte(name, '/')+1:]
	return T(lang, "zone.other", "city", strings.ReplaceAll(city, "_", " ")) + " (" + offset(t) + ")"
}

func offset(t time.Time) string {
	_, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	s := "UTC" + sign + strconv.Itoa(seconds/3600)
	if m := seconds % 3600 / 60; m != 0 {
		s += fmt.Sprintf(":%02d", m)
	}
	return s
}
