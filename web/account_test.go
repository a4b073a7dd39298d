package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
)

const goodPassword = "copper lantern ninety"

// company is the pages of accounts on a database, with people who can sign in.
type company struct {
	t      *testing.T
	app    *fiber.App
	pages  *Pages
	matrix *auth.Matrix
	now    time.Time
	ids    map[string]uuid.UUID
}

func newCompany(t *testing.T) *company {
	t.Helper()
	db := pgtest.DB(t)
	co := &company{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), ids: map[string]uuid.UUID{}}
	now := func() time.Time { return co.now }
	accounts := auth.New(auth.Options{
		Reader: store.NewReader(db), Catalog: store.NewCatalog(db), Links: link.Keys{1: bytes.Repeat([]byte("k"), 32)}, Origin: "http://stazh.test", Now: now, Floor: -1,
		Log: slog.New(slog.DiscardHandler),
	})
	frame := New(Options{Now: now, SaveLanguage: func(c *fiber.Ctx, _ Principal, lang string) error {
		return accounts.SetLanguage(c.UserContext(), auth.Of(c), lang)
	}})
	co.pages = &Pages{Frame: frame, Reader: accounts.Reader, Catalog: accounts.Catalog, Accounts: accounts, Now: now}
	co.app = fiber.New(fiber.Config{Immutable: true, CaseSensitive: true, StrictRouting: true, ErrorHandler: frame.Problem})
	co.matrix = auth.NewMatrix(accounts)
	co.app.Use(frame.Headers, RefuseEncoded, accounts.Authenticate)
	r := auth.Routes{App: co.app, Matrix: co.matrix}
	frame.Register(r)
	r.Get("/", auth.SignedIn, func(c *fiber.Ctx) error { return c.SendString("home") })
	co.pages.signInRoutes(r)
	co.pages.accountRoutes(r)
	co.pages.staffRoutes(r)
	co.pages.auditRoutes(r)
	co.pages.funnelRoutes(r)
	co.pages.ratesRoutes(r)
	co.matrix.Guard(co.app)
	for name, roles := range map[string][]staff.Role{"anna": {staff.Admin, staff.HR}, "hana": {staff.HR}, "igor": {staff.Interviewer}, "dora": {staff.Director}} {
		s, err := accounts.Create(context.Background(), "seed/"+name, store.NewStaff{
			Email: name + "@example.com", Name: strings.ToUpper(name[:1]) + name[1:] + " <Test>", Language: "en", Zone: "Europe/Moscow", Roles: roles,
		}, goodPassword)
		if err != nil {
			t.Fatal(err)
		}
		co.ids[name] = s.ID
	}
	return co
}

// signedIn returns the cookie header of somebody who signed in through the form.
func (co *company) signedIn(name string) string {
	co.t.Helper()
	res, page := do(co.t, co.app, "POST", "/sign-in", url.Values{"email": {name + "@example.com"}, "password": {goodPassword}}.Encode())
	if res.StatusCode != http.StatusSeeOther {
		co.t.Fatal(res.StatusCode, page)
	}
	for _, c := range res.Cookies() {
		if c.Name == "stazh" {
			return "stazh=" + c.Value
		}
	}
	co.t.Fatal("no cookie")
	return ""
}

func (co *company) get(cookie, path string, headers ...string) (int, string) {
	co.t.Helper()
	res, page := do(co.t, co.app, "GET", path, "", append([]string{"Cookie", cookie}, headers...)...)
	if res.StatusCode == 200 {
		soundHTML(co.t, page)
	}
	return res.StatusCode, page
}

var hidden = regexp.MustCompile(`name="(_csrf|_command|version)" value="([^"]*)"`)

// post sends a form as the page at from has it, with its hidden fields.
func (co *company) post(cookie, from, to string, form url.Values) (*http.Response, string) {
	co.t.Helper()
	_, page := do(co.t, co.app, "GET", from, "", "Cookie", cookie)
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if form.Get(m[1]) == "" {
			form.Set(m[1], m[2])
		}
	}
	return do(co.t, co.app, "POST", to, form.Encode(), "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
}

