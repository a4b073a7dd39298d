package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/staff"
)

type person struct{ roles []string }

func (person) ID() string           { return "p1" }
func (person) Name() string         { return "Ана <b>Ли</b>" }
func (p person) Roles() []string    { return p.roles }
func (person) Language() string     { return "" }
func (person) Zone() *time.Location { return nil }
func (person) CSRF() string         { return "the-token" }

// newApp is an app as cmd wires it; "X-Roles" stands for a session.
func newApp(t *testing.T, routes func(*fiber.App, *Frame)) *fiber.App {
	t.Helper()
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	frame := New(Options{
		Dev: true, Zone: moscow,
		NewID: func() string { n++; return fmt.Sprintf("id-%d", n) },
		Now:   func() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) },
		Principal: func(c *fiber.Ctx) Principal {
			if roles := c.Get("X-Roles"); roles != "" {
				return person{strings.Split(roles, ",")}
			}
			return nil
		},
	})
	app := fiber.New(fiber.Config{Immutable: true, CaseSensitive: true, StrictRouting: true, ErrorHandler: frame.Problem})
	app.Use(frame.Headers, RefuseEncoded)
	frame.Mount(app)
	if routes != nil {
		routes(app, frame)
	}
	return app
}

func do(t *testing.T, app *fiber.App, method, path, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

// soundHTML holds what a screen reader and the content policy need of any page.
func soundHTML(t *testing.T, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	type reference struct{ attribute, id string }
	var references []reference
	headings := 0
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if n.Data == "h1" {
				headings++
			}
			for _, a := range n.Attr {
				switch {
				case a.Key == "id":
					if ids[a.Val] {
						t.Errorf("id %q twice", a.Val)
					}
					ids[a.Val] = true
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					t.Errorf("<%s %s=%q> breaks the content policy", n.Data, a.Key, a.Val)
				case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
					for id := range strings.FieldsSeq(a.Val) {
						references = append(references, reference{a.Key, id})
					}
				case a.Key == "href" && strings.HasPrefix(a.Val, "#f-"):
					references = append(references, reference{a.Key, a.Val[1:]})
				}
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(doc)
	for _, r := range references {
		if !ids[r.id] {
			t.Errorf("%s names %q, which is not on the page", r.attribute, r.id)
		}
	}
	if headings != 1 {
		t.Errorf("%d h1 on the page", headings)
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("html/template refused a value")
	}
}

func TestStyleGuideInEveryLanguage(t *testing.T) {
	app := newApp(t, nil)
	for _, lang := range i18n.Languages() {
		for _, path := range []string{"/styleguide", "/styleguide/candidate"} {
			res, page := do(t, app, "GET", path, "", "Accept-Language", lang, "X-Roles", "hr,admin")
			if res.StatusCode != 200 || !strings.Contains(page, `<html lang="`+lang+`"`) {
				t.Fatalf("%s in %s: %d", path, lang, res.StatusCode)
			}
			soundHTML(t, page)
			if !strings.Contains(page, i18n.T(lang, "action.continue")) && !strings.Contains(page, i18n.T(lang, "action.save")) {
				t.Errorf("%s in %s has none of its words", path, lang)
			}
		}
	}
	_, page := do(t, app, "GET", "/styleguide", "", "X-Roles", "hr")
	if !strings.Contains(page, "Ана &lt;b&gt;Ли&lt;/b&gt;") {
		t.Error("the person's name is not escaped")
	}
}

func TestCandidatePageIsPrivate(t *testing.T) {
	res, page := do(t, newApp(t, nil), "GET", "/styleguide/candidate", "", "X-Roles", "hr")
	for header, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("content policy %q", csp)
	}
	if strings.Contains(page, "the-token") || strings.Contains(page, "side-nav") {
		t.Error("a candidate's page shows something of the staff's session")
	}
}

func TestFormFaultsKeepWhatWasTyped(t *testing.T) {
	form := url.Values{"name": {""}, "note": {`a <note> that is "too" long for it`}, "city": {"ekb"}, "kind": {"b"}, "days": {"2", "4"}, "phone": {"+7\x00"}}
	res, page := do(t, newApp(t, nil), "POST", "/styleguide", form.Encode(), "X-Roles", "hr")
	if res.StatusCode != 422 {
		t.Fatalf("status %d", res.StatusCode)
	}
	soundHTML(t, page)
	for _, want := range []string{
		`<title>Error: Style guide`, `href="#f-name">Full name: Fill this in`, `Note: Use at most 20 characters`,
		`a &lt;note&gt; that is &#34;too&#34; long for it`, `<option value="ekb" selected>`, `value="b" checked`,
		`value="2" checked`, `value="4" checked`, `aria-describedby="f-name-error" aria-invalid="true"`, `href="#f-phone"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, `value="1" checked`) {
		t.Error("a box that was not ticked is")
	}
	first, second := strings.Index(page, `href="#f-name"`), strings.Index(page, `href="#f-note"`)
	if first < 0 || second < first {
		t.Error("the summary is not in the order of the fields")
	}
}

func TestNavigationByRole(t *testing.T) {
	app := newApp(t, func(app *fiber.App, f *Frame) {
		show := func(c *fiber.Ctx) error {
			return f.HTML(c, 200, "page/styleguide_candidate", Page{Title: "x", Form: NewForm(nil), Body: f.sample()})
		}
		for _, path := range []string{"/", "/vacancies", "/vacancies/:id", "/arrivals", "/settings"} {
			app.Get(path, show)
		}
	})
	_, hr := do(t, app, "GET", "/vacancies/7", "", "X-Roles", "hr")
	for part, want := range map[string]bool{
		`href="/vacancies" aria-current="page"`: true, `href="/" aria-current`: false, `href="/arrivals"`: true,
		`href="/settings"`: false, `href="/candidates"`: false, // no such route in this app
	} {
		if strings.Contains(hr, part) != want {
			t.Errorf("for hr: %s shown is %v", part, !want)
		}
	}
	_, both := do(t, app, "GET", "/", "", "X-Roles", "receptionist,admin")
	if !strings.Contains(both, `href="/settings"`) || !strings.Contains(both, `href="/" aria-current="page"`) {
		t.Error("an administrator's first page lacks his settings or its own mark")
	}
}

func TestNavigationTable(t *testing.T) {
	letters, roles := map[string]bool{}, map[string]bool{}
	for _, g := range Navigation {
		for _, item := range g.Items {
			if item.Letter == "g" || letters[item.Letter] {
				t.Errorf("letter %q of %s is taken", item.Letter, item.Path)
			}
			letters[item.Letter] = true
			for _, r := range item.Roles {
				roles[r] = true
			}
		}
	}
	for r := range roles {
		if !staff.Role(r).Valid() {
			t.Errorf("there is no role %q", r)
		}
	}
	for _, r := range staff.Roles {
		if !i18n.Has("role." + string(r)) {
			t.Errorf("role %q has no name", r)
		}
	}
}

// A form shown again names its page, whose address it takes when it is left, so that going back to it sends nothing twice; only a
// path of our own is given.
func TestFormShownAgain(t *testing.T) {
	app := newApp(t, func(app *fiber.App, f *Frame) {
		again := func(c *fiber.Ctx) error {
			return f.HTML(c, 422, "account/forgotten", Page{Title: "x", Form: NewForm(nil)})
		}
		app.Post("/again", again)
		app.Get("/again", again)
	})
	for referer, want := range map[string]string{
		"http://example.org/forms/new?step=2": `data-again="/forms/new?step=2"`, "": "", "::": "",
	} {
		_, page := do(t, app, "POST", "/again", "", "Referer", referer)
		if _, has, _ := strings.Cut(page, "data-again"); (has != "") != (want != "") || !strings.Contains(page, want) {
			t.Errorf("from %q: %.200s", referer, page)
		}
	}
	if _, page := do(t, app, "GET", "/again", "", "Referer", "http://example.org/forms/new"); strings.Contains(page, "data-again") {
		t.Error("a page asked for by its address takes another's")
	}
}
