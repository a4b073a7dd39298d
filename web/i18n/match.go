package i18n

import (
	"strconv"
	"strings"
)

// Match returns the best of our languages for an Accept-Language header (RFC 9110, section 12.5.4):
// the highest weight wins, the first of equals; Default when none fits or the header is unreadable.
func Match(header string) string {
	best, weight := Default, 0.0
	if len(header) > 1000 { // nobody's browser; do not spend time on it
		return best
	}
	for item := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			parsed, err := strconv.ParseFloat(v, 64)
			if err != nil || parsed < 0 || parsed > 1 {
				continue
			}
			q = parsed
		}
		lang, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if Known(lang) && q > weight {
			best, weight = lang, q
		}
	}
	return best
}
