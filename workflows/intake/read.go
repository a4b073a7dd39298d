package intake

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/stazh/stazh/workflows/fault"
)

// Limits of one file. They bound memory (about ten times MaxBytes at worst for CSV) and time.
const (
	MaxBytes       = 10 << 20  // size of the uploaded file
	MaxRows        = 50_000    // data rows, blank ones not counted
	MaxColumns     = 256       // cells after these are dropped, with a warning
	MaxCells       = 2_000_000 // non-trailing cells of the whole table
	MaxRecordBytes = 64 << 10  // one row; a longer one is reported and skipped
	MaxUnpacked    = 64 << 20  // what an XLSX may unpack to
)

// Format is what the content turned out to be.
type Format string

// The formats that can be read.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ReadOptions override what Read would detect; the zero value detects everything.
type ReadOptions struct {
	Encoding  Encoding // "" detects; of no meaning for XLSX
	Delimiter rune     // 0 detects; else one of , ; tab |
	Sheet     string   // XLSX: "" takes the first visible sheet with known column names, else the longest
	HeaderRow int      // 0 detects; -1 says there is none; else the header's line in the source
}

// Table is a file as cells. All text is UTF-8 without control characters.
type Table struct {
	Format     Format   `json:"format"`
	Encoding   Encoding `json:"encoding,omitempty"`
	Delimiter  string   `json:"delimiter,omitempty"`
	Sheet      string   `json:"sheet,omitempty"`
	Sheets     []string `json:"sheets,omitempty"` // the visible sheets, in order
	HeaderLine int      `json:"header_line"`      // 0 when the file has no header
	// Headers are unique and never blank: a nameless column is called by its spreadsheet letter, a
	// repeated name gets " (2)".
	Headers  []string  `json:"headers"`
	Records  []Record  `json:"records"`
	Warnings []Warning `json:"warnings,omitempty"`
	Date1904 bool      `json:"date1904,omitempty"` // serial dates count from 1904 (old Mac Excel)
}

// Record is one row. Cells may be fewer than headers; use Cell.
type Record struct {
	Line  int      `json:"line"` // 1-based line (CSV, where the row begins) or row (XLSX) of the source
	Cells []string `json:"cells"`
	Code  string   `json:"code,omitempty"` // why the row could not be read, "" when it could
}

// Cell returns the trimmed cell of column i, "" when the row is shorter.
func (r Record) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// Warning is something about the file that a person should look at; words are at "intake.<code>".
type Warning struct {
	Code  string `json:"code"`
	Line  int    `json:"line"`  // where it was first seen
	Count int    `json:"count"` // how often
}

// Codes of warnings about a whole file.
const (
	WarnBytesReplaced  = "bytes_replaced"   // bytes that the encoding does not know were dropped
	WarnColumnsDropped = "columns_dropped"  // cells after MaxColumns were dropped
	WarnRowWide        = "row_wide"         // a row has more cells than the header
	WarnQuoteUnclosed  = "quote_unclosed"   // a quote was never closed; read as a plain character
	WarnHeaderRepeated = "header_repeated"  // the header came again inside the data and was skipped
	WarnHeaderDouble   = "header_duplicate" // two columns have one name
	WarnHeaderMissing  = "header_missing"   // no header; columns are called by letters
	WarnEncoding       = "encoding_guessed" // a one-byte encoding was guessed from the letters
)

func (t *Table) warn(code string, line int) {
	for i := range t.Warnings {
		if t.Warnings[i].Code == code {
			t.Warnings[i].Count++
			return
		}
	}
	t.Warnings = append(t.Warnings, Warning{code, line, 1})
}

