package auth_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/staff"
)

func TestMatrix(t *testing.T) {
	h := open(t)
	h.person("hr@example.com", staff.HR)
	h.person("admin@example.com", staff.Admin)
	app, matrix := h.app()
	hr, admin := h.signIn("hr@example.com").Secret, h.signIn("admin@example.com").Secret
	for _, c := range []struct {
		method, path      string
		nobody, hr, admin int
	}{
		{"GET", "/open", 200, 200, 200},
		{"HEAD", "/open", 200, 200, 200},
		{"GET", "/mine", 401, 200, 200},
		{"HEAD", "/mine", 401, 200, 200},
		{"GET", "/hr", 401, 200, 404},
		{"GET", "/people/new", 401, 404, 200}, // not the row of /people/:id
		{"GET", "/people/x", 401, 200, 404},
		{"GET", "/forgotten", 404, 404, 404}, // in the router, not in the matrix
		{"HEAD", "/forgotten", 404, 404, 404},
		{"GET", "/HR", 404, 404, 404},
		{"GET", "/hr/", 404, 404, 404},
		{"GET", "/%68r", 404, 404, 404},
		{"GET", "/nothing", 404, 404, 404},
		{"DELETE", "/hr", 405, 405, 405},
	} {
		for who, want := range map[string]int{"": c.nobody, hr: c.hr, admin: c.admin} {
			if got, body, _ := send(t, app, ask{method: c.method, path: c.path, cookie: who}); got != want {
				t.Errorf("%s %s by %.5s: %d %s, want %d", c.method, c.path, who, got, body, want)
			}
		}
	}
	if wrong := matrix.Compare(app); !slices.Equal(wrong, []string{"not in the matrix: GET /forgotten", "not in the matrix: HEAD /forgotten"}) {
		t.Fatal(wrong)
	}
	rows := matrix.Rows()
	if len(rows) != 9 || rows[1].Access.String() != "hr director" || rows[0].Access.String() != "candidate" {
		t.Fatal(rows)
	}
	late := func() (panicked bool) {
		defer func() { panicked = recover() != nil }()
		app.Get("/late", func(c *fiber.Ctx) error { return nil })
		return false
	}
	if !late() {
		t.Fatal("a route after the guard must not go unseen")
	}
}

func TestCompareFindsRowsWithoutRoutes(t *testing.T) {
	h := open(t)
	m := auth.NewMatrix(h.Accounts)
	m.Add("GET", "/gone", auth.Public)
	if wrong := m.Compare(fiber.New()); !slices.Equal(wrong, []string{"not in the router: GET /gone", "the matrix guards nothing yet"}) {
		t.Fatal(wrong)
	}
}

// Who may post: where the request comes from, the form token, and who asks.
func TestForgery(t *testing.T) {
	h := open(t)
	h.person("anna@example.com", staff.HR)
	app, _ := h.app()
	cookie := h.signIn("anna@example.com").Secret
	csrf := principal(t, app, cookie).CSRF
	other := principal(t, app, h.signIn("anna@example.com").Secret).CSRF
	if csrf == other || len(csrf) < 40 {
		t.Fatal("a form token belongs to one session")
	}
	site := func(v string) map[string]string { return map[string]string{"Sec-Fetch-Site": v} }
	origin := func(v string) map[string]string { return map[string]string{"Origin": v} }
	tokenField := url.Values{"_csrf": {csrf}}
	for _, c := range []struct {
		name, path, cookie string
		header             map[string]string
		form               url.Values
		want               int
	}{
		{"good", "/mine", cookie, site("same-origin"), tokenField, 200},
		{"good by origin", "/mine", cookie, origin("https://stazh.example"), tokenField, 200},
		{"no browser", "/mine", cookie, nil, tokenField, 200},
		{"header", "/mine", cookie, map[string]string{"X-CSRF-Token": csrf}, url.Values{}, 200},
		{"no token", "/mine", cookie, site("same-origin"), url.Values{}, 403},
		{"another session's token", "/mine", cookie, site("same-origin"), url.Values{"_csrf": {other}}, 403},
		{"cross-site", "/mine", cookie, site("cross-site"), tokenField, 403},
		{"same-site", "/mine", cookie, site("same-site"), tokenField, 403},
		{"fetch metadata wins", "/mine", cookie, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://stazh.example"}, tokenField, 403},
		{"foreign origin", "/mine", cookie, origin("https://evil.example"), tokenField, 403},
		{"http origin", "/mine", cookie, origin("http://stazh.example"), tokenField, 403},
		{"prefix origin", "/mine", cookie, origin("https://stazh.example.evil"), tokenField, 403},
		{"null origin", "/mine", cookie, origin("null"), tokenField, 403},
		{"nobody", "/mine", "", site("same-origin"), tokenField, 401},
		{"sign-in form", "/open", "", site("same-origin"), url.Values{}, 200},
		{"sign-in from elsewhere", "/open", "", site("cross-site"), url.Values{}, 403},
		{"sign-in, old browser elsewhere", "/open", "", origin("https://evil.example"), url.Values{}, 403},
		{"public form while signed in", "/open", cookie, site("same-origin"), url.Values{}, 200},
		{"candidate", "/c/x", "", site("same-origin"), url.Values{}, 200},
		{"candidate, no-referrer page", "/c/x", "", origin("null"), url.Values{}, 200},
		{"candidate from elsewhere", "/c/x", "", site("cross-site"), url.Values{}, 403},
		{"candidate, foreign origin", "/c/x", "", origin("https://evil.example"), url.Values{}, 403},
	} {
		if got, body, _ := send(t, app, ask{method: "POST", path: c.path, cookie: c.cookie, header: c.header, form: c.form}); got != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, got, body, c.want)
		}
	}
}

