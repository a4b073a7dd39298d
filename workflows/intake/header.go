package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stazh/stazh/workflows/fault"
)

// maxHeaderSearch is how many rows may stand above the header (titles, export date, filters).
const maxHeaderSearch = 20

// maxHeaderRunes cuts a header that is really a sentence, so that it fits a page and a mapping.
const maxHeaderRunes = 80

// frame finds the header, names the columns, and leaves only data in Records.
func (t *Table) frame(headerRow int) error {
	at := -1
	switch {
	case headerRow > 0:
		at = slices.IndexFunc(t.Records, func(r Record) bool { return r.Line == headerRow })
		if at < 0 {
			return fault.New(fault.Invalid, "header_row_unknown", "line", fmt.Sprint(headerRow))
		}
	case headerRow == 0:
		at = findHeader(t.Records)
	}
	var names []string
	if at >= 0 {
		names = t.Records[at].Cells
		t.HeaderLine = t.Records[at].Line
		t.Records = t.Records[at+1:]
	} else {
		t.warn(WarnHeaderMissing, 0)
	}
	kept := t.Records[:0]
	for _, r := range t.Records {
		if len(names) > 1 && slices.Equal(r.Cells, names) {
			t.warn(WarnHeaderRepeated, r.Line)
			continue
		}
		kept = append(kept, r)
	}
	t.Records = kept
	if len(t.Records) > MaxRows {
		return limitFault("file_too_many_rows", MaxRows)
	}
	t.name(names)
	return nil
}

// name fills Headers. Nameless columns exist as far as any row has cells, so nothing is out of reach.
func (t *Table) name(names []string) {
	width := len(names)
	for _, r := range t.Records {
		if len(names) > 0 && len(r.Cells) > len(names) {
			t.warn(WarnRowWide, r.Line)
		}
		width = max(width, len(r.Cells))
	}
	seen := map[string]bool{}
	t.Headers = make([]string, width)
	for i := range t.Headers {
		h := ""
		if i < len(names) {
			h = strings.Join(strings.Fields(names[i]), " ")
		}
		if utf8.RuneCountInString(h) > maxHeaderRunes {
			h = string([]rune(h)[:maxHeaderRunes])
		}
		if h == "" {
			h = letters(i)
		} else if seen[h] {
			t.warn(WarnHeaderDouble, t.HeaderLine)
		}
		base := h
		for n := 2; seen[h]; n++ {
			h = fmt.Sprintf("%s (%d)", base, n)
		}
		seen[h] = true
		t.Headers[i] = h
	}
}

// letters names a column as spreadsheets do: A, B, ..., Z, AA.
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// findHeader returns the index of the header among the first rows, -1 when there is none. Known names
// decide; without them it is the first row about as wide as the table that holds no e-mail, number
// or link.
func findHeader(rows []Record) int {
	head := rows[:min(len(rows), maxHeaderSearch)]
	best, bestScore := -1, 1
	for i, r := range head {
		score := 0
		for _, c := range r.Cells {
			if _, strength := fieldOfHeader(c); strength > 0 {
				score += strength
			} else if isData(c) {
				score -= 3
			}
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	if best >= 0 {
		return best
	}
	widths := make([]int, 0, len(head))
	for _, r := range head {
		widths = append(widths, filled(r))
	}
	if len(widths) < 2 {
		return -1
	}
	typical := slices.Sorted(slices.Values(widths))[len(widths)/2]
	for i, r := range head[:len(head)-1] {
		if widths[i] < 2 || widths[i]*3 < typical*2 {
			continue
		}
		if slices.ContainsFunc(r.Cells, isData) {
			return -1
		}
		// A table of words only (names and cities) has no visible header; its first row must differ
		// from the others by holding no data where they do.
		if slices.ContainsFunc(head[i+1:], func(o Record) bool { return slices.ContainsFunc(o.Cells, isData) }) {
			return i
		}
		return -1
	}
	return -1
}

func filled(r Record) int {
	n := 0
	for _, c := range r.Cells {
		if c != "" {
			n++
		}
	}
	return n
}

// isData says that a cell cannot be a column's name.
func isData(c string) bool {
	if c == "" {
		return false
	}
	digits := 0
	for i := range len(c) {
		if c[i] >= '0' && c[i] <= '9' {
			digits++
		}
	}
	return strings.Contains(c, "@") && strings.Contains(c, ".") || strings.Contains(c, "://") || digits >= 5 ||
		digits > 0 && digits*2 >= len(c)
}
