package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/intake"
)

// Who was refused can be seen, mended and imported again; two weeks later only lines and reasons are left.
func TestRefusedRowsAreMendedAndForgotten(t *testing.T) {
	h := newHouse(t)
	h.open()
	file := "Имя;Почта;Телефон;Комментарий\nАнна Белая;anna@example.org;;\nБорис Чёрный;борис собака пример;;=1+1\nВера Серая;;12;\n"
	res, _ := h.upload("a.csv", []byte(file))
	at := res.Header.Get("Location")
	h.post(at+"/start", 303, values())
	page := h.get(at)
	for _, want := range []string{"Борис Чёрный", "борис собака пример", "Вера Серая", ">12<", i18n.T("en", "import.refused_get")} {
		if !strings.Contains(page, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if h.get(at+"?show=added") == "" || strings.Contains(h.get(at+"?show=added"), i18n.T("en", "import.refused_get")) {
		t.Error("rows that went in need no mending")
	}
	for _, lang := range i18n.Languages() {
		res, body := do(t, h.app, "GET", at+"/refused", "", "X-Roles", "hr", "X-Lang", lang)
		if res.StatusCode != 200 || !strings.HasPrefix(body, "\ufeffИмя;Почта;Телефон;Комментарий;") || !strings.Contains(body, "'=1+1") {
			t.Fatalf("%s: %d %q", lang, res.StatusCode, body)
		}
		table, err := intake.Read("again.csv", []byte(body), intake.ReadOptions{})
		h.must(err)
		m := intake.GuessMapping(table.Headers, table.Records)
		if len(m.Columns) != 4 || m.Columns[intake.FieldComment] != "Комментарий" || table.Records[0].Cell(3) != "=1+1" {
			t.Errorf("%s: read again as %v %q", lang, m.Columns, table.Records[0].Cells)
		}
	}
	catalog := h.pages.Catalog
	if n, err := catalog.SweepRefused(context.Background(), time.Now().Add(-time.Hour)); err != nil || n != 0 {
		t.Error("swept too early", n, err)
	}
	if n, err := catalog.SweepRefused(context.Background(), time.Now().Add(time.Hour)); err != nil || n != 2 {
		t.Error(n, err)
	}
	page = h.get(at)
	if strings.Contains(page, "Борис") || !strings.Contains(page, i18n.T("en", "import.refused_gone", "n", 14)) || !strings.Contains(page, i18n.T("en", "fault.phone_invalid")) {
		t.Error("swept rows are not told from those that are kept")
	}

	res, _ = h.upload("b.csv", []byte(file))
	at = res.Header.Get("Location")
	h.post(at+"/start", 303, values())
	if n := h.count("SELECT count(*) FROM batch_refused"); n != 2 {
		t.Fatal(n)
	}
	h.post(at+"/revert", 303, values())
	if n := h.count("SELECT count(*) FROM batch_refused"); n != 0 {
		t.Error("an import taken back keeps people", n)
	}
}

// Who came in without his address is counted, in the preview and in the report, and the report opens with him.
func TestRowsTakenInWithARemark(t *testing.T) {
	h := newHouse(t)
	h.open()
	file := "Имя;Почта;Телефон;Дата отклика\nАнна Белая;anna@example.org;;\nБорис Чёрный;борис собака пример;+7 912 000-11-22;\nВера Серая;vera@example.org;;32.13.2026\n"
	res, _ := h.upload("a.csv", []byte(file))
	at := res.Header.Get("Location")
	remark := i18n.T("en", "import.outcome_noted")
	if page := h.get(at); !strings.Contains(page, remark) {
		t.Error("the preview does not count them")
	}
	h.post(at+"/start", 303, values())
	page := h.get(at)
	for _, want := range []string{remark, "Борис Чёрный", "Вера Серая", i18n.T("en", "fault.email_invalid"), i18n.T("en", "fault.date_invalid")} {
		if !strings.Contains(page, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.Contains(page, "Анна Белая") {
		t.Error("nothing is wrong with Anna")
	}
	if page := h.get(at + "?show=added"); !strings.Contains(page, "Анна Белая") || !strings.Contains(page, "?show=noted") {
		t.Error("all who were added can be seen, and the remarks from there")
	}
	h.post(at+"/revert", 303, values())
	if page := h.get(at); strings.Contains(page, remark) {
		t.Error("nobody is left with a remark")
	}
}
