package intake

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/workflows/fault"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func read(t testing.TB, body []byte, o ReadOptions) *Table {
	t.Helper()
	table, err := Read("file.csv", body, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestReadFindsEncodingDelimiterAndHeader(t *testing.T) {
	for _, c := range []struct {
		file, delimiter string
		enc             Encoding
		header, rows    int
		first           string
		lines           []int
	}{
		{"hh_cp1251.csv", ";", Windows1251, 4, 6, "ФИО", []int{5, 7, 9, 10, 11, 12}},
		{"jobsbg_utf16le.csv", "\t", UTF16LE, 1, 2, "Име", []int{2, 3}},
		{"linkedin_utf8bom.csv", ",", UTF8, 1, 4, "First Name", []int{2, 3, 4, 5}},
		{"latin1_cr.txt", "|", Windows1252, 1, 2, "Name", []int{2, 3}},
	} {
		table := read(t, sample(t, c.file), ReadOptions{})
		var lines []int
		for _, r := range table.Records {
			lines = append(lines, r.Line)
		}
		if table.Encoding != c.enc || table.Delimiter != c.delimiter || table.HeaderLine != c.header ||
			table.Headers[0] != c.first || !slices.Equal(lines, c.lines) {
			t.Errorf("%s: %v %q header %d %q lines %v", c.file, table.Encoding, table.Delimiter, table.HeaderLine, table.Headers, lines)
		}
	}
	table := read(t, sample(t, "hh_cp1251.csv"), ReadOptions{})
	if len(table.Headers) != 10 {
		t.Errorf("blank trailing columns stay away: %q", table.Headers)
	}
	if got := table.Records[0].Cell(9); got != "Пишет: \"готов\" хоть\nзавтра" {
		t.Errorf("got %q", got)
	}
}

func TestReadRepairsRows(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want [][]string // header first
		warn string
	}{
		"duplicate and nameless headers": {"Name,Phone,Phone,\na,1,2,3\n", [][]string{{"Name", "Phone", "Phone (2)", "D"}, {"a", "1", "2", "3"}}, WarnHeaderDouble},
		"ragged":                         {"name,email\na\nb,b@x.bg,c\n", [][]string{{"name", "email", "C"}, {"a"}, {"b", "b@x.bg", "c"}}, WarnRowWide},
		"control characters":             {"name,email\nI\x00v\u200ban\x07,\ufeffi@x.bg\n", [][]string{{"name", "email"}, {"Ivan", "i@x.bg"}}, ""},
		"forgotten quote":                {"name,email\n\"Ivan,i@x.bg\n\"Ana\",\"a@x.bg\"\n", [][]string{{"name", "email"}, {"Ivan", "i@x.bg"}, {"Ana", "a@x.bg"}}, WarnQuoteUnclosed},
		"inner quotes":                   {"name,comment\n\"A \"B\" C\",x\n", [][]string{{"name", "comment"}, {"A \"B\" C", "x"}}, ""},
		"header again":                   {"name,email\na,a@x.bg\nname,email\nb,b@x.bg", [][]string{{"name", "email"}, {"a", "a@x.bg"}, {"b", "b@x.bg"}}, WarnHeaderRepeated},
		"sep line":                       {"sep=;\nname;email\na,b;x@x.bg\n", [][]string{{"name", "email"}, {"a,b", "x@x.bg"}}, ""},
		"no header":                      {"Ivan Ivanov,ivan@x.bg\nAna Petrova,ana@x.bg\n", [][]string{{"A", "B"}, {"Ivan Ivanov", "ivan@x.bg"}, {"Ana Petrova", "ana@x.bg"}}, WarnHeaderMissing},
		"formula guard":                  {"name,phone\na,'+359888123456\n", [][]string{{"name", "phone"}, {"a", "+359888123456"}}, ""},
		"one column":                     {"email\na@x.bg\n", [][]string{{"email"}, {"a@x.bg"}}, ""},
	} {
		table := read(t, []byte(c.in), ReadOptions{})
		got := [][]string{table.Headers}
		for _, r := range table.Records {
			got = append(got, r.Cells)
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
			t.Errorf("%s: got %q", name, got)
		}
		if c.warn != "" && !slices.ContainsFunc(table.Warnings, func(w Warning) bool { return w.Code == c.warn }) {
			t.Errorf("%s: warnings %v", name, table.Warnings)
		}
	}
}

