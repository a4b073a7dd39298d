package intake

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parameters of RFC 3492, section 5.
const (
	punyBase, punyTMin, punyTMax  = 36, 1, 26
	punySkew, punyDamp, punyFirst = 38, 700, 72
)

// punycode encodes one label by RFC 3492, section 6.3, without the "xn--". The encoder is here, and
// not golang.org/x/net/idna, because this package keeps to x/text; the mapping (NFKC, lower case)
// that IDNA adds is done by the caller, and what is not a letter, digit or hyphen is refused.
func punycode(label string) string {
	var out strings.Builder
	for _, r := range label {
		if r < utf8.RuneSelf {
			out.WriteRune(r)
		}
	}
	basic := out.Len()
	if basic > 0 {
		out.WriteByte('-')
	}
	n, delta, bias, done := rune(utf8.RuneSelf), 0, punyFirst, basic
	for total := utf8.RuneCountInString(label); done < total; {
		next := rune(math.MaxInt32)
		for _, r := range label {
			if r >= n && r < next {
				next = r
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := punyBase; ; k += punyBase {
				t := min(max(k-bias, punyTMin), punyTMax)
				if q < t {
					break
				}
				out.WriteByte(punyDigit(t + (q-t)%(punyBase-t)))
				q = (q - t) / (punyBase - t)
			}
			out.WriteByte(punyDigit(q))
			bias = punyAdapt(delta, done+1, done == basic)
			delta = 0
			done++
		}
		delta++
		n++
	}
	return out.String()
}

func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyTMin)*punyTMax/2; k += punyBase {
		delta /= punyBase - punyTMin
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}

func punyDigit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

func domainLetters(l string) bool {
	for _, r := range l {
		if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}
