package i18n

import (
	"math"
	"strconv"
	"strings"
)

// nbsp keeps a number and its unit, or its groups of thousands, on one line.
const nbsp = "\u00a0"

// Number writes a whole number with the language's thousands separator: 12,345 in English,
// 12 345 in Russian and Bulgarian (where four digits stand together, as CLDR has it for Bulgarian).
func Number(lang string, n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	return sign + group(lang, s)
}

func group(lang, digits string) string {
	separator := ","
	if lang == Bulgarian || lang == Russian {
		separator = nbsp
	}
	if lang == Bulgarian && len(digits) <= 4 {
		return digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal writes v rounded half away from zero to at most places decimals, without trailing zeros.
// NaN and infinities, which mean "not known", read as a dash.
func Decimal(lang string, v float64, places int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	scale := math.Pow10(places)
	s := strconv.FormatFloat(math.Abs(math.Round(v*scale)/scale), 'f', places, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	out := group(lang, whole)
	if fraction != "" {
		point := ","
		if lang != Bulgarian && lang != Russian {
			point = "."
		}
		out += point + fraction
	}
	if v < 0 && strings.Trim(s, "0.") != "" {
		out = "−" + out
	}
	return out
}

// Percent writes a share (0.42) as a percentage with at most places decimals: "42%", in Russian "42 %".
func Percent(lang string, share float64, places int) string {
	if lang == Russian {
		return Decimal(lang, share*100, places) + nbsp + "%"
	}
	return Decimal(lang, share*100, places) + "%"
}

var signs = map[string]string{"RUB": "₽", "EUR": "€", "USD": "$", "GBP": "£", "KZT": "₸"}

// Money writes an amount in minor units (kopecks, cents: hundredths) of an ISO 4217 currency; the
// hundredths are left out when they are zero. English puts the sign first, the others last.
func Money(lang string, minor int64, currency string) string {
	sign := ""
	n := uint64(minor)
	if minor < 0 {
		sign, n = "−", -n
	}
	amount := group(lang, strconv.FormatUint(n/100, 10))
	if cents := n % 100; cents != 0 {
		point := ","
		if lang != Bulgarian && lang != Russian {
			point = "."
		}
		amount += point + strconv.FormatUint(cents/10, 10) + strconv.FormatUint(cents%10, 10)
	}
	mark, known := signs[currency]
	if lang == Bulgarian || lang == Russian {
		if !known {
			mark = currency
		}
		return sign + amount + nbsp + mark
	}
	if !known {
		return sign + currency + nbsp + amount
	}
	return sign + mark + amount
}

// List joins items the way a sentence does: "a, b and c".
func List(lang string, items []string) string {
	and := map[string]string{Bulgarian: " и ", Russian: " и "}[lang]
	if and == "" {
		and = " and "
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + and + items[last]
}
