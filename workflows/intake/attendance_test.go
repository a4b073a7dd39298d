package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/workflows/fault"
)

// A small export with the mess of real ones: stray spaces, blank columns, dates in several shapes,
// answers spelled many ways, bytes of Latin-1.
const messyAttendance = "Date of Interview,Client,Candidate name,Gender,Clear with the venue?,Expected Attendance,Observed Attendance,,\r\n" +
	"13.02.2015,Caf\xe9 ,Candidate 1,Male,Yes,Yes,Yes,,\r\n" +
	"5/11/2016,caf\xe9,Candidate 2,Female,No- I need to check,Uncertain,no ,,\r\n" +
	"25-5-2016,Bank,Candidate 3,Male,NA,NO,No,,\r\n" +
	"25 Apr 16,Bank,Candidate 4,Female,na,NA,yes,,\r\n" +
	"28.08.2016 & 9.30 AM,Bank,Candidate 5,Male,yes,Yes,,,\r\n" +
	"30.1.16,Bank.,Candidate 6,Male,Not Sure,yes,perhaps,,\r\n" +
	"some day,Bank,Candidate 7,Male,Yes,,YES,,\r\n" +
	",,,,,,,,\r\n" +
	"2016-06-07,Bank,Candidate 8,Male,Yes,cant Say,rescheduled,,\r\n"

