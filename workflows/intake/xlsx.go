package intake

import (
	"io"
	"slices"
	"strings"

	"github.com/stazh/stazh/workflows/fault"
)

// maxSheets is how many sheets are looked through for the table.
const maxSheets = 20

// readXLSX reads raw cell values, not the formatted ones: those hide the century, the seconds and,
// in a narrow format, the digits of a telephone. Dates arrive as serial numbers.
//
// The reader is our own and streams. excelize builds the whole document: workbooks of 100 KB, made
// with malice and within MaxUnpacked, cost it 2 to 5 GB and half a minute.
func readXLSX(body []byte, opts ReadOptions) (*Table, error) {
	b, err := openBook(body)
	if err != nil {
		return nil, err
	}
	if opts.Sheet == "" {
		return b.firstTable(opts.HeaderRow)
	}
	i := slices.IndexFunc(b.sheets, func(s sheet) bool { return s.name == opts.Sheet })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "sheet_unknown")
	}
	return b.table(b.sheets[i], opts.HeaderRow)
}

// firstTable takes the first visible sheet whose header has two known names: a cover page or notes may
// come before it. Without such a sheet it is the longest one.
func (b *book) firstTable(headerRow int) (*Table, error) {
	var longest *Table
	for _, s := range b.sheets[:min(len(b.sheets), maxSheets)] {
		one, err := b.table(s, headerRow)
		if err != nil {
			if code := fault.CodeOf(err); code == "file_empty" || code == "header_row_unknown" {
				continue
			}
			return nil, err
		}
		known := 0
		for _, h := range one.Headers {
			if _, strength := fieldOfHeader(h); strength > 0 {
				known++
			}
		}
		if known >= 2 && len(one.Records) > 0 {
			return one, nil
		}
		if longest == nil || len(one.Records) > len(longest.Records) {
			longest = one
		}
	}
	if longest == nil {
		return nil, fault.New(fault.Invalid, "file_empty")
	}
	return longest, nil
}

func (b *book) table(s sheet, headerRow int) (*Table, error) {
	t := &Table{Format: XLSX, Sheet: s.name, Date1904: b.date1904}
	for _, each := range b.sheets {
		t.Sheets = append(t.Sheets, each.name)
	}
	p, err := b.open(s.part)
	if err != nil {
		return nil, err
	}
	defer p.Close() //nolint:errcheck // a zip entry in memory
	r := &sheetReader{part: p, shared: b.shared}
	if err := t.gather(r.next); err != nil && r.err == nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	return t, t.frame(headerRow)
}

// sheetReader streams the rows of one sheet.
type sheetReader struct {
	*part
	shared []string
	cells  []string
	line   int
	err    error
}

// next returns the next row element.
func (r *sheetReader) next() (rawRecord, bool) {
	for {
		e, ok := r.token()
		if !ok {
			return rawRecord{}, false
		}
		if !e.start || e.name != "row" {
			continue
		}
		// Rows count on where they carry no number, or one that goes back.
		at, numbered := number(e.attr("r"), 7)
		if r.line++; numbered && at > r.line {
			r.line = at
		}
		return r.row()
	}
}

func (r *sheetReader) row() (rawRecord, bool) {
	rec := rawRecord{line: r.line}
	r.cells = r.cells[:0]
	column, size := -1, 0
	for {
		e, ok := r.token()
		if !ok {
			return rawRecord{}, false
		}
		if !e.start && e.name == "row" {
			break
		}
		if !e.start || e.name != "c" {
			continue
		}
		if column++; e.attr("r") != "" {
			column = columnOf(e.attr("r"), column)
		}
		v, ok := r.value(e.attr("t"))
		if !ok {
			return rawRecord{}, false
		}
		if v == "" {
			continue
		}
		if column >= MaxColumns {
			rec.dropped = true
			continue
		}
		if size += len(v); size > MaxRecordBytes {
			rec.code = CodeLineTooLong
			continue
		}
		for len(r.cells) <= column {
			r.cells = append(r.cells, "")
		}
		r.cells[column] = v
	}
	if rec.code == "" {
		rec.cells = r.cells
	}
	return rec, true
}

// value reads a cell up to its end. Kinds (ECMA-376 part 1, 18.18.11): s is an index into the shared
// strings; inlineStr, str, d (ISO date) and numbers stand as they are; e is an error such as #N/A.
func (r *sheetReader) value(kind string) (string, bool) {
	text, ok := r.text("c", "v", "t")
	switch {
	case !ok:
		return "", false
	case kind == "e":
		return "", true
	case kind == "s":
		i, valid := number(strings.TrimSpace(text), 8)
		if !valid || i >= len(r.shared) {
			return "", true
		}
		return r.shared[i], true
	}
	return text, true
}

// token stops at the end and notes why, if it was not the file's own end.
func (r *sheetReader) token() (element, bool) {
	e, err := r.part.token()
	if err != nil && err != io.EOF {
		r.err = err
	}
	return e, err == nil
}

func (r *sheetReader) text(end string, kinds ...string) (string, bool) {
	s, err := r.part.text(end, kinds...)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return s, err == nil
}

// columnOf reads the letters of "AB12" as a column number from 0; otherwise it is the next one.
func columnOf(ref string, next int) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > 16384 {
			return next
		}
	}
	if n == 0 {
		return next
	}
	return n - 1
}
