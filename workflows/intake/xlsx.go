package intake

import (
	"archive/zip"
	"bytes"
	"slices"

	"github.com/xuri/excelize/v2"

	"github.com/stazh/stazh/workflows/fault"
)

// maxZipEntries is far above any real workbook (sheets, styles, pictures).
const maxZipEntries = 2000

// maxSheetRows bounds blank rows too: a sheet formatted to its very end has a million of them.
const maxSheetRows = 200_000

// maxSheets is how many sheets are looked through for the table.
const maxSheets = 20

var errBroken = fault.New(fault.Invalid, "file_broken")

// readXLSX reads raw cell values, not the formatted ones: those hide the century, the seconds and,
// in a narrow format, the digits of a telephone. Dates arrive as serial numbers.
func readXLSX(body []byte, opts ReadOptions) (_ *Table, err error) {
	if err := checkZip(body); err != nil {
		return nil, err
	}
	// excelize indexes what it parsed without asking in places; a broken file must not end the process.
	defer func() {
		if p := recover(); p != nil {
			err = errBroken
		}
	}()
	// Both limits alike: above the second, excelize would unpack into temporary files.
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: MaxUnpacked,
	})
	if err != nil {
		return nil, errBroken
	}
	defer f.Close() //nolint:errcheck // nothing was opened on disk
	t := &Table{Format: XLSX}
	for _, s := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(s); err == nil && visible {
			t.Sheets = append(t.Sheets, s)
		}
	}
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		t.Date1904 = *p.Date1904
	}
	if opts.Sheet != "" {
		if !slices.Contains(t.Sheets, opts.Sheet) {
			return nil, fault.New(fault.Invalid, "sheet_unknown")
		}
		return t, t.readSheet(f, opts.Sheet, opts.HeaderRow)
	}
	return firstTable(f, t, opts.HeaderRow)
}

// firstTable takes the first visible sheet whose header has two known names: a cover page or notes may
// come before it. Without such a sheet it is the longest one.
func firstTable(f *excelize.File, book *Table, headerRow int) (*Table, error) {
	var longest *Table
	for _, s := range book.Sheets[:min(len(book.Sheets), maxSheets)] {
		one := &Table{Format: XLSX, Sheets: book.Sheets, Date1904: book.Date1904}
		if err := one.readSheet(f, s, headerRow); err != nil {
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

func (t *Table) readSheet(f *excelize.File, sheet string, headerRow int) error {
	rows, err := f.Rows(sheet)
	if err != nil {
		return errBroken
	}
	defer rows.Close() //nolint:errcheck // as above
	t.Sheet = sheet
	n := 0
	var bad error
	err = t.gather(func() (rawRecord, bool) {
		if n >= maxSheetRows || !rows.Next() {
			return rawRecord{}, false
		}
		n++
		cells, err := rows.Columns()
		if err != nil {
			bad = errBroken
			return rawRecord{}, false
		}
		rec := rawRecord{line: n, cells: cells}
		size := 0
		for _, c := range cells {
			size += len(c)
		}
		if size > MaxRecordBytes {
			rec.cells, rec.code = nil, CodeLineTooLong
		}
		if len(rec.cells) > MaxColumns {
			rec.dropped = slices.ContainsFunc(rec.cells[MaxColumns:], func(c string) bool { return c != "" })
			rec.cells = rec.cells[:MaxColumns]
		}
		return rec, true
	})
	if bad != nil || rows.Error() != nil {
		return errBroken
	}
	if err != nil {
		return err
	}
	return t.frame(headerRow)
}

// checkZip refuses archives that would unpack to more than MaxUnpacked before anything is unpacked.
// Sizes are as declared; archive/zip stops reading an entry that turns out longer than it said.
func checkZip(body []byte) error {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return errBroken
	}
	if len(z.File) > maxZipEntries {
		return limitFault("file_unpacks_too_large", MaxUnpacked>>20)
	}
	var total uint64
	workbook := false
	for _, e := range z.File {
		if e.UncompressedSize64 > MaxUnpacked {
			return limitFault("file_unpacks_too_large", MaxUnpacked>>20)
		}
		total += e.UncompressedSize64
		workbook = workbook || e.Name == "xl/workbook.xml" || e.Name == "[Content_Types].xml"
	}
	if total > MaxUnpacked {
		return limitFault("file_unpacks_too_large", MaxUnpacked>>20)
	}
	if !workbook {
		return fault.New(fault.Invalid, "file_not_table")
	}
	return nil
}
