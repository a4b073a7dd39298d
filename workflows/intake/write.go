package intake

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"
)

// WriteOptions shape an export. The zero value is RFC 4180 with commas.
type WriteOptions struct {
	Delimiter rune // 0 is a comma; Excel in Russian and Bulgarian wants ;
	BOM       bool // Excel reads UTF-8 only with a byte order mark
}

// WriteCSV writes rows (the header is the first) with CRLF line ends. A cell that a spreadsheet would
// run as a formula (beginning with = + - @ tab or CR, also after spaces) gets a leading apostrophe, as
// OWASP advises; Read takes it off again. Telephones begin with + and get one too.
func WriteCSV(w io.Writer, opts WriteOptions, rows iter.Seq[[]string]) error {
	if opts.BOM {
		if _, err := w.Write(bomUTF8); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if opts.Delimiter != 0 {
		out.Comma = opts.Delimiter
	}
	var safe []string
	for row := range rows {
		safe = safe[:0]
		for _, c := range row {
			safe = append(safe, guard(c))
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// formulaStart holds the signs that begin a formula; the wide ones are what Japanese input makes of them.
const formulaStart = "=+-@\t\r＝＋－＠"

func guard(c string) string {
	if startsFormula(c) {
		return "'" + c
	}
	return c
}

func unguard(c string) string {
	if len(c) > 1 && c[0] == '\'' && startsFormula(c[1:]) {
		return c[1:]
	}
	return c
}

func startsFormula(c string) bool {
	c = strings.TrimLeft(c, " \n\u00a0")
	for _, r := range c {
		return strings.ContainsRune(formulaStart, r)
	}
	return false
}
