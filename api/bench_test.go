package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/api"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

// bench is the API over a small company, real steps, a real database and a clock that stands.
type bench struct {
	storetest.Company
	t        *testing.T
	app      *fiber.App
	matrix   *auth.Matrix
	accounts *auth.Accounts
	engine   *workflowstest.Engine
	tokens   map[staff.Role]string
	now      *time.Time
}

func newBench(t *testing.T, responses int) *bench {
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	b := &bench{t: t, Company: storetest.Seed(t, now, responses), now: &now, tokens: map[staff.Role]string{}}
	clock := func() time.Time { return *b.now }
	b.engine = workflowstest.New(t, activities.New(b.Records, b.Reader))
	b.engine.Now = clock
	b.accounts = auth.New(auth.Options{
		Reader: b.Reader, Catalog: b.Catalog, Links: link.Keys{1: []byte("0123456789abcdef0123456789abcdef")}, Origin: "http://stazh.test", Now: clock, Floor: -1,
	})
	b.matrix = auth.NewMatrix(b.accounts)
	b.app = fiber.New(fiber.Config{
		Immutable: true, CaseSensitive: true, StrictRouting: true, BodyLimit: 12 << 20, DisableStartupMessage: true,
		DisablePreParseMultipartForm: true,
		ErrorHandler:                 api.ErrorHandler(fiber.DefaultErrorHandler),
	})
	b.app.Use(recover.New(), b.accounts.Authenticate)
	api.Mount(b.app, api.Options{Reader: b.Reader, Catalog: b.Catalog, Commands: b.engine.Commands(), Accounts: b.accounts, Matrix: b.matrix, Now: clock})
	b.matrix.Guard(b.app)
	for role, id := range b.Staff {
		secret, _, err := b.accounts.MintToken(context.Background(), "token/"+string(role), id, auth.NewToken{Name: "test", Scope: auth.Admin, Days: 300})
		if err != nil {
			t.Fatal(err)
		}
		b.tokens[role] = secret
	}
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (a answer) text(path ...string) string {
	var v any = a.body
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (a answer) items() []map[string]any {
	var out []map[string]any
	list, _ := a.body["items"].([]any)
	for _, one := range list {
		m, _ := one.(map[string]any)
		out = append(out, m)
	}
	return out
}

// call sends a request as somebody of a role; "" is a stranger. Header pairs follow.
func (b *bench) call(role staff.Role, method, path string, body any, headers ...string) answer {
	b.t.Helper()
	var reader io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			b.t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, "http://stazh.test"+path, reader)
	if err != nil {
		b.t.Fatal(err)
	}
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+b.tokens[role])
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.app.Test(r, -1)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	out := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &out.body)
	return out
}

// want calls and checks the status.
func (b *bench) want(status int, role staff.Role, method, path string, body any, headers ...string) answer {
	b.t.Helper()
	a := b.call(role, method, path, body, headers...)
	if a.status != status {
		b.t.Fatalf("%s %s as %s: %d %s, want %d", method, path, role, a.status, a.raw, status)
	}
	if status >= 400 && (a.header.Get("Content-Type") != "application/problem+json" || a.text("code") == "") {
		b.t.Fatalf("%s %s: not a problem: %s %s", method, path, a.header.Get("Content-Type"), a.raw)
	}
	if strings.HasPrefix(path, "/api/v1") && a.header.Get("Cache-Control") != "no-store" {
		b.t.Fatalf("%s %s may be cached: %q", method, path, a.header.Get("Cache-Control"))
	}
	return a
}

// refused calls and checks status and code.
func (b *bench) refused(status int, code string, role staff.Role, method, path string, body any, headers ...string) answer {
	b.t.Helper()
	a := b.want(status, role, method, path, body, headers...)
	if a.text("code") != code {
		b.t.Fatalf("%s %s: code %s, want %s: %s", method, path, a.text("code"), code, a.raw)
	}
	return a
}
