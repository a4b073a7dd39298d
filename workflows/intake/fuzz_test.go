package intake

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// FuzzRead holds that nothing panics, that a table keeps its promises, and that rows are normalised.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"hh_cp1251.csv", "jobsbg_utf16le.csv", "linkedin_utf8bom.csv", "latin1_cr.txt"} {
		f.Add(sample(f, name))
	}
	for _, s := range []string{"", "\"", "name,email\n\"a,b\n\"c\"d,", "\xff\xfe\x00", "sep=|\r\na|b", "PK\x03\x04", "a\r\rb", "ФИО;Почта\nа;б@в.рф", "name,phone\nx,7E+99"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		table, err := Read("x", body, ReadOptions{})
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, h := range table.Headers {
			if h == "" || seen[h] {
				t.Fatalf("header %q is blank or double", h)
			}
			seen[h] = true
		}
		line := table.HeaderLine
		for _, r := range table.Records {
			if r.Line <= line && line > 0 || len(r.Cells) > len(table.Headers) {
				t.Fatalf("line %d after %d, %d cells", r.Line, line, len(r.Cells))
			}
			line = r.Line
			for _, c := range r.Cells {
				if !utf8.ValidString(c) || strings.ContainsRune(c, 0) {
					t.Fatalf("cell %q", c)
				}
			}
		}
		m := GuessMapping(table.Headers, table.Records)
		for row, bad := range Rows(table, m, RowOptions{Now: now, DayFirst: true}) {
			if bad != nil {
				if !slices.Contains(Codes(), bad.Code) {
					t.Fatalf("unknown code %q", bad.Code)
				}
				continue
			}
			if row.Name == "" || row.Email == "" && row.Phone == "" || row.DuplicateOf >= row.Line {
				t.Fatalf("row %+v", row)
			}
			if row.Email != "" {
				if again, err := NormaliseEmail(row.Email); err != nil || again != row.Email {
					t.Fatalf("%q became %q, %v", row.Email, again, err)
				}
			}
			if row.Phone != "" {
				if again, err := NormalisePhone(row.Phone); err != nil || again != row.Phone {
					t.Fatalf("%q became %q, %v", row.Phone, again, err)
				}
			}
			if again, err := NormaliseName(row.Name); err != nil && utf8.RuneCountInString(row.Name) <= MaxNameRunes {
				t.Fatalf("%q became %q, %v", row.Name, again, err)
			}
		}
	})
}

// bigFile makes a file of about size bytes in Windows-1251.
func bigFile(t testing.TB, size int) []byte {
	t.Helper()
	line := "Иванов Иван Иванович;20.11.2026 14:30;8 (916) 123-45-67;ivanov@mail.ru;Москва;01.02.1995;от 80 000 руб.;5 лет;https://hh.ru/resume/1;\"Готов выйти завтра, есть \"\"опыт\"\"\";;;\r\n"
	text := "ФИО;Дата отклика;Телефон;E-mail;Город;Дата рождения;Желаемая зарплата;Опыт работы;Ссылка на резюме;Комментарий;;;\r\n" + strings.Repeat(line, size/150)
	body, err := charmap.Windows1251.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func BenchmarkRead5MBWindows1251(b *testing.B) {
	body := bigFile(b, 5<<20)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		read(b, body, ReadOptions{})
	}
}

func BenchmarkRows5MB(b *testing.B) {
	table := read(b, bigFile(b, 5<<20), ReadOptions{})
	m := GuessMapping(table.Headers, table.Records)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, bad := range Rows(table, m, RowOptions{Now: now, DayFirst: true}) {
			if bad == nil {
				n++
			}
		}
		if n != len(table.Records) {
			b.Fatal(n)
		}
	}
}

// The worst files for the quote repair must stay linear: each would take minutes if every forgotten
// quote were looked for to the end of the file.
func TestForgottenQuotesStayCheap(t *testing.T) {
	for name, unit := range map[string]string{
		"each line opens":      "\"abc,def,ghi,jkl,mno,pqr,stu,vwx,yz0,123,456,789,abc,def,ghi,jkl,mno,pqr,stu,vwx,yz0,123,456,789,abc,def,ghi,jkl,mno,pqr,stu,vwx,yz0,123,456,789,abc,def,ghi,jkl,mno,pqr,stu\n",
		"each cell opens":      strings.Repeat("\"a,", 15000) + "\n",
		"quote pairs and ends": "\"" + strings.Repeat("\"\"", 100) + "x\n",
	} {
		body := bytes.Repeat([]byte(unit), MaxBytes/len(unit)/2)
		start := time.Now()
		_, err := Read("x", body, ReadOptions{})
		// Generous: the point is seconds against minutes.
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		t.Log(name, time.Since(start), err)
	}
}
