package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// reportCompany is a company with a past: 240 invitations over six closed sessions in Moscow, two
// sources of which one brings people who come, forecasts of all, and an open session.
func reportCompany(t *testing.T) *company {
	t.Helper()
	co := newCompany(t)
	for _, s := range []string{
		`INSERT INTO profile (id, title, created_at) VALUES (md5('p')::uuid, 'Account manager', '2026-01-01Z')`,
		`INSERT INTO source (id, name, created_at) VALUES (md5('s0')::uuid, 'HeadHunter', '2026-01-01Z'), (md5('s1')::uuid, 'Друзья & <Co>', '2026-01-01Z')`,
		`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at) VALUES (md5('v')::uuid, md5('p')::uuid, 'Менеджер, Москва', 'Moscow', 'Europe/Moscow', 3, 1, true, '2026-01-01Z')`,
		`INSERT INTO vacancy_source VALUES (md5('v')::uuid, md5('s0')::uuid, 1200000, 'RUB')`,
		`INSERT INTO venue (id, name, city, zone, address, created_at) VALUES (md5('e')::uuid, 'Office', 'Moscow', 'Europe/Moscow', 'Lenina 1', '2026-01-01Z')`,
		`INSERT INTO person (id, name, first_name, email, created_at) SELECT md5('person' || g)::uuid, 'Person ' || g, 'Person', 'p' || g || '@example.org', '2026-01-01Z' FROM generate_series(0, 239) g`,
		`INSERT INTO application (id, person_id, vacancy_id, source_id, state, decision, responded_at, changed_at)
			SELECT md5('app' || g)::uuid, md5('person' || g)::uuid, md5('v')::uuid, md5('s' || g % 2)::uuid, CASE g WHEN 1 THEN 'decided' ELSE 'interviewed' END, CASE g WHEN 1 THEN 'hire' ELSE '' END,
			'2026-11-01Z'::timestamptz + g * interval '1 hour', '2026-11-01Z' FROM generate_series(0, 239) g`,
		`INSERT INTO interview (id, venue_id, zone, starts_at, ends_at, slot_minutes, room, wait_minutes, state, created_by, created_at, changed_at)
			SELECT md5('i' || g)::uuid, md5('e')::uuid, 'Europe/Moscow', '2026-11-12T07:00Z'::timestamptz + g * interval '1 day', '2026-11-12T11:00Z'::timestamptz + g * interval '1 day',
			30, 12, 60, CASE g WHEN 6 THEN 'open' ELSE 'closed' END, 'system', '2026-01-01Z', '2026-01-01Z' FROM generate_series(0, 6) g`,
		`INSERT INTO interview_vacancy SELECT id, md5('v')::uuid FROM interview`,
		`INSERT INTO slot SELECT id, n, starts_at + n * interval '1 hour', 40, 0 FROM interview, generate_series(0, 3) n`,
		`INSERT INTO booking (id, application_id, person_id, interview_id, slot, starts_at, state, holds_seat, uid, booked_at, confirmed_at, reminded_day, reminded_hours)
			SELECT md5('b' || g)::uuid, md5('app' || g)::uuid, md5('person' || g)::uuid, i.id, g % 4, i.starts_at + g % 4 * interval '1 hour',
				CASE WHEN (g * 37) % 100 < CASE g % 2 WHEN 0 THEN 10 ELSE 60 END THEN 'interviewed' WHEN g % 3 = 0 THEN 'no_answer' ELSE 'no_show' END,
				true, g::text, i.starts_at - interval '2 days', CASE WHEN (g * 37) % 100 < CASE g % 2 WHEN 0 THEN 10 ELSE 60 END OR g % 3 <> 0 THEN i.starts_at - interval '1 day' END, false, false
			FROM generate_series(0, 239) g JOIN interview i ON i.id = md5('i' || g / 40)::uuid`,
		`INSERT INTO forecast (id, booking_id, application_id, interview_id, at, p, reasons, override_p)
			SELECT gen_random_uuid(), b.id, b.application_id, b.interview_id, b.starts_at - interval '1 day', CASE a.source_id WHEN md5('s1')::uuid THEN 0.55 ELSE 0.15 END,
			'[{"code":"own_history","from":0.2,"to":0.35}]', CASE WHEN b.slot = 1 THEN 0.5 END FROM booking b JOIN application a ON a.id = b.application_id`,
	} {
		if _, err := co.pages.Catalog.DB().Exec(s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	co.learn()
	return co
}

func (co *company) learn() {
	co.t.Helper()
	ctx := context.Background()
	if _, err := co.pages.Catalog.ScoreForecasts(ctx, co.now); err != nil {
		co.t.Fatal(err)
	}
	if err := co.pages.Catalog.LearnRates(ctx, co.now); err != nil {
		co.t.Fatal(err)
	}
}

func TestReports(t *testing.T) {
	co := reportCompany(t)
	hana := co.signedIn("hana")
	for _, lang := range i18n.Languages() {
		if err := co.pages.Accounts.SetLanguage(context.Background(), auth.Principal{Kind: auth.Browser, StaffID: co.ids["hana"]}, lang); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/reports", "/reports/show-rates", "/reports/show-rates/imports", "/reports/funnel", "/reports/funnel?by=source", "/reports/funnel?by=city&days=30", "/reports/funnel?by=week&days=0", "/reports/funnel?by=nonsense&days=x"} {
			status, page := co.get(hana, path)
			if status != 200 {
				t.Fatal(path, lang, status, page)
			}
			wantPage(t, page, `<html lang="`+lang+`"`)
		}
	}
	_, page := co.get(hana, "/reports/show-rates")
	wantPage(t, page, "HeadHunter", "Друзья &amp; &lt;Co&gt;", " из 120")
	if !strings.Contains(page, i18n.T("ru", "rates.calibration")) || strings.Contains(page, i18n.T("ru", "rates.not_scored")) {
		t.Error("the scores are not shown")
	}
	_, page = co.get(hana, "/reports/funnel?by=source")
	wantPage(t, page, i18n.Money("ru", 1200000, "RUB"), i18n.Money("ru", 10000, "RUB"), i18n.Money("ru", 100000, "RUB"))
	_, page = co.get(hana, "/reports/funnel")
	wantPage(t, page, i18n.T("ru", "funnel.short", "title", "Менеджер, Москва, Moscow", "seats", 160, "shortlist", 0, "lack", 160), i18n.T("ru", "funnel.needs_all_time"),
		"÷ 120", i18n.T("ru", "funnel.costs_divided"))
	next := i18n.T("ru", "funnel.sessions_next", "n", maxFunnelSessions)
	if strings.Contains(page, next) {
		t.Error("a session is left out")
	}
	for _, s := range []string{
		`INSERT INTO interview (id, venue_id, zone, starts_at, ends_at, slot_minutes, room, wait_minutes, state, created_by, created_at, changed_at)
			SELECT md5('more' || g)::uuid, md5('e')::uuid, 'Europe/Moscow', '2027-01-01Z'::timestamptz + g * interval '1 day', '2027-01-01T04:00Z'::timestamptz + g * interval '1 day',
			30, 12, 60, 'open', 'system', '2026-01-01Z', '2026-01-01Z' FROM generate_series(1, 200) g`,
		`INSERT INTO interview_vacancy SELECT md5('more' || g)::uuid, md5('v')::uuid FROM generate_series(1, 200) g`,
		`INSERT INTO slot SELECT md5('more' || g)::uuid, 0, '2027-01-01Z'::timestamptz + g * interval '1 day', 1, 0 FROM generate_series(1, 200) g`,
	} {
		if _, err := co.pages.Catalog.DB().Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	_, page = co.get(hana, "/reports/funnel")
	wantPage(t, page, next, `<a href="/sessions">`+i18n.T("ru", "funnel.sessions_all"),
		i18n.T("ru", "funnel.short", "title", "Менеджер, Москва, Moscow", "seats", 160+199, "shortlist", 0, "lack", 160+199))
	res, page := do(t, co.app, "GET", "/reports/funnel.csv?by=source&days=0", "", "Cookie", hana)
	if status := res.StatusCode; status != 200 || !strings.Contains(page, "HeadHunter;120;120;") || !strings.Contains(page, ";RUB;1200000;10000;") {
		t.Error(status, page)
	}

	if _, err := co.pages.Catalog.DB().Exec(`UPDATE vacancy SET headcount = 1`); err != nil { // one was hired: nobody is left to hire
		t.Fatal(err)
	}
	if _, page = co.get(hana, "/reports/funnel"); strings.Contains(page, "Менеджер, Москва, Moscow: шорт-лист") {
		t.Error("a shortlist is too short to hire nobody")
	}

	igor := co.signedIn("igor")
	for _, path := range []string{"/reports", "/reports/funnel", "/reports/show-rates", "/reports/show-rates/imports"} {
		if status, _ := co.get(igor, path); status != http.StatusNotFound {
			t.Error(path, "for an interviewer:", status)
		}
	}
}

func TestNumbersAsPeopleSayThem(t *testing.T) {
	for ratio, want := range map[float64]string{0.01: "снижает шансы в 100 раз", 0.5: "снижает шансы в 2 раза", 1.5: "повышает шансы в 1,5 раза", 5: "повышает шансы в 5 раз", 0.08: "снижает шансы в 13 раз"} {
		if got := worth("ru", ratio); got != want {
			t.Errorf("%v: %q, want %q", ratio, got, want)
		}
	}
	for v, want := range map[float64]string{0: "0%", 15.0 / 4197: "0.4%", 0.01: "1%", 0.2: "20%", 0.0001: "< 0.1%"} {
		if got := share("en", v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

func TestTheDayInWords(t *testing.T) {
	if said := dayWords("en", 0.2, 0); !strings.Contains(said, "alike") {
		t.Error(said)
	}
	if said := dayWords("en", 0.2, 0.03); !strings.Contains(said, "between 13%") || !strings.Contains(said, "27%") {
		t.Error(said)
	}
}

func TestReportsOfANewFirm(t *testing.T) {
	co := newCompany(t)
	hana := co.signedIn("hana")
	for _, path := range []string{"/reports/show-rates", "/reports/funnel", "/reports/show-rates/imports"} {
		status, page := co.get(hana, path)
		if status != 200 || !strings.Contains(page, "empty") {
			t.Error(path, status)
		}
	}
	if _, page := co.get(hana, "/reports/show-rates"); !strings.Contains(page, "20%") {
		t.Error("the handbook's one in five is not shown")
	}
}

var tokenField = regexp.MustCompile(`name="(_csrf|_command)" value="([^"]+)"`)

func (co *company) upload(cookie, name string, body []byte) (int, string) {
	co.t.Helper()
	_, page := co.get(cookie, ratesImportsPath)
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, m := range tokenField.FindAllStringSubmatch(page, -1) {
		_ = w.WriteField(m[1], m[2])
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			co.t.Fatal(err)
		}
		_, _ = part.Write(body)
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", ratesImportsPath, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Cookie", cookie)
	r.Header.Set("Origin", "http://stazh.test")
	res, err := co.app.Test(r, -1)
	if err != nil {
		co.t.Fatal(err)
	}
	var out bytes.Buffer
	_, _ = out.ReadFrom(res.Body)
	if res.StatusCode == http.StatusSeeOther {
		return res.StatusCode, res.Header.Get("Location")
	}
	return res.StatusCode, out.String()
}

func TestAttendanceImport(t *testing.T) {
	co := newCompany(t)
	hana := co.signedIn("hana")
	var file strings.Builder
	file.WriteString("Дата;Филиал;Явка;Подтвердил;ФИО;Канал;Пол\n")
	for i := range 60 {
		fmt.Fprintf(&file, "%02d.10.2026;%s;%s;%s;Иванов %d;%s;м\n", i%28+1, []string{"Пермь", "Омск"}[i%2], []string{"да", "нет", "", "нет"}[i%4], []string{"да", "", "да"}[i%3], i, []string{"Авито", "hh"}[i/2%2])
	}
	if status, page := co.upload(hana, "", nil); status != 422 || !strings.Contains(page, i18n.Invalid("en", "choose_file")) {
		t.Error("no file:", status)
	}
	if status, _ := co.upload(hana, "x.csv", []byte("\x00\x01\x02")); status != 422 {
		t.Error("no table:", status)
	}
	status, path := co.upload(hana, "явка.csv", []byte(file.String()))
	if status != 303 {
		t.Fatal(status, path)
	}
	_, page := co.get(hana, path)
	soundHTML(t, page)
	wantPage(t, page, `<option value="Явка" selected>`, `<option value="Подтвердил" selected>`, `<option value="Дата" selected>`, `<option value="Филиал" selected>`, `<option value="Канал" selected>`, "ФИО", "Пол")
	if strings.Contains(page, "Иванов") {
		t.Error("the preview shows names")
	}
	if _, page = co.get(hana, path+"?chosen=yes&came="+url.QueryEscape("Нет такого")); !strings.Contains(page, i18n.Fault("en", "column_unknown", nil)) {
		t.Error("an unknown column is not refused")
	}
	_, page = co.get(hana, path)
	all := regexp.MustCompile(`href="([^"]*/skipped[^"]*)"`).FindStringSubmatch(page)
	if all == nil || !strings.Contains(all[1], "?") {
		t.Fatal("a preview does not offer all skipped rows", all)
	}
	_, before := do(t, co.app, "GET", html.UnescapeString(all[1]), "", "Cookie", hana)
	run := func() url.Values {
		return url.Values{"chosen": {"yes"}, "came": {"Явка"}, "reply": {"Подтвердил"}, "day": {"Дата"}, "city": {"Филиал"}, "source": {"Канал"}, "version": {"1"}}
	}
	if res, page := co.post(hana, path, path+"/run", run()); res.StatusCode != 303 {
		t.Fatal(res.StatusCode, page)
	}
	if res, _ := co.post(hana, ratesImportsPath, path+"/run", run()); res.StatusCode != http.StatusConflict {
		t.Error("taken in twice:", res.StatusCode)
	}
	_, page = co.get(hana, path)
	wantPage(t, page, ">45<", ">15<", i18n.T("en", "rates.why_outcome_missing"))
	if _, after := do(t, co.app, "GET", path+"/skipped", "", "Cookie", hana); strings.Count(after, "\r\n") != 16 || after != before || !strings.Contains(after, "\r\n4;"+i18n.T("en", "rates.why_outcome_missing")) {
		t.Errorf("%q, before it was taken in %q", after, before)
	}
	co.learn()
	_, page = co.get(hana, "/reports/show-rates")
	wantPage(t, page, "Пермь", "Авито", "15 of 15")
	if res, _ := co.post(hana, path, path+"/revert", url.Values{"version": {"2"}}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	co.learn()
	if _, page = co.get(hana, "/reports/show-rates"); strings.Contains(page, "Пермь") {
		t.Error("taken back, and still known")
	}
	for _, bad := range []string{"/nonsense", "/" + uuid.NewString()} {
		if status, _ := co.get(hana, ratesImportsPath+bad); status != http.StatusNotFound {
			t.Error(bad, status)
		}
	}
	if res, _ := co.post(co.signedIn("dora"), ratesImportsPath, path+"/revert", url.Values{"version": {"3"}}); res.StatusCode != http.StatusNotFound {
		t.Error("a director imports:", res.StatusCode)
	}
}

func TestRateReasonsInWords(t *testing.T) {
	f := hiring.LearnRates(nil, hiring.RateContext).Forecast(hiring.RateFacts{Reply: hiring.ReplyConfirmed})
	f.Reasons = append(f.Reasons,
		hiring.RateReason{Code: "context", Field: "city", Value: "moscow", From: 0.2, To: 0.28, Rows: 120, Came: 34},
		hiring.RateReason{Code: "number", Field: "lead_days", Value: "bin 2", From: 0.2, To: 0.1},
		hiring.RateReason{Code: "field", Field: "weekday", Value: "sun", From: 0.2, To: 0.1},
		hiring.RateReason{Code: "other_facts", From: 0.2, To: 0.1}, hiring.RateReason{Code: "override", From: 0.2, To: 0.9}, hiring.RateReason{Code: "arrived", From: 0.9, To: 1})
	for _, lang := range i18n.Languages() {
		words := RateReasons(lang, f.Reasons, map[string]string{"moscow": "Moscow"})
		if len(words) != len(f.Reasons) {
			t.Errorf("%s: %v", lang, words)
		}
		for _, w := range words {
			if strings.ContainsAny(w, "{}") || strings.Contains(w, "rates.") {
				t.Errorf("%s: %s", lang, w)
			}
		}
	}
	if got := RateReasons("en", f.Reasons[2:3], map[string]string{"moscow": "Moscow"})[0]; got != "City Moscow: 34 of 120 came, 20% becomes 28%" {
		t.Error(got)
	}
	cell := []hiring.RateReason{{Code: "context", Field: "vacancy", Value: "manager", From: 0.2, To: 0.1, Rows: 23, Within: []hiring.RateFact{{Field: "city", Value: "moscow"}, {Field: "source", Value: "avito"}}}}
	if got := RateReasons("en", cell, nil)[0]; got != "City Moscow + Source Avito + Vacancy Manager, all at once: 0 of 23 came, 20% becomes 10%" {
		t.Error(got)
	}
	reply := []hiring.RateReason{
		{Code: "own_history", From: 0.2, To: 0.25, Rows: 100, Came: 25},
		{Code: "reply", Value: "confirmed", From: 0.25, To: 0.3125},
		{Code: "reply", Value: "silent", From: 0.25, To: 0.251},
		{Code: "reply", Value: "pending", From: 0.25, To: 0.25},
	}
	if got := strings.Join(reasonWords("en", reply, nil)[1:], "; "); got != "Reply to the invitation (confirmed): 25% becomes 31%; Reply to the invitation (no reply): it stays 25%" {
		t.Error(got)
	}
}
