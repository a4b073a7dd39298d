package intake

import (
	"math/big"
	"strings"

	"github.com/stazh/stazh/workflows/fault"
)

// NormalisePhone returns a telephone number as + and digits (E.164: 8 to 15 of them). Russian numbers
// (8, 7 or +7 and ten digits, or a bare mobile 9xx), and Bulgarian ones (0 or +359) are completed;
// others must begin with + or 00. An extension is dropped; of several numbers the first good one
// counts.
//
// Faults (Invalid): phone_missing for a blank; phone_rounded for a number that a spreadsheet has
// rounded (7,91612E+10), whose digits are lost; phone_no_country when no country code can be told;
// phone_invalid otherwise.
func NormalisePhone(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", fault.New(fault.Invalid, "phone_missing")
	}
	if len(s) > 500 {
		return "", fault.New(fault.Invalid, CodePhoneInvalid)
	}
	if v, code := spreadsheetNumber(s); code != "" {
		return "", fault.New(fault.Invalid, code)
	} else if v != "" {
		s = v
	}
	first := ""
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",;/|\n", r) }) {
		v, code := onePhone(part)
		if code == "" {
			return v, nil
		}
		if first == "" {
			first = code
		}
	}
	if first == "" {
		first = CodePhoneInvalid
	}
	return "", fault.New(fault.Invalid, first)
}

// spreadsheetNumber undoes 7.9161234567E10 and 79161234567.0. A mantissa of fewer digits than the
// exponent asks for has been rounded.
func spreadsheetNumber(s string) (value, code string) {
	t := strings.ToUpper(strings.ReplaceAll(s, ",", "."))
	if strings.Trim(t, "+0123456789.E") != "" {
		return "", ""
	}
	if mantissa, exp, ok := strings.Cut(t, "E"); ok {
		_, frac, _ := strings.Cut(mantissa, ".")
		exp = strings.TrimPrefix(exp, "+")
		if len(exp) == 0 || len(exp) > 2 || strings.Trim(exp, "0123456789") != "" || strings.Trim(frac, "0123456789") != "" {
			return "", CodePhoneInvalid
		}
		f, _, err := big.ParseFloat(mantissa+"E"+exp, 10, 128, big.ToNearestEven)
		if err != nil {
			return "", CodePhoneInvalid
		}
		// Six digits are what a narrow cell shows; a true number of 10 to 13 rarely ends in so many zeros.
		if len(frac) <= 6 {
			return "", CodePhoneRounded
		}
		return f.Text('f', 0), ""
	}
	if head, tail, ok := strings.Cut(t, "."); ok && tail == "0" && len(head) >= 9 {
		return head, ""
	}
	return "", ""
}

func onePhone(s string) (string, string) {
	lower := strings.ToLower(s)
	for _, ext := range []string{"доб", "вн.", "вн ", "вътр", "ext", "x", "#"} {
		if i := strings.Index(lower, ext); i > 6 {
			lower = lower[:i]
		}
	}
	for _, label := range []string{"тел.", "тел:", "тел ", "tel.", "tel:", "tel ", "моб.", "моб:", "gsm:", "gsm ", "phone:"} {
		lower = strings.TrimPrefix(strings.TrimSpace(lower), label)
	}
	lower = strings.TrimSpace(lower)
	plus := strings.HasPrefix(strings.TrimLeft(lower, "('’ "), "+")
	var b strings.Builder
	for _, r := range lower {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" \u00a0\u2009\u202f\t()-.+'’‐‑‒–—_", r):
		default:
			return "", CodePhoneInvalid
		}
	}
	d := b.String()
	if !plus && strings.HasPrefix(d, "00") {
		d, plus = d[2:], true
	}
	return country(d, plus)
}

// country completes the digits. Plans: Russia and Kazakhstan +7 with ten digits of which the first is
// 3 to 9; Bulgaria +359 with eight or nine digits, written at home with 0 in front.
func country(d string, plus bool) (string, string) {
	if len(d) < 8 || len(d) > 15 || strings.Trim(d, d[:1]) == "" {
		return "", CodePhoneInvalid
	}
	russian := func(ten string) (string, string) {
		if ten[0] < '3' || strings.Trim(ten[1:], ten[1:2]) == "" {
			return "", CodePhoneInvalid
		}
		return "+7" + ten, ""
	}
	bulgarian := func(n string) (string, string) {
		n = strings.TrimPrefix(n, "0") // +359 (0)888
		if len(n) < 7 || len(n) > 9 || n[0] == '0' || n[0] == '1' {
			return "", CodePhoneInvalid
		}
		return "+359" + n, ""
	}
	switch {
	case len(d) == 12 && strings.HasPrefix(d, "789"):
		return russian(d[2:]) // +7 8 916 ...: both prefixes at once
	case len(d) == 11 && d[0] == '7', len(d) == 11 && strings.HasPrefix(d, "89"), !plus && len(d) == 11 && d[0] == '8':
		return russian(d[1:])
	case strings.HasPrefix(d, "359") && len(d) >= 10 && len(d) <= 13:
		return bulgarian(d[3:])
	case plus && d[0] == '7':
		return "", CodePhoneInvalid
	case plus && d[0] == '0':
		return "", CodePhoneInvalid
	case plus:
		return "+" + d, ""
	case d[0] == '0' && (len(d) == 9 || len(d) == 10 || len(d) == 8):
		return bulgarian(d)
	case len(d) == 9 && (strings.HasPrefix(d, "87") || strings.HasPrefix(d, "88") || strings.HasPrefix(d, "89") || strings.HasPrefix(d, "98")):
		return bulgarian(d)
	case len(d) == 10 && d[0] == '9':
		return russian(d)
	}
	return "", CodePhoneNoCountry
}