// Read makes a table of an uploaded file. The format is judged by content; of the name only a .tsv
// ending matters, where nothing else decides the delimiter.
//
// Faults, all Invalid: file_empty; file_too_large, file_too_many_rows, file_too_many_cells,
// file_unpacks_too_large (each with "limit", sizes in MB); file_not_table (an image, a PDF, another archive);
// file_is_html (a page saved as .xls); file_old_excel (.xls, or XLSX with a password); file_broken;
// encoding_unknown, delimiter_unknown, sheet_unknown, header_row_unknown for options that do not fit.
func Read(name string, body []byte, opts ReadOptions) (*Table, error) {
	switch {
	case len(body) > MaxBytes:
		return nil, limitFault("file_too_large", MaxBytes>>20)
	case len(body) == 0:
		return nil, fault.New(fault.Invalid, "file_empty")
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return readXLSX(body, opts)
	case bytes.HasPrefix(body, []byte("\xD0\xCF\x11\xE0")):
		return nil, fault.New(fault.Invalid, "file_old_excel")
	}
	return readCSV(name, body, opts)
}

func limitFault(code string, limit int) error {
	return fault.New(fault.Invalid, code, "limit", strconv.Itoa(limit))
}

func readCSV(name string, body []byte, opts ReadOptions) (*Table, error) {
	t := &Table{Format: CSV}
	enc := opts.Encoding
	if enc == "" {
		enc = detectEncoding(body)
	}
	if !enc.known() {
		return nil, fault.New(fault.Invalid, "encoding_unknown")
	}
	text, lost := enc.decode(body)
	if code := notTable(text); code != "" {
		return nil, fault.New(fault.Invalid, code)
	}
	if strings.Trim(text, delimiters+" \"\r\n") == "" {
		return nil, fault.New(fault.Invalid, "file_empty")
	}
	t.Encoding = enc
	if lost > 0 {
		t.Warnings = append(t.Warnings, Warning{WarnBytesReplaced, 0, lost})
	}
	if opts.Encoding == "" && (enc == Windows1251 || enc == Windows1252) {
		t.warn(WarnEncoding, 0)
	}
	r := &csvReader{s: text, line: 1}
	sep := r.takeSepLine()
	switch {
	case opts.Delimiter != 0:
		if opts.Delimiter > 127 || !strings.ContainsRune(delimiters, opts.Delimiter) {
			return nil, fault.New(fault.Invalid, "delimiter_unknown")
		}
		r.delim = byte(opts.Delimiter)
	case sep != 0:
		r.delim = sep
	default:
		r.delim = detectDelimiter(text[r.pos:], strings.EqualFold(path.Ext(name), ".tsv"))
	}
	t.Delimiter = string(rune(r.delim))
	if err := t.gather(r.next); err != nil {
		return nil, err
	}
	return t, t.frame(opts.HeaderRow)
}

// rawRecord is one row as a reader hands it over; cells are only valid until the next one.
type rawRecord struct {
	line     int
	cells    []string
	code     string
	unclosed bool
	dropped  bool
}

// gather cleans and keeps the rows that hold anything, within the limits. Cells of all rows share
// big arrays: a slice for each of 50,000 rows costs the collector more than the reading.
func (t *Table) gather(next func() (rawRecord, bool)) error {
	var pool []string
	cells, size := 0, 0
	for {
		raw, ok := next()
		if !ok {
			break
		}
		row := raw.cells
		for i, c := range row {
			row[i] = cleanCell(c)
			size += len(row[i])
		}
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		if len(row) == 0 && raw.code == "" {
			continue
		}
		if len(t.Records) > MaxRows+maxHeaderSearch {
			return limitFault("file_too_many_rows", MaxRows)
		}
		if cells += len(row); cells > MaxCells {
			return limitFault("file_too_many_cells", MaxCells)
		}
		if size > MaxUnpacked { // shared strings make little files large
			return limitFault("file_unpacks_too_large", MaxUnpacked>>20)
		}
		if raw.unclosed {
			t.warn(WarnQuoteUnclosed, raw.line)
		}
		if raw.dropped {
			t.warn(WarnColumnsDropped, raw.line)
		}
		if cap(pool)-len(pool) < len(row) {
			pool = make([]string, 0, max(len(row), 4096))
		}
		at := len(pool)
		pool = append(pool, row...)
		t.Records = append(t.Records, Record{Line: raw.line, Cells: slices.Clip(pool[at:]), Code: raw.code})
	}
	if len(t.Records) == 0 {
		return fault.New(fault.Invalid, "file_empty")
	}
	return nil
}
