package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/api"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

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

func TestOperationsAreStable(t *testing.T) {
	b := newBench(t, 0)
	if wrong := b.matrix.Compare(b.app); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	doc := b.want(200, "", "GET", "/openapi.json", nil)
	if doc.text("openapi") != "3.1.0" {
		t.Error(doc.text("openapi"))
	}
	access := map[string]string{}
	for _, r := range b.matrix.Rows() {
		access[r.Method+" "+r.Path] = r.Access.String()
	}
	var lines []string
	paths, _ := doc.body["paths"].(map[string]any)
	for path, item := range paths {
		for method, one := range item.(map[string]any) {
			op := one.(map[string]any)
			if op["summary"] == "" || op["summary"] == nil || op["description"] == "" || op["security"] == nil {
				t.Errorf("%s %s has no summary, description or security", method, path)
			}
			row := strings.ToUpper(method) + " " + strings.NewReplacer("{", ":", "}", "").Replace(path)
			lines = append(lines, fmt.Sprintf("%s %s %s (%s)", path, strings.ToUpper(method), op["operationId"], access[row]))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	const file = "testdata/operations.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("the operations are not those of %s (go test ./api -update); they are:\n%s", file, got)
	}
	if y := b.want(200, "", "GET", "/openapi.yaml", nil); !strings.Contains(y.raw, "openapi: 3.1.0") {
		t.Error(y.raw[:100])
	}
	schemas, _ := doc.body["components"].(map[string]any)["schemas"].(map[string]any)
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(doc.raw, -1) {
		if schemas[ref[1]] == nil {
			t.Errorf("no schema %s", ref[1])
		}
	}
	if strings.Contains(doc.raw, "stazh.test") || strings.Contains(doc.raw, "$schema") {
		t.Error("the document is made from the Host header")
	}
}

func TestDocsPageIsServedFromHere(t *testing.T) {
	b := newBench(t, 0)
	page := b.want(200, "", "GET", "/api/docs", nil)
	for _, part := range []string{"/api/docs/init.js", "/api/docs/swagger-ui-bundle.js", "/api/docs/swagger-ui.css"} {
		if !strings.Contains(page.raw, part) {
			t.Errorf("the page does not name %s", part)
		}
		if got := b.want(200, "", "GET", part, nil); got.raw == "" {
			t.Errorf("%s is empty", part)
		}
	}
	if strings.Contains(page.raw, "//") && strings.Contains(page.raw, "http") {
		t.Error("the page fetches from elsewhere")
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
}

func TestWhatAnyoneSendsIsNeverOurFault(t *testing.T) {
	b := newBench(t, 1)
	id := b.Applications[0].String()
	app := "/api/v1/applications/" + id
	const secret = "s3cret-Иванова"
	for _, c := range []struct {
		status       int
		code         string
		role         staff.Role
		method, path string
		body         any
		headers      []string
	}{
		{401, "unauthenticated", "", "GET", "/api/v1/applications", nil, nil},
		{401, "bad_token", "", "GET", "/api/v1/applications", nil, []string{"Authorization", "Bearer stz_" + "x"}},
		{404, "not_found", staff.Payroll, "GET", "/api/v1/applications", nil, nil},
		{404, "not_found", staff.HR, "GET", "/api/v1/nothing", nil, nil},
		{404, "not_found", staff.HR, "GET", "/api/v1/applications/" + uuid.NewString(), nil, nil},
		{404, "not_found", staff.Interviewer, "GET", app, nil, nil},
		{405, "method_not_allowed", staff.HR, "PATCH", "/api/v1/applications", nil, nil},
		{422, "invalid_input", staff.HR, "GET", "/api/v1/applications/" + "17", nil, nil},
		{422, "invalid_input", staff.HR, "GET", "/api/v1/applications?limit=0", nil, nil},
		{422, "invalid_input", staff.HR, "GET", "/api/v1/applications?limit=" + "999", nil, nil},
		{422, "invalid_input", staff.HR, "GET", "/api/v1/applications?limit=x", nil, nil},
		{422, "invalid_input", staff.HR, "GET", "/api/v1/applications?surprise=1", nil, nil},
		{422, "invalid_input", staff.HR, "GET", "/api/v1/applications?state=nowhere", nil, nil},
		{422, "bad_cursor", staff.HR, "GET", "/api/v1/applications?cursor=abc", nil, nil},
		{422, "bad_cursor", staff.HR, "GET", "/api/v1/interviews?cursor=WyIxIiwiMiJd", nil, nil},
		{422, "bad_text", staff.HR, "GET", "/api/v1/applications?text=%00", nil, nil},
		{422, "bad_text", staff.HR, "GET", "/api/v1/applications?text=%ff", nil, nil},
		{400, "bad_request", staff.HR, "GET", "/api/v1/applications?text=%zz", nil, nil},
		{400, "bad_request", staff.HR, "POST", app + "/decide", nil, nil},
		{400, "bad_json", staff.HR, "POST", app + "/decide", `{"decision": "` + secret, nil},
		{422, "bad_text", staff.HR, "POST", app + "/decide", `{"decision":"reject","reason":"other","note":"a\u0000b"}`, nil},
		{422, "bad_text", staff.HR, "POST", app + "/decide", "{\"decision\":\"reject\",\"reason\":\"other\",\"note\":\"\xff\"}", nil},
		{422, "invalid_input", staff.HR, "POST", app + "/decide", `{"decision":"` + secret + `","reason":"other"}`, nil},
		{422, "invalid_input", staff.HR, "POST", app + "/decide", `{"decision":"reject","reason":"` + secret + `"}`, nil},
		{422, "invalid_input", staff.HR, "POST", app + "/decide", `{"decision":"reject","reason":"other","` + secret + `":1}`, nil},
		{422, "invalid_input", staff.HR, "POST", app + "/decide", `[1]`, nil},
		{422, "invalid_input", staff.HR, "POST", app + "/decide", `{"decision":7,"reason":null}`, nil},
		{415, "unsupported_encoding", staff.HR, "POST", app + "/decide", `{}`, []string{"Content-Encoding", "gzip"}},
		{415, "unsupported_media_type", staff.HR, "POST", app + "/decide", `a=b`, []string{"Content-Type", "text/plain"}},
		{413, "too_large", staff.HR, "POST", app + "/decide", `{"note":"` + strings.Repeat("a", 300<<10) + `"}`, nil},
		{422, "bad_key", staff.HR, "POST", app + "/unshortlist", nil, []string{"Idempotency-Key", strings.Repeat("k", 256)}},
		{409, "not_shortlisted", staff.HR, "POST", app + "/unshortlist", nil, nil},
		{409, "not_interviewed", staff.HR, "POST", app + "/decide", `{"decision":"hire","reason":"fits"}`, nil},
		{404, "not_found", staff.HR, "POST", app + "/confirm", fmt.Sprintf(`{"booking":"%s","version":1}`, uuid.NewString()), nil},
	} {
		a := b.refused(c.status, c.code, c.role, c.method, c.path, c.body, c.headers...)
		if strings.Contains(a.raw, "s3cret") || strings.Contains(a.raw, "Иванова") || strings.Contains(a.raw, "aaaa") {
			t.Errorf("%s %s echoes what was sent: %s", c.method, c.path, a.raw)
		}
		if a.text("title") == "" || a.text("detail") == "" || a.text("type") != "urn:stazh:fault:"+c.code {
			t.Errorf("%s: %s", c.code, a.raw)
		}
	}
	got := b.refused(422, "invalid_input", staff.HR, "POST", app+"/late", `{"booking":"x","minutes":3,"extra":1}`)
	for field, code := range map[string]string{"booking": "not_an_id", "minutes": "too_small:5", "version": "required", "extra": "unknown_field"} {
		if got.text("fields", field) != code {
			t.Errorf("field %s: %s, want %s", field, got.text("fields", field), code)
		}
	}
	if ru := b.call(staff.HR, "GET", "/api/v1/nothing", nil, "Accept-Language", "ru"); ru.text("detail") == b.call(staff.HR, "GET", "/api/v1/nothing", nil).text("detail") {
		t.Error("the refusal is not in Russian: " + ru.raw)
	}
}

// Every operation, with a body that fits none, as everybody: no answer is ours to mend.
func TestGarbageToEveryOperation(t *testing.T) {
	b := newBench(t, 1)
	bodies := []any{nil, `{}`, `[]`, `null`, `"x"`, `{"id":"x","version":-1,"seats":[1e9],"scores":{"a":1},"starts":"no"}`, strings.Repeat("[", 20000), `{"a":1e999}`}
	for _, row := range b.matrix.Rows() {
		for _, id := range []string{b.Applications[0].String(), uuid.Nil.String(), "..%2f..", "x"} {
			path := strings.ReplaceAll(row.Path, ":id", id)
			for n, body := range bodies {
				if row.Method == "GET" && n > 0 {
					break
				}
				if a := b.call(staff.Admin, row.Method, path, body); a.status >= 500 {
					t.Errorf("%s %s with %.40v: %d %s", row.Method, path, body, a.status, a.raw)
				}
			}
		}
	}
}
