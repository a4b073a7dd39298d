package i18n

import (
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

func check(t *testing.T, got, want string) {
	t.Helper()
	if plain(got) != want {
		t.Errorf("got %q, want %q", plain(got), want)
	}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestPlurals(t *testing.T) {
	for n, want := range map[int]string{1: "1 день", 2: "2 дня", 5: "5 дней", 11: "11 дней", 12: "12 дней", 21: "21 день", 22: "22 дня", 111: "111 дней", 1001: "1 001 день"} {
		check(t, T(Russian, "span.day", "n", n), want)
	}
	for n, want := range map[int]string{0: "0 days", 1: "1 day", 2: "2 days", 21: "21 days"} {
		check(t, T(English, "span.day", "n", n), want)
	}
	check(t, T(Bulgarian, "span.day", "n", 1), "1 ден")
	check(t, T(Bulgarian, "span.day", "n", 21), "21 дни")
	check(t, T(Russian, "span.hour", "n", 1.5), "1,5 часа")
	check(t, TMap(Russian, "span.hour", map[string]string{"n": "5"}), "5 часов")
	check(t, T("de", "span.day", "n", 1), "1 day")
}

func TestMissingPanicsUnderTest(t *testing.T) {
	for name, f := range map[string]func(){
		"key":      func() { T(English, "no.such.key") },
		"argument": func() { T(English, "span.day") },
		"fault":    func() { Fault(English, "no_such_code", nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a missing %s did not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestFieldCodes(t *testing.T) {
	check(t, Invalid(English, "required"), "Fill this in")
	check(t, Invalid(English, "too_long:200"), "Use at most 200 characters")
	check(t, Invalid(Russian, "too_long:21"), "Не длиннее 21 знака")
}

func TestMoment(t *testing.T) {
	at := time.Date(2026, 11, 26, 7, 30, 0, 0, time.UTC)
	moscow, ekb := zone(t, "Europe/Moscow"), zone(t, "Asia/Yekaterinburg")
	check(t, Moment(English, at, moscow), "Thu 26 Nov, 10:30, Moscow time (UTC+3)")
	check(t, Moment(Russian, at, moscow), "чт, 26 нояб., 10:30, московское время (UTC+3)")
	check(t, Moment(Bulgarian, at, ekb), "чт, 26 ноем., 12:30, екатеринбургско време (UTC+5)")
	check(t, Zone(English, at, zone(t, "Asia/Kolkata")), "Kolkata time (UTC+5:30)")
	check(t, Zone(English, at, zone(t, "America/New_York")), "New York time (UTC−5)")
	check(t, Zone(Russian, at, nil), "UTC")
	check(t, Zone(English, at, zone(t, "Europe/Sofia")), "Sofia time (UTC+2)")
	check(t, Zone(English, at.AddDate(0, 8, 0), zone(t, "Europe/Sofia")), "Sofia time (UTC+3)")
}

// The last Sunday of October 2026 in Sofia has 03:30 twice; all other hours, and every hour in a zone
// that leaves its clocks alone, are written plainly.
func TestTheHourThatComesTwice(t *testing.T) {
	sofia := zone(t, "Europe/Sofia")
	at := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	check(t, Clock(English, at, sofia), "03:30 (UTC+3)")
	check(t, Clock(English, at.Add(time.Hour), sofia), "03:30 (UTC+2)")
	check(t, DateTime(English, at, sofia), "25 Oct 2026, 03:30 (UTC+3)")
	check(t, Moment(English, at, sofia), "Sun 25 Oct, 03:30, Sofia time (UTC+3)")
	check(t, Clock(English, at.Add(-31*time.Minute), sofia), "02:59")
	check(t, Clock(English, at.Add(90*time.Minute), sofia), "04:00")
	check(t, Clock(English, at, zone(t, "Europe/Moscow")), "03:30")
	check(t, Clock(English, time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC), sofia), "04:30")
	check(t, Clock(English, at, nil), "00:30")
}

func TestDates(t *testing.T) {
	at := time.Date(2026, 5, 3, 22, 5, 0, 0, time.UTC)
	check(t, Date(English, at, nil), "3 May 2026")
	check(t, Date(Russian, at, nil), "3 мая 2026 г.")
	check(t, Date(Bulgarian, at, zone(t, "Europe/Sofia")), "4 май 2026 г.")
	check(t, Month(Russian, at, nil), "май 2026 г.")
	check(t, DateTime(Russian, at, nil), "03.05.2026, 22:05")
	check(t, DayLong(English, at, nil), "Sunday, 3 May")
	check(t, DayDated(English, at, nil), "Sun 3 May 2026")
	check(t, DayDated(Russian, at, nil), "вс, 3 мая 2026 г.")
	check(t, MomentDated(English, at, nil), "Sun 3 May 2026, 22:05, UTC")
}

func TestNumbers(t *testing.T) {
	check(t, Number(English, -1234567), "−1,234,567")
	check(t, Number(Russian, 1234), "1 234")
	check(t, Number(Bulgarian, 1234), "1234")
	check(t, Number(English, math.MinInt64), "−9,223,372,036,854,775,808")
	check(t, Decimal(Russian, 1234.5, 2), "1 234,5")
	check(t, Decimal(English, -0.001, 2), "0")
	check(t, Decimal(English, math.NaN(), 2), "–")
	check(t, Percent(Russian, 0.425, 1), "42,5 %")
	check(t, Money(English, 2500000, "RUB"), "₽25,000")
	check(t, Money(Russian, 2500050, "RUB"), "25 000,50 ₽")
	check(t, Money(Bulgarian, -120005, "EUR"), "−1200,05 €")
	check(t, Money(English, 100, "CHF"), "CHF 1")
	check(t, List(Russian, []string{"a", "b", "c"}), "a, b и c")
}

func TestDurations(t *testing.T) {
	check(t, Duration(English, 80*time.Minute), "1 h 20 min")
	check(t, Duration(Russian, 52*time.Hour), "2 д 4 ч")
	check(t, Duration(English, 45*time.Second), "45 s")
	check(t, DurationLong(Russian, 20*time.Minute), "20 минут")
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	check(t, Relative(Russian, now.Add(time.Minute), now), "через 1 минуту")
	check(t, Relative(English, now.Add(-49*time.Hour), now), "2 days ago")
	check(t, Relative(Bulgarian, now.Add(20*time.Second), now), "току-що")
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]string{
		"": English, "de": English, "ru-RU,ru;q=0.9,en;q=0.8": Russian, "de, bg;q=0.5, en;q=0.4": Bulgarian,
		"en;q=0.1, ru;q=x, bg;q=0.2": Bulgarian, "RU": Russian, "ru;q=0": English, strings.Repeat("ru,", 1000): English,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%.40q) = %s, want %s", header, got, want)
		}
	}
}
