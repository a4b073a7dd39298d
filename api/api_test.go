package api_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/workflows/staff"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { pgtest.Main(m) }

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