func readAttendance(t *testing.T, body string, want AttendanceColumns) *AttendanceFile {
	t.Helper()
	f, err := ReadAttendanceFile("a.csv", []byte(body), ReadOptions{}, want)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAttendanceMess(t *testing.T) {
	f := readAttendance(t, messyAttendance, AttendanceColumns{})
	if f.Columns.Came != "Observed Attendance" || f.Columns.Reply != "Expected Attendance" || f.Columns.Day != "Date of Interview" {
		t.Fatalf("columns %+v", f.Columns)
	}
	type row struct {
		line              int
		day, venue, reply string
		client            string
		came              bool
	}
	var got []row
	for _, r := range f.Rows {
		got = append(got, row{r.Line, r.Day, r.Fields["clear with the venue?"], r.Reply, r.Fields["client"], r.Came})
	}
	want := []row{
		{2, "2015-02-13", "yes", "confirmed", "café", true},
		{3, "2016-11-05", "no", "uncertain", "café", false},
		{4, "2016-05-25", "na", "declined", "bank", false},
		{5, "2016-04-25", "na", "silent", "bank", true},
		{8, "some day", "yes", "silent", "bank", true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows\n%+v, want\n%+v", got, want)
	}
	skipped := []AttendanceSkip{{6, "outcome_missing"}, {7, "outcome_unknown"}, {10, "not_counted"}}
	if !slices.Equal(f.Skipped, skipped) {
		t.Errorf("skipped %+v, want %+v", f.Skipped, skipped)
	}
	for _, r := range f.Rows {
		if _, ok := r.Fields["gender"]; ok {
			t.Error("a protected trait is learned from")
		}
	}
}

func TestAttendanceRussian(t *testing.T) {
	text := "Дата собеседования;Город;Пол;Подтверждение;Явка\n" +
		"26 ноября 2026 г.;Москва;м;подтвердил;пришёл\n" +
		"27.11.2026;Москва;ж;не подтвердил;неявка\n" +
		"27.11.2026;Пермь;ж;отказ;не пришёл\n" +
		"27.11.2026;Пермь;ж;возможно;да\n" +
		"27.11.2026;Пермь;ж;;нет\n"
	body, err := charmap.Windows1251.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	f := readAttendance(t, body, AttendanceColumns{})
	var got []string
	for _, r := range f.Rows {
		came := "-"
		if r.Came {
			came = "+"
		}
		got = append(got, came+r.Reply+" "+r.Fields["город"]+" "+r.Day)
	}
	want := []string{
		"+confirmed москва 2026-11-26", "-silent москва 2026-11-27", "-declined пермь 2026-11-27",
		"+uncertain пермь 2026-11-27", "-silent пермь 2026-11-27",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if !slices.Contains(f.Columns.Ignore, "Пол") {
		t.Errorf("ignored %q", f.Columns.Ignore)
	}
}

// A column that counts those who stayed away is turned round; numbers are numbers.
func TestAttendanceNoShow(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,Lead days,No-show\n")
	for i := range 30 {
		came := "No"
		if i%3 == 0 {
			came = "Yes"
		}
		b.WriteString(strings.Join([]string{"p" + strings.Repeat("x", i), string(rune('0'+i%10)) + ".5", came}, ",") + "\n")
	}
	f := readAttendance(t, b.String(), AttendanceColumns{})
	if len(f.Rows) != 30 || f.Rows[0].Came || !f.Rows[1].Came {
		t.Fatalf("%d rows, first %+v", len(f.Rows), f.Rows[0])
	}
	if got := f.Rows[3].Numbers["lead days"]; got != 3.5 {
		t.Errorf("lead days %v", got)
	}
	if f.Columns.Reply != "" || f.Columns.Day != "" || !slices.Contains(f.Columns.Ignore, "id") {
		t.Errorf("columns %+v", f.Columns)
	}
}

func TestAttendanceColumnsNamed(t *testing.T) {
	body := "when,said,what\n01.02.2026,yes,1\n02.02.2026,no,0\n"
	f := readAttendance(t, body, AttendanceColumns{Came: " WHAT ", Reply: "said", Day: "when"})
	if len(f.Rows) != 2 || !f.Rows[0].Came || f.Rows[1].Reply != "declined" || f.Rows[0].Day != "2026-02-01" {
		t.Errorf("%+v", f.Rows)
	}
	_, err := ReadAttendanceFile("a.csv", []byte(body), ReadOptions{}, AttendanceColumns{})
	if fault.CodeOf(err) != "attendance_no_outcome" {
		t.Errorf("no outcome: %v", err)
	}
	_, err = ReadAttendanceFile("a.csv", []byte(body), ReadOptions{}, AttendanceColumns{Came: "what", Day: "nowhere"})
	if fault.CodeOf(err) != "column_unknown" || fault.As(err).Details["option"] != "day" {
		t.Errorf("unknown column: %v", err)
	}
}

func FuzzReadAttendance(f *testing.F) {
	f.Add([]byte(messyAttendance))
	f.Add([]byte("No-show\nyes\nno\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		file, err := ReadAttendanceFile("a.csv", body, ReadOptions{}, AttendanceColumns{})
		if err != nil {
			return
		}
		for _, r := range file.Rows {
			if r.Line < 1 || !slices.Contains([]string{attendConfirmed, attendSilent, attendUncertain, attendDeclined}, r.Reply) {
				t.Errorf("row %+v", r)
			}
		}
	})
}

// What is named by hand as a city, source or vacancy is taken, were it the same in every row; one column
// named twice is refused, as is one that tells who somebody is.
func TestAttendanceMeaningsNamed(t *testing.T) {
	var b strings.Builder
	b.WriteString("Когда,Филиал,city,Должность,Номер,ФИО,Пришёл\n")
	for i := range 30 {
		fmt.Fprintf(&b, "%02d.03.2026,Пермь,ignored,Менеджер,%d,Орлов %d,%s\n", i%28+1, 1000+i, i%3, []string{"да", "нет"}[i%2])
	}
	read := func(c AttendanceColumns) (*AttendanceFile, error) {
		return ReadAttendanceFile("a.csv", []byte(b.String()), ReadOptions{}, c)
	}
	f, err := read(AttendanceColumns{City: "филиал", Source: "Номер", Vacancy: "Должность"})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Rows[29].Fields; got["city"] != "пермь" || got["source"] != "1029" || got["vacancy"] != "менеджер" || len(f.Rows[29].Numbers) != 0 {
		t.Errorf("%+v", f.Rows[29])
	}
	if !slices.Contains(f.Learned, "Должность") || !slices.Contains(f.Columns.Ignore, "city") {
		t.Errorf("learned %q, ignored %q", f.Learned, f.Columns.Ignore)
	}
	for _, c := range []struct {
		columns     AttendanceColumns
		field, code string
	}{
		{AttendanceColumns{City: "Филиал", Source: "Филиал"}, "source", "column_twice"},
		{AttendanceColumns{Day: "Когда", Vacancy: "Когда"}, "vacancy", "column_twice"},
		{AttendanceColumns{Came: "Пришёл", Reply: "Пришёл"}, "reply", "column_twice"},
		{AttendanceColumns{City: "Филиал", Ignore: []string{"Филиал"}}, "city", "column_left_out"},
		{AttendanceColumns{City: "ФИО"}, "city", "column_personal"},
	} {
		if _, err := read(c.columns); fault.As(err) == nil || fault.As(err).Fields[c.field] != c.code {
			t.Errorf("%+v: %v, want %s at %s", c.columns, err, c.code, c.field)
		}
	}
	if _, err := read(AttendanceColumns{City: "Нигде"}); fault.CodeOf(err) != "column_unknown" {
		t.Error(err)
	}
}
