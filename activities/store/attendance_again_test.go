package store

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/fault"
)

// What was taken in is not taken in again unawares: not the same file, not its rows in another one.
func TestAttendanceTakenInTwice(t *testing.T) {
	r, c, _ := ratesWorld(t, 0)
	ctx := context.Background()
	lines := []string{"Дата;Город;Источник;Пришёл;ФИО\n"}
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("%02d.02.2026;%s;%s;%s;Орлов %d\n", i%20+1, []string{"Пермь", "Омск"}[i%2], []string{"Авито", "Друзья"}[i/2%2], []string{"да", "нет"}[i%2], i))
	}
	columns := AttendanceColumns{City: "Город", Source: "Источник"}
	act := func(key string) Act { return Act{Actor: "staff/" + listStaff, Key: key, Business: ratesNow} }
	upload := func(name, body string) AttendanceImport {
		t.Helper()
		saved, err := c.StartAttendance(ctx, act("up "+name), name, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.AttendanceImport(ctx, saved.ID)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	again := func(a AttendanceImport) AttendanceAgain {
		t.Helper()
		file, err := r.AttendancePreview(ctx, a, columns)
		if err != nil {
			t.Fatal(err)
		}
		out, err := r.AttendanceAgain(ctx, a, file)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	take := func(a AttendanceImport, meant bool) (AttendanceImport, error) {
		t.Helper()
		saved, err := c.RunAttendance(ctx, act(fmt.Sprint("take ", a.Name, meant)), a.ID, 1, columns, meant)
		if err != nil {
			return a, err
		}
		a, err = r.AttendanceImport(ctx, saved.ID)
		return a, err
	}
	first := upload("first.csv", strings.Join(lines[:31], ""))
	if got := again(first); got.Asks() || len(got.Before) != 0 {
		t.Errorf("a first file: %+v", got)
	}
	if a, err := take(first, false); err != nil || a.Rows != 30 || a.FinishedBy != "staff/"+listStaff {
		t.Fatalf("%+v %v", a, err)
	}

	same := upload("same.csv", strings.Join(lines[:31], ""))
	if got := again(same); !got.Asks() || !got.Before[0].File || got.Before[0].Rows != 30 || got.Before[0].Name != "first.csv" || len(got.Lines) != 30 {
		t.Errorf("the same file: %+v", got)
	}
	if _, err := take(same, false); fault.As(err) == nil || fault.As(err).Fields["again"] != "attendance_again" {
		t.Errorf("the same file goes in: %v", err)
	}
	reordered := upload("reordered.csv", lines[0]+strings.Join(lines[11:31], "")+strings.Join(lines[1:11], ""))
	if got := again(reordered); !got.Asks() || got.Before[0].File || len(got.Lines) != 30 {
		t.Errorf("the same rows: %+v", got)
	}
	if _, err := take(reordered, false); fault.As(err) == nil || fault.As(err).Fields["again"] != "attendance_again" {
		t.Errorf("the same rows go in: %v", err)
	}

	longer := upload("longer.csv", strings.Join(lines, ""))
	if got := again(longer); !got.Asks() || len(got.Lines) != 30 {
		t.Errorf("more rows: %+v", got)
	}
	a, err := take(longer, false)
	if err != nil || a.Rows != 10 || a.SkippedAll != 30 || SkippedBy(a.Skipped)[0] != (SkipCount{"there_already", 30}) {
		t.Errorf("the new rows: %+v %v", a, err)
	}
	if a, err := take(same, true); err != nil || a.Rows != 30 {
		t.Errorf("deliberately: %+v %v", a, err)
	}

	// A few rows alike are chance, and what was taken back is not there.
	few := upload("few.csv", lines[0]+strings.Join(lines[1:4], "")+strings.ReplaceAll(strings.Join(lines[1:9], ""), ".02.", ".03."))
	if got := again(few); got.Asks() || len(got.Lines) != 3 {
		t.Errorf("few: %+v", got)
	}
	for _, back := range []AttendanceImport{first, same, longer} {
		if _, err := c.RevertAttendance(ctx, act("back "+back.Name), back.ID, 2); err != nil {
			t.Fatal(err)
		}
	}
	if got := again(reordered); got.Asks() || len(got.Before) != 0 {
		t.Errorf("after it was taken back: %+v", got)
	}

	for range 2 {
		if _, err := c.DiscardAttendance(ctx, act("discard"), few.ID, 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.AttendanceImport(ctx, few.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("discarded: %v", err)
	}
	var files int
	if err := r.db.NewRaw("SELECT count(*) FROM document").Scan(ctx, &files); err != nil || files != 1 { // of reordered.csv
		t.Errorf("%d files are left %v", files, err)
	}
	if _, err := c.DiscardAttendance(ctx, act("discard a done one"), first.ID, 3); fault.CodeOf(err) != "not_in_preview" {
		t.Error(err)
	}
}

// A preview asks for its rows by an index, whatever was taken in before and however little the database knows of it.
func TestARepeatedFileIsFoundByAnIndex(t *testing.T) {
	r, _, _ := ratesWorld(t, 0)
	ctx := context.Background()
	for _, statement := range []string{
		`INSERT INTO attendance_import (id, name, state, created_by, created_at) VALUES (md5('a')::uuid, 'old.csv', 'done', 'system', now())`,
		`INSERT INTO attendance (import_id, line, day, came, reply, fields, numbers)
			SELECT md5('a')::uuid, g, '2026-02-' || g % 28 + 1, g % 5 = 0, 'silent', jsonb_build_object('city', 'c' || g % 17), jsonb_build_object('hour', g) FROM generate_series(1, 20000) g`,
	} {
		if _, err := r.db.NewRaw(statement).Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sent := `[{"line":2,"day":"2026-02-8","came":false,"reply":"silent","fields":{"city":"c7"},"numbers":{"hour":7}},
		{"line":3,"day":"2026-02-8","came":false,"reply":"silent","fields":{"city":"c7"},"numbers":{"hour":7}},
		{"line":4,"day":"2026-02-8","came":true,"reply":"silent","fields":{"city":"c7"},"numbers":{"hour":7}}]`
	for _, known := range []bool{false, true} {
		if known {
			if _, err := r.db.NewRaw("ANALYZE").Exec(ctx); err != nil {
				t.Fatal(err)
			}
		}
		text := plan(t, r, r.db.NewSelect().TableExpr("("+attendanceThere+") q", sent))
		found, _, _ := strings.Cut(text, "\n")
		if !strings.Contains(text, "attendance_same") || strings.Contains(text, "Seq Scan on attendance ") || !strings.Contains(found, "(actual rows=1 ") {
			t.Errorf("analyzed %v:\n%s", known, text)
		}
	}
}
