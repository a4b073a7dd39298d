package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/web/i18n"
)

// Whatever is uploaded as past attendance, the page says what is wrong with it, and takes in what it can.
func TestAttendanceFilesOfEveryKind(t *testing.T) {
	co := newCompany(t)
	hana := co.signedIn("hana")
	for body, code := range map[string]string{"\n \n": "file_empty", "Date,City,Attended\n": "file_only_header", "<html><body><table></table></body></html>": "file_is_html"} {
		status, page := co.upload(hana, "x.csv", []byte(body))
		if status != 422 {
			t.Error(code, status)
		}
		wantPage(t, page, i18n.Fault("en", code, nil))
	}
	rows := func(header, row string, n int) string {
		var b strings.Builder
		b.WriteString(header + "\n")
		for i := range n {
			fmt.Fprintf(&b, row+"\n", i%28+1, i%12)
		}
		return b.String()
	}
	cyrillic, err := charmap.Windows1251.NewEncoder().String(rows("Дата;Град;Явил се", "%02d.03.2026;Град%d;не", 30))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []struct {
		what, body string
		rows       int // 0: not taken in
		came       string
	}{
		{"one row", "Date,City,Attended\n01.03.2026,Ufa,yes\n", 1, ""},
		{"all came", rows("Date,City,Attended", "%02d.03.2026,City%d,yes", 40), 40, ""},
		{"nobody came", rows("Date,City,Attended", "%02d.03.2026,City%d,no", 40), 40, ""},
		{"windows-1251", cyrillic, 30, ""},
		{"another order, more columns", rows("Id,Attended?,Note,Interview date,Office", "7,no,,%02d.03.2026 10:00,Office%d", 40), 40, ""},
		{"numbers that are none", rows("Date,Distance,Attended", "%02d.03.2026,%d,no", 60) + strings.Repeat("01.03.2026,NaN,no\n02.03.2026,Inf,yes\n", 2), 64, ""},
		{"no outcome", rows("Date,City,Attended", "%02d.03.2026,City%d,NaN", 5), 0, "Attended"},
		{"other columns", "one,two\na,b\n", 0, "two"},
	} {
		status, path := co.upload(hana, "x.csv", []byte(file.body))
		if status != 303 {
			t.Errorf("%s: %d", file.what, status)
			continue
		}
		_, page := co.get(hana, path)
		soundHTML(t, page)
		run := url.Values{"version": {"1"}, "chosen": {""}}
		if file.rows == 0 {
			if strings.Contains(page, i18n.T("en", "rates.take_in")) {
				t.Errorf("%s: it is offered", file.what)
			}
			run = url.Values{"version": {"1"}, "chosen": {"yes"}, "came": {file.came}}
			_, page = co.get(hana, path+"?"+run.Encode())
			wantPage(t, page, i18n.Fault("en", "attendance_no_rows", nil))
		}
		res, page := co.post(hana, path, path+"/run", run)
		if want := map[bool]int{true: 303, false: 422}[file.rows > 0]; res.StatusCode != want {
			t.Errorf("%s: taken in with %d, want %d", file.what, res.StatusCode, want)
		}
		if file.rows == 0 {
			wantPage(t, page, i18n.Fault("en", "attendance_no_rows", nil))
			continue
		}
		_, page = co.get(hana, path)
		wantPage(t, page, fmt.Sprintf(">%d<", file.rows))
	}
	co.learn()
	if status, _ := co.get(hana, "/reports/show-rates"); status != 200 {
		t.Error(status)
	}
}

// What was taken in is named in the preview of the same file, which asks before it counts twice; a wrong upload goes
// away; an address holds nothing of a form but its choices.
func TestAttendanceTwiceOnThePage(t *testing.T) {
	co := newCompany(t)
	hana := co.signedIn("hana")
	var b strings.Builder
	b.WriteString("Date,City,Role,Attended\n")
	for i := range 30 {
		fmt.Fprintf(&b, "%02d.03.2026,City%d,Manager,%s\n", i%28+1, i%12, []string{"yes", "no"}[i%2])
	}
	_, path := co.upload(hana, "march.csv", []byte(b.String()))
	_, list := co.get(hana, ratesImportsPath)
	wantPage(t, list, i18n.T("en", "rates.state_preview"), ">–<", "Hana")
	look := func() url.Values {
		return url.Values{"came": {"Attended"}, "day": {"Date"}, "city": {"City"}, "vacancy": {"Role"}, "chosen": {"yes"}}
	}
	res, _ := co.post(hana, path, path+"/look", look())
	to := res.Header.Get("Location")
	if res.StatusCode != 303 || !strings.Contains(to, "vacancy=Role") || strings.Contains(to, "_c") || strings.Contains(to, "version") {
		t.Fatal(res.StatusCode, to)
	}
	_, page := co.get(hana, to)
	wantPage(t, page, ">manager<", i18n.T("en", "rates.field_vacancy"))
	res, page = co.post(hana, path, path+"/run", url.Values{"came": {"Attended"}, "city": {"City"}, "source": {"City"}, "chosen": {"yes"}})
	if res.StatusCode != 422 || !strings.Contains(page, `id="f-source-error"`) {
		t.Error(res.StatusCode, "one column for two")
	}
	if res, _ = co.post(hana, path, path+"/run", look()); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}

	_, second := co.upload(hana, "march again.csv", []byte(b.String()))
	_, page = co.get(hana, second)
	wantPage(t, page, `name="again"`, "This very file was taken in on", "by Hana")
	res, page = co.post(hana, second, second+"/run", look())
	if res.StatusCode != 422 {
		t.Error("taken in twice:", res.StatusCode)
	}
	wantPage(t, page, i18n.Invalid("en", "attendance_again"))
	if res, _ = co.post(hana, second, second+"/discard", url.Values{}); res.StatusCode != 303 || res.Header.Get("Location") != ratesImportsPath {
		t.Error(res.StatusCode, res.Header.Get("Location"))
	}
	if status, _ := co.get(hana, second); status != 404 {
		t.Error("it is still there:", status)
	}
}