func TestTokens(t *testing.T) {
	h, ctx := open(t), context.Background()
	h.person("anna@example.com", staff.HR)
	h.person("admin@example.com", staff.Admin)
	app, _ := h.app()
	secrets := map[auth.Scope]string{}
	p := principal(t, app, h.signIn("anna@example.com").Secret)
	boss := principal(t, app, h.signIn("admin@example.com").Secret)
	for _, scope := range auth.Scopes {
		var err error
		if secrets[scope], _, err = h.CreateToken(ctx, p, string(scope), auth.NewToken{Name: "n", Scope: scope, Days: 2}); err != nil {
			t.Fatal(err)
		}
	}
	writes, _, err := h.CreateToken(ctx, boss, "w", auth.NewToken{Name: "n", Scope: auth.Write, Days: 2})
	if err != nil {
		t.Fatal(err)
	}
	admins, made, err := h.MintToken(ctx, "a", boss.StaffID, auth.NewToken{Name: "n", Scope: auth.Admin, Days: 2})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.CreateToken(ctx, p, "read", auth.NewToken{Name: "n", Scope: auth.Read, Days: 2})
	wantCode(t, err, "token_made")
	cookie := h.signIn("admin@example.com").Secret
	for _, c := range []struct {
		name, method, path, token string
		want                      int
	}{
		{"read reads", "GET", "/mine", secrets[auth.Read], 200},
		{"read does not write", "POST", "/mine", secrets[auth.Read], 403},
		{"write writes, without a form token", "POST", "/mine", secrets[auth.Write], 200},
		{"write reads", "GET", "/hr", secrets[auth.Write], 200},
		{"admin writes", "POST", "/mine", secrets[auth.Admin], 200},
		{"no scope gives a role", "GET", "/people/new", secrets[auth.Admin], 404},
		{"a role without the scope", "GET", "/people/new", writes, 403},
		{"both", "GET", "/people/new", admins, 200},
		{"not by token", "POST", "/secret", secrets[auth.Admin], 403},
		{"unknown", "GET", "/open", "stz_" + "A", 401},
		{"not ours", "GET", "/open", "ghp_AAAA", 401},
	} {
		// The cookie of an administrator beside it must not matter.
		if got, body, _ := send(t, app, ask{method: c.method, path: c.path, token: c.token, cookie: cookie}); got != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, got, body, c.want)
		}
	}
	if got, _, _ := send(t, app, ask{method: "GET", path: "/open", header: map[string]string{"Authorization": "Basic YTpi"}}); got != 401 {
		t.Error("basic", got)
	}
	list, err := h.Tokens(ctx, boss)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for _, one := range list {
		if one.UsedAt == nil || len(one.Hint) != 8 {
			t.Error("last use is noted", one)
		}
	}
	wantCode(t, h.RevokeToken(ctx, p, "r", made.ID), "not_found")
	if err := h.RevokeToken(ctx, boss, "r", made.ID); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := send(t, app, ask{method: "GET", path: "/mine", token: admins}); got != 401 {
		t.Error("revoked", got)
	}
	h.now = h.now.Add(48 * time.Hour)
	if got, _, _ := send(t, app, ask{method: "GET", path: "/mine", token: writes}); got != 401 {
		t.Error("expired", got)
	}
}
