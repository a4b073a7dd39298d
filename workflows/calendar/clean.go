package calendar

import (
	"strings"
	"unicode"
)

// Line makes one line of plain text out of s: invalid UTF-8 goes, every control character, line or
// paragraph separator and run of blanks becomes one blank. Nothing that passed through it can start
// a header or a calendar property. Directional overrides go too, as they make an address read wrong.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// Lines cleans each line of s and keeps the line ends as \n.
func Lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	parts := strings.Split(s, "\n")
	for i, p := range parts {
		parts[i] = Line(p)
	}
	return strings.TrimSpace(strings.Join(parts, "\n"))
}
