package intake

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/stazh/stazh/workflows/fault"
)

// NormaliseEmail returns the one spelling of an e-mail address: lower case, an international domain in
// its ASCII form (xn--). It takes what people paste: "mailto:", "Name <address>", spaces around,
// several addresses of which the first good one counts.
//
// Faults (Invalid): email_missing for a blank; email_not_ascii for non-Latin letters before the @ (as
// a rule Cyrillic look-alikes; servers refuse them); email_invalid otherwise. Limits are RFC 5321's:
// 64 bytes before the @, 254 in all.
func NormaliseEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", fault.New(fault.Invalid, "email_missing")
	}
	if len(s) > 2000 {
		return "", fault.New(fault.Invalid, CodeEmailInvalid)
	}
	if v, code := oneEmail(s); code == "" {
		return v, nil
	}
	first := ""
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",;|<>()\" \t\n\u00a0", r) }) {
		if !strings.Contains(part, "@") {
			continue
		}
		v, code := oneEmail(part)
		if code == "" {
			return v, nil
		}
		if first == "" {
			first = code
		}
	}
	if first == "" {
		first = CodeEmailInvalid
	}
	return "", fault.New(fault.Invalid, first)
}

func oneEmail(s string) (string, string) {
	s = norm.NFKC.String(strings.TrimSpace(s))
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		return "", CodeEmailInvalid
	}
	local = strings.TrimLeft(strings.TrimSpace(local), "'")
	domain = strings.TrimRight(strings.TrimSpace(domain), ".,;:'")
	if local == "" || len(local) > 64 {
		return "", CodeEmailInvalid
	}
	for i := range len(local) {
		c := local[i]
		switch {
		case c >= utf8.RuneSelf:
			return "", CodeEmailNotASCII
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0:
		case c == '.' && i > 0 && i < len(local)-1 && local[i-1] != '.':
		default:
			return "", CodeEmailInvalid
		}
	}
	domain, ok = asciiDomain(domain)
	if !ok || len(local)+1+len(domain) > 254 {
		return "", CodeEmailInvalid
	}
	return strings.ToLower(local) + "@" + domain, ""
}

// asciiDomain checks a host name and writes it in lower-case ASCII, each foreign label as punycode.
// A domain needs a dot and a top level that is not a number.
func asciiDomain(d string) (string, bool) {
	d = strings.ToLower(d)
	labels := strings.FieldsFunc(d, func(r rune) bool { return r == '.' || r == '。' })
	if len(labels) < 2 || len(labels) != strings.Count(strings.ReplaceAll(d, "。", "."), ".")+1 {
		return "", false
	}
	for i, l := range labels {
		if !isASCII(l) {
			if !domainLetters(l) || len(l) > 200 {
				return "", false
			}
			l = "xn--" + punycode(norm.NFC.String(l))
		}
		if len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return "", false
		}
		for j := range len(l) {
			if c := l[j]; c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return "", false
			}
		}
		labels[i] = l
	}
	top := labels[len(labels)-1]
	if len(top) < 2 || strings.Trim(top, "0123456789") == "" {
		return "", false
	}
	return strings.Join(labels, "."), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