func wantPage(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page lacks %q", w)
		}
	}
}

func TestMatrixOfAccountPages(t *testing.T) {
	co := newCompany(t)
	if wrong := co.matrix.Compare(co.app); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	cookies := map[string]string{"nobody": ""}
	for name := range co.ids {
		cookies[name] = co.signedIn(name)
	}
	signedIn := []string{"anna", "hana", "igor", "dora"}
	for path, may := range map[string][]string{
		"/account": signedIn, "/account/password": signedIn, "/account/sessions": signedIn, "/account/tokens": signedIn,
		"/people": {"anna", "hana"}, "/people/new": {"anna"}, "/people/" + co.ids["igor"].String(): {"anna"}, "/audit": {"anna", "hana", "dora"},
	} {
		for name, cookie := range cookies {
			status, page := co.get(cookie, path)
			want := http.StatusNotFound
			switch {
			case slices.Contains(may, name):
				want = http.StatusOK
			case name == "nobody":
				want = http.StatusSeeOther // to the sign-in page
			}
			if status != want {
				t.Errorf("%s by %s: %d, want %d", path, name, status, want)
			}
			if name == "hana" && path == "/people" && (strings.Contains(page, "/people/new") || strings.Contains(page, co.ids["igor"].String())) {
				t.Error("HR sees the list, not the ways to change it")
			}
		}
	}
	if status, _ := co.get(cookies["anna"], "/people/no-id"); status != http.StatusNotFound {
		t.Error(status)
	}
}

func TestSignInPage(t *testing.T) {
	co := newCompany(t)
	for _, lang := range i18n.Languages() {
		for _, path := range []string{"/sign-in", "/forgotten", "/forgotten/sent"} {
			status, page := co.get("", path, "Accept-Language", lang)
			if status != 200 {
				t.Fatal(path, status)
			}
			wantPage(t, page, `<html lang="`+lang+`"`)
		}
	}
	form := url.Values{"email": {"anna@example.com"}, "password": {"wrong wrong wrong"}, "next": {"/people?role=hr"}}
	res, page := do(t, co.app, "POST", "/sign-in", form.Encode())
	if res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) > 0 || strings.Contains(page, "wrong wrong") {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	wantPage(t, page, `value="anna@example.com"`, "The address or the password is not right.", `name="next" value="/people?role=hr"`)
	form.Set("password", goodPassword)
	if res, _ := do(t, co.app, "POST", "/sign-in", form.Encode()); res.StatusCode != 303 || res.Header.Get("Location") != "/people?role=hr" {
		t.Fatal(res.StatusCode, res.Header)
	}
	form.Set("next", "//evil.example/")
	if res, _ := do(t, co.app, "POST", "/sign-in", form.Encode()); res.Header.Get("Location") != "/" {
		t.Fatal("an open redirect to", res.Header.Get("Location"))
	}
	if res, _ := do(t, co.app, "POST", "/sign-in", form.Encode(), "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Fatal(res.StatusCode)
	}
	if res, page := do(t, co.app, "POST", "/sign-in", "email=&password="); res.StatusCode != 422 || !strings.Contains(page, "Fill this in") {
		t.Fatal(res.StatusCode)
	}
	for range 11 {
		res, page = do(t, co.app, "POST", "/sign-in", "email=anna@example.com&password=x")
	}
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Fatal(res.StatusCode, res.Header)
	}
	wantPage(t, page, "Too many tries")
}

func TestSignOut(t *testing.T) {
	co := newCompany(t)
	cookie := co.signedIn("igor")
	if status, _ := co.get(cookie, "/sign-in"); status != http.StatusSeeOther {
		t.Fatal("who is signed in needs no form", status)
	}
	if res, _ := do(t, co.app, "POST", "/sign-out", "", "Cookie", cookie); res.StatusCode != http.StatusForbidden {
		t.Fatal("without the form's token", res.StatusCode)
	}
	res, _ := co.post(cookie, "/account", "/sign-out", url.Values{})
	if res.StatusCode != 303 || res.Header.Get("Location") != "/sign-in" {
		t.Fatal(res.StatusCode)
	}
	if status, _ := co.get(cookie, "/account"); status != http.StatusSeeOther {
		t.Fatal(status)
	}
}

