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
