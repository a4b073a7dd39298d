package web

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/fault"
)

func TestAssets(t *testing.T) {
	app := newApp(t, nil)
	a := loadAssets()
	for name, u := range a.byName {
		res, body := do(t, app, "GET", u, "")
		if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || body == "" {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
		if res, body = do(t, app, "HEAD", u, ""); res.StatusCode != 200 || body != "" {
			t.Errorf("HEAD %s: %d with %d bytes", name, res.StatusCode, len(body))
		}
	}
	css := a.byName["app.css"]
	res, _ := do(t, app, "GET", css, "", "Accept-Encoding", "gzip")
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Error("app.css is not compressed for who asks for it")
	}
	if res, _ = do(t, app, "GET", css, "", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 304 {
		t.Errorf("with its own ETag: %d", res.StatusCode)
	}
	for _, path := range []string{"/static/app.css", "/static/", "/static/../go.mod", "/static/VENDORED.md"} {
		if res, _ := do(t, app, "GET", path, ""); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	for _, name := range []string{"fonts/inter-cyrillic.woff2", "fonts/inter-latin.woff2", "fonts/inter-latin-ext.woff2"} {
		if !strings.Contains(string(a.byURL[css].body), a.byName[name]) {
			t.Errorf("app.css does not load %s by its hashed name", name)
		}
	}
}

func TestVendoredChecksums(t *testing.T) {
	f, err := staticFiles.Open("static/VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	checked := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cells := strings.Split(lines.Text(), "|")
		if len(cells) < 7 || len(strings.TrimSpace(cells[5])) != 64 {
			continue
		}
		b, err := staticFiles.ReadFile("static/" + strings.TrimSpace(cells[1]))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != strings.TrimSpace(cells[5]) {
			t.Errorf("%s is not what VENDORED.md says", cells[1])
		}
		checked++
	}
	if checked != 5 {
		t.Errorf("%d checksums found", checked)
	}
}

func cookie(res *http.Response, name string) *http.Cookie {
	for _, c := range res.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestFlashOnce(t *testing.T) {
	app := newApp(t, func(app *fiber.App, f *Frame) {
		app.Post("/do", func(c *fiber.Ctx) error {
			return f.RedirectFlash(c, "/styleguide", Flash{Key: "table.rows", Tone: Warning, Args: map[string]string{"n": "3"}})
		})
	})
	res, _ := do(t, app, "POST", "/do", "")
	m := cookie(res, "flash")
	if res.StatusCode != 303 || m == nil || !m.HttpOnly || m.SameSite != http.SameSiteLaxMode {
		t.Fatalf("%d, cookie %v", res.StatusCode, m)
	}
	res, page := do(t, app, "GET", "/styleguide", "", "Cookie", "flash="+m.Value, "Accept-Language", "ru")
	if !strings.Contains(page, "3 строки") || !strings.Contains(page, "banner is-warning\" role=\"status\"") {
		t.Error("the message is not shown")
	}
	if gone := cookie(res, "flash"); gone == nil || gone.Value != "" || gone.Expires.IsZero() || gone.Expires.Year() > 2000 {
		t.Errorf("the message stays: %v", gone)
	}
	for _, forged := range []string{"x", `{"k":"no.such"}`, `{"k":"table.rows"}`, `{"k":"<script>"}`, `[]`} {
		value := base64.RawURLEncoding.EncodeToString([]byte(forged))
		if res, page := do(t, app, "GET", "/styleguide", "", "Cookie", "flash="+value); res.StatusCode != 200 || strings.Contains(page, "data-flash") {
			t.Errorf("forged %s: %d", forged, res.StatusCode)
		}
	}
}

func TestPreferences(t *testing.T) {
	app := newApp(t, nil)
	res, _ := do(t, app, "POST", "/preferences", "lang=bg&back=%2Fstyleguide%3Fq%3D1")
	if c := cookie(res, "lang"); c == nil || c.Value != "bg" || res.Header.Get("Location") != "/styleguide?q=1" || res.StatusCode != 303 {
		t.Errorf("%d to %q, cookie %v", res.StatusCode, res.Header.Get("Location"), c)
	}
	_, page := do(t, app, "GET", "/styleguide", "", "Cookie", "lang=bg; theme=dark", "Accept-Language", "ru")
	if !strings.Contains(page, `<html lang="bg" data-theme="dark">`) {
		t.Error("the choices are not followed")
	}
	res, _ = do(t, app, "POST", "/preferences", "lang=xx&theme=pink&back=//evil.example")
	if len(res.Cookies()) != 0 || res.Header.Get("Location") != "/" {
		t.Errorf("nonsense: %v to %q", res.Cookies(), res.Header.Get("Location"))
	}
}

func TestLocalPath(t *testing.T) {
	for path, want := range map[string]string{
		"/a?b=c#d": "/a?b=c#d", "": "/", "//evil": "/", "https://evil": "/", `/\evil`: "/", "/a\r\nSet-Cookie: x": "/",
		"javascript:alert(1)": "/", "/\tevil": "/", "a": "/", "/%zz": "/",
	} {
		if got := localPath(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestCleanText(t *testing.T) {
	for in, want := range map[string]string{" Ана \r\n Ли\t": "Ана \n Ли", "a\x00b": "!ab", "\xff": "!", "a\u2028b": "a\u2028b", "\x1b[31m": "![31m"} {
		got, ok := cleanText(in)
		if !ok {
			got = "!" + got
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCommandID(t *testing.T) {
	app := newApp(t, func(app *fiber.App, _ *Frame) {
		app.Post("/do", func(c *fiber.Ctx) error {
			id, err := CommandID(c)
			if err != nil {
				return err
			}
			return c.SendString(id)
		})
	})
	if res, body := do(t, app, "POST", "/do", "_command=a-1"); res.StatusCode != 200 || body != "a-1" {
		t.Errorf("%d %q", res.StatusCode, body)
	}
	for _, bad := range []string{"", "_command=", "_command=a+b", "_command=" + strings.Repeat("a", 256), "_command=%D0%B0"} {
		if res, _ := do(t, app, "POST", "/do", bad); res.StatusCode != 422 {
			t.Errorf("%.30q: %d", bad, res.StatusCode)
		}
	}
}

func TestFormTake(t *testing.T) {
	f := NewForm(nil)
	if f.Take(io.EOF, "") || f.Take(nil, "") || f.Take(fault.New(fault.Conflict, "stale_form"), "") || !f.OK() {
		t.Error("took what a correction cannot mend")
	}
	if !f.Take(fault.New(fault.Conflict, "seat_taken"), "Just taken") || f.OK() || f.Fault != "Just taken" {
		t.Error("a conflict with words was not taken")
	}
	var none *Form
	if !none.OK() || none.Get("a") != "" || none.Summary() != nil {
		t.Error("a page without a form is not at peace")
	}
}

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		want  string
		pairs []any
	}{{"/a", nil}, {"/a", []any{"q", ""}}, {"/a?n=3&q=%D0%B0+%26b", []any{"q", "а &b", "n", 3}}} {
		if got, err := address("/a", c.pairs...); err != nil || got != c.want {
			t.Errorf("%v: %q, %v", c.pairs, got, err)
		}
	}
	if _, err := address("/a", "q"); err == nil {
		t.Error("half a pair was taken")
	}
}

func TestReadQuery(t *testing.T) {
	app := newApp(t, func(app *fiber.App, _ *Frame) {
		app.Get("/list", func(c *fiber.Ctx) error {
			f := ReadQuery(c, "q", "state", "bad")
			return c.SendString(strings.Join(append(f.Many["state"], f.Get("q"), f.Get("bad"), f.Get("other")), "|"))
		})
	})
	if _, got := do(t, app, "GET", "/list?state=a&state=b&q=+x+&bad=%00&other=1", ""); got != "a|b|x||" {
		t.Errorf("%q", got)
	}
}

func TestLanguageOrder(t *testing.T) {
	app := newApp(t, func(app *fiber.App, f *Frame) {
		app.Get("/lang", func(c *fiber.Ctx) error { return c.SendString(f.LangOr(c, c.Query("own"))) })
	})
	for _, c := range [][4]string{{"/lang?own=bg", "lang=ru", "en", "ru"}, {"/lang?own=bg", "", "ru", "bg"}, {"/lang", "lang=xx", "ru", "ru"}, {"/lang", "", "", "en"}} {
		if _, got := do(t, app, "GET", c[0], "", "Cookie", c[1], "Accept-Language", c[2]); got != c[3] {
			t.Errorf("%v: %s", c, got)
		}
	}
}