func TestReadTellsUTF16WithoutMarkAndBrokenUTF8(t *testing.T) {
	var le, be []byte
	for _, r := range "Имя;Телефон\nИван;89161234567\nАнна;89161234568\n" {
		le = append(le, byte(r), byte(r>>8))
		be = append(be, byte(r>>8), byte(r))
	}
	if e := read(t, le, ReadOptions{}).Encoding; e != UTF16LE {
		t.Errorf("got %v", e)
	}
	if e := read(t, be, ReadOptions{}).Encoding; e != UTF16BE {
		t.Errorf("got %v", e)
	}
	broken := []byte("Имя,Почта,Комментарий\nИван Иванов,i@x.bg,обрезано \xD0")
	table := read(t, broken, ReadOptions{})
	if table.Encoding != UTF8 || table.Warnings[0].Code != WarnBytesReplaced || table.Records[0].Cell(2) != "обрезано" {
		t.Errorf("got %v %v %v", table.Encoding, table.Warnings, table.Records)
	}
	// An explicit choice wins over a wrong guess.
	west, _ := charmap.Windows1252.NewEncoder().Bytes([]byte("name,city\nZoë Å,ÅÄÖÅ\n"))
	if got := read(t, west, ReadOptions{Encoding: Windows1252}).Records[0].Cell(1); got != "ÅÄÖÅ" {
		t.Errorf("got %q", got)
	}
}

func TestReadSkipsAbsurdLinesAndRefusesTheImpossible(t *testing.T) {
	long := "name,email\na,a@x.bg\n" + strings.Repeat("x", MaxRecordBytes+1) + "\nb,b@x.bg\n"
	table := read(t, []byte(long), ReadOptions{})
	if len(table.Records) != 3 || table.Records[1].Code != CodeLineTooLong || table.Records[1].Line != 3 || table.Records[2].Line != 4 {
		t.Errorf("got %d records, %v", len(table.Records), table.Records[1].Code)
	}
	for code, body := range map[string][]byte{
		"file_empty":         []byte(" \r\n;;;\r\n"),
		"file_too_large":     make([]byte, MaxBytes+1),
		"file_too_many_rows": []byte("name,email\n" + strings.Repeat("a,a@x.bg\n", MaxRows+1)),
		"file_not_table":     []byte("%PDF-1.7\n..."),
		"file_is_html":       []byte("  <HTML><table>"),
		"file_old_excel":     []byte("\xD0\xCF\x11\xE0\xA1\xB1"),
		"file_broken":        []byte("PK\x03\x04 not a zip"),
	} {
		if _, err := Read("x.csv", body, ReadOptions{}); fault.CodeOf(err) != code || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: got %v", code, err)
		}
	}
	if _, err := Read("x.csv", []byte("name,email\n"+strings.Repeat("a,a@x.bg\n", MaxRows)), ReadOptions{}); err != nil {
		t.Errorf("exactly the limit is fine: %v", err)
	}
	for code, o := range map[string]ReadOptions{
		"encoding_unknown": {Encoding: "koi8-r"}, "delimiter_unknown": {Delimiter: 'x'}, "header_row_unknown": {HeaderRow: 99},
	} {
		if _, err := Read("x.csv", []byte("name,email\na,b\n"), o); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v", code, err)
		}
	}
}

func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	body := workbook(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"Отчёт за ноябрь"})
		f.SetSheetRow("Sheet1", "A2", &[]any{"Подготовил отдел"})
		f.NewSheet("Отклики")
		f.SetSheetRow("Отклики", "A3", &[]any{"ФИО", "Телефон", "Дата отклика", nil, nil})
		f.SetSheetRow("Отклики", "A5", &[]any{"Иванов Иван", 79161234567, 46349.604166667})
		f.NewSheet("secret")
		f.SetSheetVisible("secret", false)
	})
	table := read(t, body, ReadOptions{})
	if table.Sheet != "Отклики" || len(table.Sheets) != 2 || table.HeaderLine != 3 || len(table.Headers) != 3 {
		t.Fatalf("got %+v", table)
	}
	if r := table.Records[0]; r.Line != 5 || r.Cell(1) != "79161234567" {
		t.Errorf("got %+v", r)
	}
	if table := read(t, body, ReadOptions{Sheet: "Sheet1", HeaderRow: -1}); len(table.Records) != 2 {
		t.Errorf("got %+v", table)
	}
	if _, err := Read("x", body, ReadOptions{Sheet: "secret"}); fault.CodeOf(err) != "sheet_unknown" {
		t.Errorf("hidden sheets are not read: %v", err)
	}
}

func TestReadXLSXRefusesBombs(t *testing.T) {
	bomb := zipOf(t, map[string]int{"[Content_Types].xml": 10, "xl/worksheets/sheet1.xml": MaxUnpacked + 1})
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb is small: %d", len(bomb))
	}
	for code, body := range map[string][]byte{
		"file_unpacks_too_large": bomb,
		"file_not_table":         zipOf(t, map[string]int{"word/document.xml": 10}),
		"file_broken":            zipOf(t, map[string]int{"[Content_Types].xml": 10}),
	} {
		if _, err := Read("x.xlsx", body, ReadOptions{}); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v", code, err)
		}
	}
}