func (co *company) mailedLink(kind string) string {
	co.t.Helper()
	ctx := context.Background()
	var m store.OutgoingMail
	if err := co.pages.Catalog.DB().NewSelect().Model(&m).Where("kind = ?", kind).OrderExpr("created_at DESC").Limit(1).Scan(ctx); err != nil {
		co.t.Fatal(err)
	}
	l, who, err := co.pages.Reader.StaffLink(ctx, uuid.MustParse(m.Params["link"]))
	if err != nil {
		co.t.Fatal(err)
	}
	return strings.TrimPrefix(co.pages.Accounts.LinkURL(l, who), "http://stazh.test")
}

func TestInvitationToPassword(t *testing.T) {
	co := newCompany(t)
	admin := co.signedIn("anna")
	form := url.Values{"email": {"nina@example.com"}, "name": {"Nina"}, "language": {"bg"}, "zone": {"Europe/Sofia"}}
	res, page := co.post(admin, "/people/new", "/people", form)
	if res.StatusCode != 422 {
		t.Fatal(res.StatusCode)
	}
	soundHTML(t, page)
	wantPage(t, page, `href="#f-roles-0"`, `value="nina@example.com"`)
	form["roles"] = []string{"curator", "employee"}
	form.Del("_command")
	if res, page = co.post(admin, "/people/new", "/people", form); res.StatusCode != 303 {
		t.Fatal(res.StatusCode, page)
	}
	path := co.mailedLink("staff_invitation")
	for range 2 {
		status, page := co.get("", path)
		if status != 200 {
			t.Fatal(status)
		}
		wantPage(t, page, "Nina", `autocomplete="new-password"`)
	}
	res, _ = do(t, co.app, "HEAD", path, "")
	if res.StatusCode != 200 || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(res.Header.Get("X-Robots-Tag"), "noindex") {
		t.Fatal(res.StatusCode, res.Header)
	}
	res, page = do(t, co.app, "POST", path, "password=nina", "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != 422 {
		t.Fatal(res.StatusCode)
	}
	wantPage(t, page, "at least 12 characters")
	res, _ = do(t, co.app, "POST", path, "password="+url.QueryEscape(goodPassword), "Origin", "null")
	if res.StatusCode != 303 || len(res.Cookies()) < 1 {
		t.Fatal(res.StatusCode)
	}
	status, page := co.get("", path)
	if status != http.StatusGone {
		t.Fatal(status)
	}
	soundHTML(t, page)
	wantPage(t, page, "This link has been used", path+"/renew")
	if res, _ := do(t, co.app, "POST", path, "password="+url.QueryEscape(goodPassword)); res.StatusCode != http.StatusGone {
		t.Fatal(res.StatusCode)
	}
	co.now = co.now.Add(time.Minute)
	if res, _ := do(t, co.app, "POST", path+"/renew", ""); res.StatusCode != 303 {
		t.Fatal(res.StatusCode)
	}
	fresh := co.mailedLink("password_reset")
	co.now = co.now.Add(5 * time.Hour)
	if status, page := co.get("", fresh); status != http.StatusGone || !strings.Contains(page, "This link has expired") {
		t.Fatal(status)
	}
	status, page = co.get("", "/password/unknown")
	if status != http.StatusNotFound {
		t.Fatal(status)
	}
	wantPage(t, page, "We do not know this link", "/forgotten")
}

func TestForgottenPage(t *testing.T) {
	co := newCompany(t)
	var answers []string
	for _, email := range []string{"igor@example.com", "nobody@example.com"} {
		res, page := do(t, co.app, "POST", "/forgotten", "email="+email)
		answers = append(answers, res.Status+res.Header.Get("Location")+page)
	}
	if answers[0] != answers[1] || !strings.Contains(answers[0], "/forgotten/sent") {
		t.Fatal(answers)
	}
	co.mailedLink("password_reset")
}
