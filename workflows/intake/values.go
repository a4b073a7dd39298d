package intake

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseExperience returns whole months of "5", "2,5", "5 лет 3 месяца", "3 years", "более 6 лет",
// "1–3 года" (the lower end), "без опыта". A bare number is years. More than 60 years is refused.
func parseExperience(s string) (months int, ok bool) {
	s = strings.ToLower(s)
	for _, none := range []string{"без опыт", "нет опыт", "без опит", "няма", "нет", "no experience", "none"} {
		if strings.HasPrefix(s, none) {
			return 0, true
		}
	}
	total, found := 0.0, false
	rest := s
	for {
		n, unit, after, more := nextNumber(rest)
		if !more {
			break
		}
		switch unit = strings.TrimSpace(unit); {
		case hasAnyPrefix(unit, "лет", "год", "г.", "г ", "year", "yr", "y") || unit == "г":
			total += n * 12
		case hasAnyPrefix(unit, "мес", "month", "mo", "м.", "м ") || unit == "м":
			total += n
		case !found:
			total = n * 12
		}
		found = true
		if unit == "" || hasAnyPrefix(unit, "-", "–", "—", "до", "to", "и более", "+") {
			break // a range: 1–3 года counts as one
		}
		rest = after
	}
	if !found || total > 60*12 || math.IsNaN(total) {
		return 0, false
	}
	return int(math.Round(total)), true
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// nextNumber finds the next number; unit is what stands before the following one.
func nextNumber(s string) (n float64, unit, after string, ok bool) {
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	i := strings.IndexFunc(s, isDigit)
	if i < 0 {
		return 0, "", "", false
	}
	j := i
	for j < len(s) && (isDigit(rune(s[j])) || (s[j] == '.' || s[j] == ',') && j+1 < len(s) && isDigit(rune(s[j+1]))) {
		j++
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(s[i:j], ",", "."), 64)
	if err != nil {
		return 0, "", "", false
	}
	end := strings.IndexFunc(s[j:], isDigit)
	if end < 0 {
		return n, s[j:], "", true
	}
	return n, s[j : j+end], s[j+end:], true
}

// currencySigns are looked for in this order: "руб" before "р".
var currencySigns = []struct{ sign, code string }{
	{"₽", "RUB"},
	{"руб", "RUB"},
	{"rub", "RUB"},
	{"rur", "RUB"},
	{"€", "EUR"},
	{"eur", "EUR"},
	{"евро", "EUR"},
	{"$", "USD"},
	{"usd", "USD"},
	{"долл", "USD"},
	{"лв", "BGN"},
	{"bgn", "BGN"},
	{"лева", "BGN"},
	{"₸", "KZT"},
	{"kzt", "KZT"},
	{"тенге", "KZT"},
	{"р.", "RUB"},
}

// parsePay returns the lower end of an expected pay in whole units a month, and the currency where one
// is written: "от 80 000 руб.", "80-100 тыс.", "80к", "1.200,50 €".
func parsePay(s string) (amount int64, currency string, ok bool) {
	s = strings.ToLower(s)
	for _, c := range currencySigns {
		if strings.Contains(s, c.sign) {
			currency = c.code
			break
		}
	}
	start := strings.IndexAny(s, "0123456789")
	if start < 0 {
		return 0, "", false
	}
	run := s[start:]
	if end := strings.IndexFunc(run, func(r rune) bool {
		return !unicode.IsDigit(r) && !unicode.IsSpace(r) && !strings.ContainsRune(".,'’", r)
	}); end >= 0 {
		run = run[:end]
	}
	value, ok := groupedNumber(strings.TrimRight(run, " .,'’\u00a0\u2009\u202f"))
	if !ok {
		return 0, "", false
	}
	tail := strings.TrimSpace(s[start+len(run):])
	thousand := hasAnyPrefix(tail, "к", "k", "т.", "т ", "тыс", "хил") || tail == "т" ||
		hasAnyPrefix(tail, "-", "–", "—", "до") && (strings.Contains(tail, "тыс") || strings.Contains(tail, "хил"))
	if thousand && value < 10000 {
		value *= 1000
	}
	if value <= 0 || value > 1e9 {
		return 0, "", false
	}
	return int64(math.Round(value)), currency, true
}

// groupedNumber reads 80 000, 1,200, 1.200,50 and 1200.50: a last separator followed by one or two
// digits is the decimal one.
func groupedNumber(s string) (float64, bool) {
	var b strings.Builder
	cut := strings.LastIndexAny(s, ".,")
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case i == cut && len(s)-i-1 <= 2:
			b.WriteByte('.')
		}
	}
	f, err := strconv.ParseFloat(b.String(), 64)
	return f, err == nil
}

// parseLanguage returns en, bg or ru of a language's name or tag.
func parseLanguage(s string) string {
	s = strings.ToLower(s)
	for _, l := range []struct{ code, stems string }{
		{"ru", "ru|рус|rus"}, {"bg", "bg|бълг|болг|bul"}, {"en", "en|англ|eng"},
	} {
		for stem := range strings.SplitSeq(l.stems, "|") {
			if s == stem || len(stem) == 2 && hasAnyPrefix(s, stem+"-", stem+"_") || len(stem) > 2 && strings.HasPrefix(s, stem) {
				return l.code
			}
		}
	}
	return ""
}

// parseLink returns an http or https address, "" for anything else: a link is shown to staff, and
// javascript: or file: ones are attacks. "hh.ru/resume/1" gets its scheme.
func parseLink(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 2000 || strings.ContainsAny(s, " \t\n\"'<>\\`") {
		return ""
	}
	if !strings.Contains(s, "://") {
		host, _, _ := strings.Cut(s, "/")
		if strings.ContainsAny(host, "@:") || !strings.Contains(host, ".") {
			return ""
		}
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" {
		return ""
	}
	if _, ok := asciiDomain(u.Hostname()); !ok {
		return ""
	}
	return u.String()
}

// cut shortens text to most letters.
func cut(s string, most int) (string, bool) {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s, false
	}
	return string([]rune(s)[:most]), true
}
