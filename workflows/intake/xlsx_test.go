package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/stazh/stazh/workflows/fault"
)

// zipText makes an archive of texts.
func zipText(t testing.TB, texts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, texts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// plainBook is the least that is a workbook, with prefixes and absolute targets as some producers write.
func plainBook(t testing.TB, rows, shared string) []byte {
	t.Helper()
	return zipText(t, map[string]string{
		"xl/workbook.xml":            `<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="Лист" r:id="q"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="q" Target="/xl/data/one.xml"/><Relationship Id="s" Type="http://x/sharedStrings" Target="words.xml"/></Relationships>`,
		"xl/data/one.xml":            `<x:worksheet><x:sheetData>` + rows + `</x:sheetData></x:worksheet>`,
		"xl/words.xml":               `<sst>` + shared + `</sst>`,
	})
}

func TestXLSXCellsOfEveryKind(t *testing.T) {
	rows := `<row r="1"><c t="inlineStr"><is><t>Имя</t></is></c><c t="s"><v>0</v></c><c r="D1" t="str"><f>A1</f><v>Город</v></c></row>` +
		`<row r="7"><c r="A7" t="s"><v>1</v></c><c r="B7"><v>79161234567</v></c><c r="C7" t="e"><v>#N/A</v></c><c r="D7" t="s"><v>99</v></c></row>` +
		`<row><c><v>no number</v></c><c r="ZZ8"><v>far</v></c></row>` +
		`<row r="3"><c><v>goes back</v></c></row>`
	shared := `<si><t>Тел</t><rPh><t>aside</t></rPh></si><si><r><t>Иван_x000D_</t></r><r><t> Иванов</t></r></si>`
	table := read(t, plainBook(t, rows, shared), ReadOptions{})
	got := fmt.Sprintf("%q", table.Headers)
	for _, r := range table.Records {
		got += fmt.Sprintf(" %d%q", r.Line, r.Cells)
	}
	want := `["Имя" "Тел" "C" "Город"] 7["Иван\n Иванов" "79161234567"] 8["no number"] 9["goes back"]`
	if got != want || table.Sheet != "Лист" {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if w := table.Warnings; len(w) != 1 || w[0].Code != WarnColumnsDropped {
		t.Errorf("got %v", w)
	}
}

func TestXLSXBudgetHoldsOverSheetsAndSharedStrings(t *testing.T) {
	// One string of 60 KB in 50,000 cells is 3 GB of table out of a small file.
	long := strings.Repeat("x", 60<<10)
	rows := strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 5000)
	if _, err := Read("x", plainBook(t, rows, `<si><t>`+long+`</t></si>`), ReadOptions{}); fault.CodeOf(err) != "file_unpacks_too_large" {
		t.Errorf("got %v", err)
	}
	// Many sheets that are all one part are unpacked many times.
	sheets := strings.Repeat(`<sheet name="a" id="q"/>`, maxSheets)
	body := zipText(t, map[string]string{
		"xl/workbook.xml":            `<workbook><sheets>` + sheets + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="q" Target="one.xml"/></Relationships>`,
		"xl/one.xml":                 `<worksheet>` + strings.Repeat(" ", 1<<20) + `</worksheet>`,
	})
	if _, err := Read("x", body, ReadOptions{}); fault.CodeOf(err) != "file_unpacks_too_large" {
		t.Errorf("got %v", err)
	}
}

func TestXLSXBrokenXMLIsAFault(t *testing.T) {
	for _, rows := range []string{`<row><c`, `<row><c><v>1</row>&bad;`, "<row><c><v>\x00</v></c></row>"} {
		if _, err := Read("x", plainBook(t, rows, ""), ReadOptions{}); fault.CodeOf(err) != "file_broken" {
			t.Errorf("%q: got %v", rows, err)
		}
	}
}

// FuzzXLSX mutates the XML inside, which mutations of the zip would never reach.
func FuzzXLSX(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<si><t>name</t></si>`)
	f.Add(`<row><c t="inlineStr"><is><t>ФИО</t></is></c></row><row r="99999999999"/>`, `<si/>`)
	f.Add(`<row r="-1"><c r="XFE1"/><c r="1"><v/></c>`, `<si><r><t>`)
	f.Fuzz(func(t *testing.T, rows, shared string) {
		table, err := Read("x", plainBook(t, rows, shared), ReadOptions{})
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		line := table.HeaderLine
		for _, r := range table.Records {
			if r.Line <= line && line > 0 || len(r.Cells) > len(table.Headers) {
				t.Fatalf("line %d after %d", r.Line, line)
			}
			line = r.Line
		}
	})
}

func BenchmarkReadXLSX20000Rows(b *testing.B) {
	body := workbook(b, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		w.SetRow("A1", []any{"ФИО", "Телефон", "E-mail", "Город", "Дата отклика", "Комментарий"})
		for i := range 20000 {
			w.SetRow(fmt.Sprint("A", i+2), []any{"Иванов Иван", 79160000000 + i, fmt.Sprintf("i%d@mail.ru", i), "Москва", 46349.5, "Готов выйти завтра"})
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		read(b, body, ReadOptions{})
	}
}
