package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/staff"
)

func TestStaffPages(t *testing.T) {
	co := newCompany(t)
	admin := co.signedIn("anna")
	for _, lang := range i18n.Languages() {
		if err := co.pages.Accounts.SetLanguage(context.Background(), auth.Principal{Kind: auth.Browser, StaffID: co.ids["anna"]}, lang); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/people", "/people/new", "/people/" + co.ids["igor"].String(), "/audit", "/account", "/account/password", "/account/sessions", "/account/tokens"} {
			status, page := co.get(admin, path)
			if status != 200 {
				t.Fatal(path, lang, status)
			}
			wantPage(t, page, `<html lang="`+lang+`"`)
		}
	}
	_, page := co.get(admin, "/people?role=interviewer")
	wantPage(t, page, "Igor &lt;Test&gt;", "igor@example.com")
	if strings.Contains(page, "hana@example.com") {
		t.Error("the filter by role lets others through")
	}
	res, page := co.post(admin, "/people", "/people/search", url.Values{"search": {"HANA"}})
	if res.StatusCode != 200 || !strings.Contains(page, "hana@example.com") || strings.Contains(page, "igor@example.com") {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)

	path := "/people/" + co.ids["igor"].String()
	form := func() url.Values {
		return url.Values{"name": {"Игорь"}, "roles": {"interviewer", "hr"}, "language": {"ru"}, "zone": {"Asia/Omsk"}}
	}
	if res, page = co.post(admin, path, path, form()); res.StatusCode != 303 {
		t.Fatal(res.StatusCode, page)
	}
	stale := form()
	stale.Set("version", "1")
	res, page = co.post(admin, path, path, stale)
	if res.StatusCode != http.StatusConflict {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	wantPage(t, page, `name="version" value="2"`, `value="Игорь"`)
	own := "/people/" + co.ids["anna"].String()
	res, page = co.post(admin, own, own, url.Values{"name": {"Anna"}, "roles": {"hr"}, "language": {"en"}, "zone": {"Europe/Moscow"}})
	if res.StatusCode != http.StatusConflict || !strings.Contains(page, i18n.T("ru", "fault.last_admin")) {
		t.Fatal(res.StatusCode)
	}
	igor := co.signedIn("igor")
	if res, page = co.post(admin, path, path+"/disable", url.Values{}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode, page)
	}
	if status, _ := co.get(igor, "/account"); status != http.StatusSeeOther {
		t.Fatal("a closed account is signed out", status)
	}
	if _, page = co.get(admin, "/people?closed=yes"); !strings.Contains(page, "Игорь") {
		t.Error("the closed are listed")
	}
	if res, _ = co.post(admin, path, path+"/enable", url.Values{}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if res, _ = co.post(admin, path, path+"/link", url.Values{}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if res, _ = co.post(admin, own, own+"/disable", url.Values{}); res.StatusCode != http.StatusConflict {
		t.Fatal(res.StatusCode)
	}
}

func TestOwnAccountPages(t *testing.T) {
	co := newCompany(t)
	cookie := co.signedIn("igor")
	res, page := co.post(cookie, "/account", "/account", url.Values{"name": {""}, "language": {"ru"}, "zone": {"Mars/Base"}})
	if res.StatusCode != 422 || !strings.Contains(page, `href="#f-name"`) || !strings.Contains(page, `href="#f-zone"`) {
		t.Fatal(res.StatusCode)
	}
	if res, _ = co.post(cookie, "/account", "/account", url.Values{"name": {"Igor"}, "language": {"ru"}, "zone": {"Asia/Omsk"}}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	res, page = co.post(cookie, "/account", "/account", url.Values{"name": {"Late"}, "language": {"ru"}, "zone": {"Asia/Omsk"}, "version": {"1"}})
	if res.StatusCode != http.StatusConflict || !strings.Contains(page, `value="Igor"`) {
		t.Fatal(res.StatusCode)
	}
	// The language switch of a public page carries no form token: only the cookie changes.
	if res, _ = do(t, co.app, "POST", "/preferences", "lang=bg&back=/account", "Cookie", cookie); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if _, page = co.get(cookie, "/account"); !strings.Contains(page, `<html lang="ru"`) {
		t.Error("a switch without the session's token changed the account")
	}
	if res, _ = co.post(cookie, "/account", "/preferences", url.Values{"lang": {"bg"}, "back": {"/account"}}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if _, page = co.get(cookie, "/account"); !strings.Contains(page, `<html lang="bg"`) {
		t.Error("the switch is kept with the account")
	}

	other := co.signedIn("igor")
	_, page = co.get(cookie, "/account/sessions")
	if strings.Count(page, "/end\"") != 2 { // the other one's button and that of all others
		t.Error("sessions", page)
	}
	if res, _ = co.post(cookie, "/account/sessions", "/account/sessions/end", url.Values{}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if status, _ := co.get(other, "/account"); status != 303 {
		t.Fatal("ended", status)
	}
	res, page = co.post(cookie, "/account/password", "/account/password", url.Values{"old": {"x"}, "password": {goodPassword + "!"}})
	if res.StatusCode != 422 || !strings.Contains(page, `href="#f-old"`) {
		t.Fatal(res.StatusCode)
	}
	if res, page = co.post(cookie, "/account/password", "/account/password", url.Values{"old": {goodPassword}, "password": {"seven quiet otters"}}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode, page)
	}
	if status, _ := co.get(cookie, "/account"); status != 200 {
		t.Fatal("this browser stays", status)
	}
}

func TestTokenPages(t *testing.T) {
	co := newCompany(t)
	cookie := co.signedIn("hana")
	form := url.Values{"name": {"Nightly <export>"}, "scope": {"read"}, "days": {"30"}}
	res, page := co.post(cookie, "/account/tokens", "/account/tokens", form)
	if res.StatusCode != http.StatusCreated {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	_, after, ok := strings.Cut(page, `id="secret">`)
	secret, _, _ := strings.Cut(after, "<")
	if !ok || !strings.HasPrefix(secret, "stz_") || !strings.Contains(page, "Nightly &lt;export&gt;") {
		t.Fatal(page)
	}
	res, page = do(t, co.app, "POST", "/account/tokens", form.Encode(), "Cookie", cookie) // the same form again
	if res.StatusCode != http.StatusConflict || strings.Contains(page, secret) {
		t.Fatal(res.StatusCode)
	}
	if _, page = co.get(cookie, "/account/tokens"); strings.Contains(page, secret) || !strings.Contains(page, secret[:8]) {
		t.Error("the secret is shown once, its beginning always")
	}
	if res, _ = do(t, co.app, "GET", "/people", "", "Authorization", "Bearer "+secret); res.StatusCode != 200 {
		t.Fatal("a token reads pages within its owner's roles", res.StatusCode)
	}
	if res, _ = do(t, co.app, "GET", "/account/tokens", "", "Authorization", "Bearer "+secret); res.StatusCode != http.StatusForbidden {
		t.Fatal("tokens are not made by tokens", res.StatusCode)
	}
	_, page = co.get(cookie, "/account/tokens")
	_, rest, _ := strings.Cut(page, `action="/account/tokens/`)
	id, _, _ := strings.Cut(rest, "/revoke")
	if res, _ = co.post(cookie, "/account/tokens", "/account/tokens/"+id+"/revoke", url.Values{}); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	if res, _ = do(t, co.app, "GET", "/people", "", "Authorization", "Bearer "+secret); res.StatusCode != 303 && res.StatusCode != 401 {
		t.Fatal(res.StatusCode)
	}
	res, page = co.post(cookie, "/account/tokens", "/account/tokens", url.Values{"name": {""}, "scope": {"all"}, "days": {"x"}})
	if res.StatusCode != 422 || !strings.Contains(page, `href="#f-days"`) {
		t.Fatal(res.StatusCode)
	}
}

func TestAuditPage(t *testing.T) {
	co := newCompany(t)
	ctx := context.Background()
	admin := co.signedIn("anna")
	who := auth.Principal{Kind: auth.Browser, StaffID: co.ids["anna"]}
	if _, err := co.pages.Accounts.Change(ctx, who, "k", co.ids["igor"], store.StaffChange{
		Version: 1, Name: "Igor New", Language: "en", Zone: "Europe/Moscow", Roles: []staff.Role{staff.HR},
	}); err != nil {
		t.Fatal(err)
	}
	_, page := co.get(admin, "/audit")
	wantPage(t, page, "23\u00a0Nov\u00a02026", "Account created", "The system", "Anna &lt;Test&gt;", "name", "roles", "/people/"+co.ids["igor"].String(), "Igor New", "12:00", "Moscow time")
	_, page = co.get(admin, "/audit?step=staff.change&kind=staff&actor=staff/"+co.ids["anna"].String())
	if strings.Count(page, "<tr>") != 2 {
		t.Error("the filters leave one line", strings.Count(page, "<tr>"))
	}
	if _, page = co.get(admin, "/audit?kind=interview"); !strings.Contains(page, "Nothing happened that matches") {
		t.Error("an empty list says so")
	}
	for range 60 {
		co.signedIn("hana")
	}
	_, page = co.get(admin, "/audit?actor=staff/"+co.ids["hana"].String())
	_, rest, ok := strings.Cut(page, `rel="next" href="`)
	next, _, _ := strings.Cut(rest, `"`)
	if !ok || strings.Count(page, "<tr>") != 51 {
		t.Fatal("a page of fifty", strings.Count(page, "<tr>"))
	}
	_, page = co.get(admin, strings.ReplaceAll(next, "&amp;", "&"))
	if strings.Count(page, "<tr>") != 11 {
		t.Error("and the rest", strings.Count(page, "<tr>"))
	}
	if status, _ := co.get(admin, "/audit?cursor=x"); status != 422 {
		t.Error(status)
	}
	// HR may read the journal but not open accounts.
	if _, page = co.get(co.signedIn("hana"), "/audit"); strings.Contains(page, "/people/"+co.ids["igor"].String()) {
		t.Error("a link that would answer not found")
	}
}
