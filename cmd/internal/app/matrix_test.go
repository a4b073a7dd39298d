package app

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
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
	"github.com/stazh/stazh/migrations"
	"github.com/stazh/stazh/workflows/staff"
)

var update = flag.Bool("update", false, "write testdata/matrix.txt from the router")

const writtenMatrix = "testdata/matrix.txt"

func TestMain(m *testing.M) { pgtest.Main(m) }

// opened is an installation on a database of its own. Temporal does not answer: who may do what must not
// depend on it.
func opened(t *testing.T) *App {
	t.Helper()
	a, err := Open(context.Background(), Config{
		Role: "http", Listen: "127.0.0.1:0", PublicURL: "http://127.0.0.1", Connections: 10, Dev: true,
		DatabaseURL: pgtest.Open(t, func(ctx context.Context, dsn string) error {
			db, err := store.Open(dsn, 4)
			if err != nil {
				return err
			}
			defer db.Close()
			_, err = migrations.Up(ctx, db)
			return err
		}),
		TemporalAddress: "127.0.0.1:1", TemporalNamespace: "stazh", LinkKeys: "1:" + strings.Repeat("5a", 32),
		SMTPHost: "127.0.0.1", SMTPPort: 1, SMTPTLS: "none", MailFrom: "Stazh <jobs@example.org>", Zone: "Europe/Moscow", LogLevel: "error",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// asker is a principal as requests show him.
type asker struct {
	name   string
	roles  []staff.Role
	cookie string
	form   string // the session's form token
	token  string
}

// TestMatrix holds the router to the written matrix: what the file says of a route is what each kind of
// principal gets from it.
func TestMatrix(t *testing.T) {
	a := opened(t)
	server, matrix := a.NewHTTP()
	if wrong := matrix.Compare(server); len(wrong) > 0 {
		t.Fatal(strings.Join(wrong, "\n"))
	}
	var text strings.Builder
	for _, r := range matrix.Rows() {
		fmt.Fprintf(&text, "%s %s %s\n", r.Method, r.Path, r.Access)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(writtenMatrix), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(writtenMatrix, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(writtenMatrix)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != text.String() {
		t.Fatalf("the router is not as %s says; if that is meant, run go test ./cmd/internal/app -run TestMatrix -update and read the difference\n%s",
			writtenMatrix, difference(string(written), text.String()))
	}
	askers := askersOf(t, a, server)
	for line := range strings.Lines(string(written)) {
		method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, access, _ := strings.Cut(rest, " ")
		t.Run(method+" "+path, func(t *testing.T) {
			for _, who := range askers {
				judge(t, server, who, method, path, access)
			}
		})
	}
}

// difference lists the lines that only one of two texts has.
func difference(old, now string) string {
	var out []string
	only := func(sign, of, without string) {
		there := slices.Collect(strings.Lines(without))
		for line := range strings.Lines(of) {
			if !slices.Contains(there, line) {
				out = append(out, sign+line)
			}
		}
	}
	only("- ", old, now)
	only("+ ", now, old)
	return strings.Join(out, "")
}

// askersOf makes one of each: nobody, each role, a token that may read.
func askersOf(t *testing.T, a *App, server *fiber.App) []asker {
	t.Helper()
	ctx, accounts := context.Background(), a.Accounts()
	const password = "copper-lantern-violin-83"
	out := []asker{{name: "nobody"}}
	var hr store.Staff
	for _, role := range staff.Roles {
		s, err := accounts.Create(ctx, "matrix/"+string(role), store.NewStaff{
			Email: string(role) + "@example.org", Name: "Somebody", Language: "en", Zone: "Europe/Moscow", Roles: []staff.Role{role},
		}, password)
		if err != nil {
			t.Fatal(err)
		}
		if role == staff.HR {
			hr = s
		}
		signed, err := accounts.SignIn(ctx, s.Email, password, auth.Client{IP: "127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		who := asker{name: string(role), roles: []staff.Role{role}, cookie: accounts.CookieName() + "=" + signed.Secret}
		page, body := ask(t, server, who, http.MethodGet, "/account")
		found := regexp.MustCompile(`name="_csrf" value="([^"]+)"`).FindStringSubmatch(body)
		if page != http.StatusOK || found == nil {
			t.Fatalf("%s finds no form on /account: %d", role, page)
		}
		who.form = found[1]
		out = append(out, who)
	}
	secret, _, err := accounts.MintToken(ctx, "matrix", hr.ID, auth.NewToken{Name: "reads", Scope: auth.Read, Days: 1})
	if err != nil {
		t.Fatal(err)
	}
	return append(out, asker{name: "a token that reads", roles: []staff.Role{staff.HR}, token: secret})
}

var parameter = regexp.MustCompile(`:[a-z_]+`)

// judge sends one request and compares the answer with what the written matrix lets this asker do.
func judge(t *testing.T, server *fiber.App, who asker, method, path, access string) {
	t.Helper()
	// A sign-out would end the session of all requests after it.
	if path == "/sign-out" && who.cookie != "" {
		return
	}
	target := parameter.ReplaceAllStringFunc(strings.ReplaceAll(strings.ReplaceAll(path, "*", "none"), ":status", "404"), func(string) string { return uuid.NewString() })
	target = regexp.MustCompile(`\{[a-z_-]+\}`).ReplaceAllStringFunc(target, func(string) string { return uuid.NewString() })
	status, body := ask(t, server, who, method, target)
	if status >= 500 && status != http.StatusServiceUnavailable { // which it is where Temporal is asked
		t.Errorf("%s: %d", who.name, status)
	}
	api := strings.HasPrefix(path, "/api/")
	switch want := allowed(who, method, access); {
	case want == "":
		if status == http.StatusUnauthorized || status == http.StatusSeeOther && strings.Contains(body, "/sign-in?next=") {
			t.Errorf("%s may, and is told to sign in: %d", who.name, status)
		}
		if status == http.StatusForbidden {
			t.Errorf("%s may, and is refused: %d", who.name, status)
		}
	case want == "sign in":
		redirected := status == http.StatusSeeOther && strings.HasPrefix(body, "Location: /sign-in?next=")
		if status != http.StatusUnauthorized && !(redirected && !api && method == http.MethodGet) {
			t.Errorf("%s may not, and is not told to sign in: %d", who.name, status)
		}
	case want == "scope":
		if status != http.StatusForbidden {
			t.Errorf("%s has too narrow a token, and gets %d", who.name, status)
		}
	case want == "not found":
		nowhere := target + "-nowhere"
		missing, text := ask(t, server, who, http.MethodGet, nowhere)
		if method == http.MethodGet && (status != missing || plain(body, target) != plain(text, nowhere)) {
			t.Errorf("%s may not, and can tell it from a page that is not there: %d, there %d\n%s\n%s", who.name, status, missing, plain(body, target), plain(text, nowhere))
		}
		if status != http.StatusNotFound {
			t.Errorf("%s may not, and gets %d", who.name, status)
		}
	}
}

// allowed reads a row of the written matrix, on its own and not with the code that guards the routes: "" for
// yes, else how the refusal looks.
func allowed(who asker, method, access string) string {
	words, scope, _ := strings.Cut(access, ", scope ")
	words, bySession := strings.CutSuffix(words, ", by session")
	switch {
	case words == "public" || words == "candidate":
		return ""
	case who.cookie == "" && who.token == "":
		return "sign in"
	case words != "signed in" && !slices.ContainsFunc(who.roles, func(r staff.Role) bool { return slices.Contains(strings.Fields(words), string(r)) }):
		return "not found"
	case who.token != "" && (bySession || method != http.MethodGet || scope == "write" || scope == "admin"):
		return "scope"
	}
	return ""
}

var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// plain is a body without what differs from request to request.
func plain(body, path string) string {
	for _, p := range []string{url.QueryEscape(path), path} {
		body = strings.ReplaceAll(body, p, "PATH")
	}
	return changing.ReplaceAllString(body, "ID")
}

// ask sends a request without a useful body; the answer's Location stands before its body.
func ask(t *testing.T, server *fiber.App, who asker, method, path string) (int, string) {
	t.Helper()
	var payload io.Reader
	kind := ""
	if method != http.MethodGet {
		if strings.HasPrefix(path, "/api/") {
			payload, kind = strings.NewReader("{}"), "application/json"
		} else {
			payload, kind = strings.NewReader(url.Values{"_csrf": {who.form}}.Encode()), "application/x-www-form-urlencoded"
		}
	}
	r := httptest.NewRequest(method, path, payload)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if who.cookie != "" {
		r.Header.Set("Cookie", who.cookie)
		r.Header.Set("X-CSRF-Token", who.form)
	}
	if who.token != "" {
		r.Header.Set("Authorization", "Bearer "+who.token)
	}
	answer, err := server.Test(r, int((30 * time.Second).Milliseconds()))
	if err != nil {
		t.Fatalf("%s %s by %s: %v", method, path, who.name, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := string(body)
	if to := answer.Header.Get("Location"); to != "" {
		text = "Location: " + to + "\n" + text
	}
	return answer.StatusCode, text
}
