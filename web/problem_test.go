package web

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

func TestProblemPages(t *testing.T) {
	app := newApp(t, func(app *fiber.App, _ *Frame) {
		app.Post("/only-post", func(c *fiber.Ctx) error { return c.SendStatus(204) })
	})
	for _, lang := range i18n.Languages() {
		for _, status := range []int{403, 404, 405, 409, 413, 415, 422, 429, 500, 503} {
			for _, query := range []string{"", "?candidate=true"} {
				res, page := do(t, app, "GET", fmt.Sprintf("/styleguide/problem/%d%s", status, query), "", "Accept-Language", lang)
				if res.StatusCode != status {
					t.Errorf("asked for %d, got %d", status, res.StatusCode)
				}
				soundHTML(t, page)
				if title := i18n.T(lang, fmt.Sprintf("problem.%d_title", status)); !strings.Contains(page, "<h1>"+title+"</h1>") {
					t.Errorf("%d in %s does not say %q", status, lang, title)
				}
				if (res.Header.Get("Retry-After") != "") != (status == 429 || status == 503) {
					t.Errorf("%d: Retry-After %q", status, res.Header.Get("Retry-After"))
				}
			}
		}
	}
	for path, want := range map[string]int{"/nowhere": 404, "/STYLEGUIDE": 404, "/styleguide/": 404, "/only-post": 405} {
		if res, _ := do(t, app, "GET", path, ""); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	if res, _ := do(t, app, "POST", "/only-post", "x", "Content-Encoding", "gzip"); res.StatusCode != 415 {
		t.Errorf("a compressed request: %d", res.StatusCode)
	}
}

func TestFaultBecomesPage(t *testing.T) {
	var err error
	app := newApp(t, func(app *fiber.App, f *Frame) {
		app.All("/fault", func(*fiber.Ctx) error { return err })
		app.Get("/half", func(c *fiber.Ctx) error { return f.HTML(c, 200, "page/styleguide", Page{Title: "x", Body: 3}) })
	})
	for _, c := range []struct {
		err    error
		status int
		words  string
	}{
		{fault.Missing("session"), 404, "This is not here"},
		{fault.New(fault.Conflict, "stale_form"), 409, "This has changed since"},
		{fault.New(fault.Conflict, "a_code_without_words"), 409, "cannot be done in the present state"},
		{fmt.Errorf("wrapped: %w", fault.New(fault.Unavailable, "unavailable")), 503, "Nothing was changed"},
		{fault.New(fault.Pending, "pending"), 202, "still being saved"},
		{fmt.Errorf("pq: secret@example.com"), 500, "id-"},
	} {
		err = c.err
		res, page := do(t, app, "POST", "/fault", "")
		if res.StatusCode != c.status || !strings.Contains(page, c.words) || strings.Contains(page, "secret") {
			t.Errorf("%v: %d, want %d with %q", c.err, res.StatusCode, c.status, c.words)
		}
		res, notice := do(t, app, "POST", "/fault", "", "HX-Request", "true")
		if res.StatusCode != c.status || strings.Contains(notice, "<html") || !strings.Contains(notice, "banner") {
			t.Errorf("%v for htmx: %d %.60s", c.err, res.StatusCode, notice)
		}
	}
	err = fault.New(fault.Unauthenticated, "unauthenticated")
	res, _ := do(t, app, "GET", "/fault?tab=2", "")
	if got := res.Header.Get("Location"); res.StatusCode != 303 || got != "/sign-in?next=%2Ffault%3Ftab%3D2" {
		t.Errorf("nobody signed in: %d to %q", res.StatusCode, got)
	}
	res, page := do(t, app, "GET", "/half", "", "X-Roles", "hr")
	if res.StatusCode != 500 || strings.Contains(page, "Style guide") || strings.Count(page, "<!doctype") != 1 {
		t.Errorf("a template that fails half-way: %d", res.StatusCode)
	}
}

func TestABadTokenIsNotSentToSignIn(t *testing.T) {
	f := New(Options{})
	app := fiber.New(fiber.Config{ErrorHandler: f.Problem})
	app.Get("/x", func(*fiber.Ctx) error { return fault.New(fault.Unauthenticated, "bad_token") })
	for header, want := range map[string]int{"": fiber.StatusSeeOther, "Bearer nonsense": fiber.StatusUnauthorized} {
		r := httptest.NewRequest(fiber.MethodGet, "/x", nil)
		if header != "" {
			r.Header.Set(fiber.HeaderAuthorization, header)
		}
		if res, err := app.Test(r, -1); err != nil || res.StatusCode != want {
			t.Errorf("%q: %v %v", header, res.StatusCode, err)
		}
	}
}
