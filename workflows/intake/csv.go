package intake

import (
	"math"
	"strings"
)

// delimiters in the order that wins a tie.
const delimiters = ",;\t|"

// maxQuotedLines bounds a quoted cell: with MaxRecordBytes it keeps a forgotten quote from swallowing
// the file, and its repair from costing more than the file's length times a constant.
const maxQuotedLines = 500

// csvReader reads more than RFC 4180 allows, as spreadsheets do: any line end, quotes inside unquoted
// cells, unescaped quotes, rows of any width. encoding/csv is not used because it stops at the first
// bare quote, knows no lone CR, and cannot go on after a quote that is never closed.
type csvReader struct {
	s     string
	pos   int
	line  int // of pos
	delim byte
	cells []string
}

// takeSepLine reads Excel's own "sep=;" first line.
func (r *csvReader) takeSepLine() byte {
	end := strings.IndexAny(r.s[:min(len(r.s), 16)], "\r\n")
	if end < 0 {
		return 0
	}
	v := strings.Trim(r.s[:end], `" `)
	if len(v) != 5 || !strings.EqualFold(v[:4], "sep=") || !strings.Contains(delimiters, v[4:]) {
		return 0
	}
	r.pos = end
	r.eol()
	return v[4]
}

// eol steps over one line end, if there is one at pos.
func (r *csvReader) eol() {
	if r.pos >= len(r.s) {
		return
	}
	switch r.s[r.pos] {
	case '\r':
		r.pos++
		if r.pos < len(r.s) && r.s[r.pos] == '\n' {
			r.pos++
		}
		r.line++
	case '\n':
		r.pos++
		r.line++
	}
}

// next returns the next row, false at the end.
func (r *csvReader) next() (rawRecord, bool) {
	if r.pos >= len(r.s) {
		return rawRecord{}, false
	}
	rec := rawRecord{line: r.line}
	start, tail := r.pos, r.s[r.pos:]
	r.cells = r.cells[:0]
	if eol := strings.IndexAny(tail[:min(len(tail), MaxRecordBytes)], "\r\n"); eol < 0 && len(tail) > MaxRecordBytes {
		return r.skipLine(rec), true
	}
	for {
		cell := r.cell(&rec, start+MaxRecordBytes)
		if len(r.cells) < MaxColumns {
			r.cells = append(r.cells, cell)
		} else if strings.TrimSpace(cell) != "" {
			rec.dropped = true
		}
		if r.pos < len(r.s) && r.s[r.pos] == r.delim {
			r.pos++
			continue
		}
		if r.pos-start > MaxRecordBytes {
			return r.skipLine(rec), true
		}
		r.eol()
		rec.cells = r.cells
		return rec, true
	}
}

// skipLine gives up on a row of absurd length and goes on after its line.
func (r *csvReader) skipLine(rec rawRecord) rawRecord {
	if n := strings.IndexAny(r.s[r.pos:], "\r\n"); n >= 0 {
		r.pos += n
		r.eol()
	} else {
		r.pos = len(r.s)
	}
	rec.cells, rec.code = nil, CodeLineTooLong
	return rec
}

// cell reads one cell and stops at its delimiter or line end.
func (r *csvReader) cell(rec *rawRecord, limit int) string {
	i := r.pos
	for i < len(r.s) && r.s[i] == ' ' {
		i++
	}
	if i < len(r.s) && r.s[i] == '"' && !rec.unclosed {
		if v, ok := r.quoted(i+1, limit); ok {
			return v
		}
		// After one quote without end, the row's other quotes are read plainly too: trying each of
		// them again would cost the square of the row.
		rec.unclosed = true
	}
	start := r.pos
	for r.pos < len(r.s) {
		if c := r.s[r.pos]; c == r.delim || c == '\n' || c == '\r' {
			break
		}
		r.pos++
	}
	v := r.s[start:r.pos]
	if rec.unclosed {
		v = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(v), `"`), `"`)
	}
	return v
}

// quoted reads a quoted cell whose text begins at i. Not ok: its end is missing; nothing was read.
func (r *csvReader) quoted(i, limit int) (string, bool) {
	limit = min(limit, len(r.s))
	start, line, doubled := i, r.line, false
	for i < limit {
		switch c := r.s[i]; c {
		case '\r', '\n':
			if c == '\n' || i+1 >= len(r.s) || r.s[i+1] != '\n' {
				line++
			}
			if line-r.line > maxQuotedLines {
				return "", false
			}
			i++
		case '"':
			if i+1 < len(r.s) && r.s[i+1] == '"' {
				doubled = true
				i += 2
				continue
			}
			after := i + 1
			for after < len(r.s) && r.s[after] == ' ' {
				after++
			}
			if after >= len(r.s) || r.s[after] == r.delim || r.s[after] == '\n' || r.s[after] == '\r' {
				v := r.s[start:i]
				if doubled {
					v = strings.ReplaceAll(v, `""`, `"`)
				}
				r.pos, r.line = after, line
				return v, true
			}
			if line > r.line || i > start && r.s[i-1] == r.delim {
				// A lone quote on a later line or behind a delimiter opens another cell: ours was never closed.
				return "", false
			}
			i++ // an unescaped quote inside the cell: "ООО "Ромашка" Плюс"
		default:
			i++
		}
	}
	return "", false
}

// detectDelimiter reads the first rows with each delimiter and takes the one that makes the most
// even table, with known header names counting for much.
func detectDelimiter(text string, tsv bool) byte {
	best, bestScore := delimiters[0], 0.0
	if tsv {
		best = '\t'
	}
	text = text[:min(len(text), 2*MaxRecordBytes)]
	for i := range len(delimiters) {
		r := &csvReader{s: text, line: 1, delim: delimiters[i]}
		widths := map[int]int{}
		rows, known := 0, 0
		for rows < 50 {
			raw, ok := r.next()
			if !ok {
				break
			}
			width, named := 0, 0
			for j, c := range raw.cells {
				if c = cleanCell(c); c != "" {
					width = j + 1
					if _, strength := fieldOfHeader(c); strength > 0 && rows < maxHeaderSearch {
						named++
					}
				}
			}
			if width > 0 {
				rows++
				// Rows are counted with their trailing blanks: exports keep those, which makes them even.
				widths[len(raw.cells)]++
				known = max(known, named)
			}
		}
		score := 0.0
		for w, n := range widths {
			if w > 1 {
				score = math.Max(score, float64(n)/float64(rows)*(1+math.Log2(float64(w))))
			}
		}
		if known >= 2 {
			score += float64(known)
		}
		if score > bestScore+1e-9 {
			best, bestScore = delimiters[i], score
		}
	}
	return best
}
