package auth_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const good = "copper lantern ninety"

// house is a company with its accounts and a clock that tests move.
type house struct {
	*auth.Accounts
	t       *testing.T
	db      *bun.DB
	reader  *store.Reader
	catalog *store.Catalog
	now     time.Time
	log     *bytes.Buffer
}

func open(t *testing.T, change ...func(*auth.Options)) *house {
	t.Helper()
	db, err := store.Open(pgtest.Migrated(t), 10)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &house{t: t, db: db, reader: store.NewReader(db), catalog: store.NewCatalog(db), now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), log: &bytes.Buffer{}}
	o := auth.Options{
		Reader: h.reader, Catalog: h.catalog, Links: link.Keys{1: bytes.Repeat([]byte("k"), 32)}, Origin: "https://stazh.example",
		Now: func() time.Time { return h.now }, Floor: -1, Log: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	for _, f := range change {
		f(&o)
	}
	h.Accounts = auth.New(o)
	return h
}

func (h *house) person(email string, roles ...staff.Role) store.Staff {
	h.t.Helper()
	s, err := h.Create(context.Background(), uuid.NewString(), store.NewStaff{Email: email, Name: "Anna Petrova", Language: "ru", Zone: "Europe/Moscow", Roles: roles}, good)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *house) signIn(email string) auth.Signed {
	h.t.Helper()
	s, err := h.SignIn(context.Background(), email, good, auth.Client{IP: "192.0.2.1", Browser: "Test"})
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// app is a router with one route of each kind.
func (h *house) app() (*fiber.App, *auth.Matrix) {
	app := fiber.New(fiber.Config{
		Immutable: true, CaseSensitive: true, StrictRouting: true,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			status := map[fault.Kind]int{
				fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404, fault.TooMany: 429, fault.Conflict: 409, fault.Invalid: 422,
			}[fault.KindOf(err)]
			var e *fiber.Error
			if errors.As(err, &e) {
				status = e.Code
			}
			return c.Status(status).SendString(fault.CodeOf(err))
		},
	})
	matrix := auth.NewMatrix(h.Accounts)
	app.Use(h.Authenticate)
	r := auth.Routes{App: app, Matrix: matrix}
	who := func(c *fiber.Ctx) error {
		p := auth.Of(c)
		if q := auth.From(c.UserContext()); q.Actor() != p.Actor() {
			return errors.New("two principals")
		}
		return c.JSON(p)
	}
	r.Get("/open", auth.Public, who)
	r.Post("/open", auth.Public, who)
	r.Post("/c/:token", auth.Candidate, who)
	r.Get("/mine", auth.SignedIn, who)
	r.Post("/mine", auth.SignedIn, who)
	r.Post("/secret", auth.SignedIn.BySession(), who)
	r.Get("/hr", auth.Roles(staff.HR, staff.Director), who)
	r.Get("/people/new", auth.Roles(staff.Admin), who)
	r.Get("/people/:id", auth.Roles(staff.HR), who)
	app.Get("/forgotten", who)
	matrix.Guard(app)
	return app, matrix
}

type ask struct {
	method, path, cookie, token string
	header                      map[string]string
	form                        url.Values
}

func send(t *testing.T, app *fiber.App, a ask) (int, string, *http.Response) {
	t.Helper()
	var body io.Reader
	if a.form != nil {
		body = strings.NewReader(a.form.Encode())
	}
	r := httptest.NewRequest(a.method, a.path, body)
	r.Host = "stazh.example"
	if a.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if a.cookie != "" {
		r.Header.Set("Cookie", "__Host-stazh="+a.cookie)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	for k, v := range a.header {
		r.Header.Set(k, v)
	}
	res, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b), res
}

func principal(t *testing.T, app *fiber.App, cookie string) auth.Principal {
	t.Helper()
	_, body, _ := send(t, app, ask{method: "GET", path: "/open", cookie: cookie})
	var p auth.Principal
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(body, err)
	}
	return p
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want fault %q", err, code)
	}
}

func wantField(t *testing.T, err error, field, code string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Fields[field] != code {
		t.Fatalf("got %v, want field %s: %s", err, field, code)
	}
}

// Nothing that opens an account lies in the database or the log.
func TestNothingSecretIsStored(t *testing.T) {
	h, ctx := open(t), context.Background()
	s := h.person("anna@example.com", staff.Admin)
	signed := h.signIn("anna@example.com")
	app, _ := h.app()
	p := principal(t, app, signed.Secret)
	secret, _, err := h.CreateToken(ctx, p, "k", auth.NewToken{Name: "ci", Scope: auth.Read, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Forgotten(ctx, "anna@example.com", auth.Client{IP: "192.0.2.77"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SignIn(ctx, "anna@example.com", "wrong wrong wrong", auth.Client{IP: "192.0.2.77"}); err == nil {
		t.Fatal("signed in")
	}
	l, who := h.lastLink(s.ID)
	token := strings.TrimPrefix(h.LinkURL(l, who), "https://stazh.example/password/")
	var tables []string
	if err := h.db.NewRaw("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").Scan(ctx, &tables); err != nil {
		t.Fatal(err)
	}
	dump := ""
	for _, table := range tables {
		var rows []string
		if err := h.db.NewRaw("SELECT t::text FROM ? t", bun.Ident(table)).Scan(ctx, &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			dump += table + " " + row + "\n"
		}
	}
	for name, word := range map[string]string{
		"password": good, "cookie": signed.Secret, "form token": p.CSRF, "api token": secret, "link": token, "limited address": "192.0.2.77",
	} {
		for _, form := range []string{word, hex.EncodeToString([]byte(word))} {
			if strings.Contains(dump, form) {
				t.Errorf("the %s stands in the database", name)
			}
		}
		if strings.Contains(h.log.String(), word) {
			t.Errorf("the %s stands in the log", name)
		}
	}
	if strings.Contains(h.log.String(), "anna") || !strings.Contains(h.log.String(), s.ID.String()) {
		t.Error("the log names people by id:", h.log.String())
	}
	for line := range strings.Lines(dump) {
		if strings.HasPrefix(line, "journal ") && (strings.Contains(line, "Anna") || strings.Contains(line, "anna@")) {
			t.Error("personal data in the journal:", line)
		}
	}
}

func (h *house) lastLink(id uuid.UUID) (store.StaffLink, store.Staff) {
	h.t.Helper()
	var l store.StaffLink
	if err := h.db.NewSelect().Model(&l).Where("staff_id = ?", id).OrderExpr("created_at DESC, expires_at DESC").Limit(1).Scan(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	s, err := h.reader.StaffByID(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return l, s
}

func (h *house) linkToken(id uuid.UUID) string {
	return strings.TrimPrefix(h.LinkURL(h.lastLink(id)), "https://stazh.example/password/")
}
