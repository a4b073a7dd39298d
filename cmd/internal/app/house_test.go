package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The rules of the house that a machine can check: who may import whom, how long a file may be, what
// may not be written anywhere.

const module = "github.com/stazh/stazh/"

// arrows is the import table: what a package may import directly, of ours and of the libraries. The
// standard library is free. A prefix ends in "...".
type arrow struct {
	pkg  string
	ours []string
	libs []string // libraries beside the standard one
}

var arrows = []arrow{
	{pkg: "workflows/fault"},
	{pkg: "workflows/link", ours: []string{"workflows/fault"}},
	{pkg: "workflows/hiring", ours: []string{"workflows/fault"}},
	{pkg: "workflows/staff", ours: []string{"workflows/fault"}},
	{pkg: "workflows/intake", ours: []string{"workflows/fault"}, libs: []string{"golang.org/x/text/", "golang.org/x/net/", "github.com/xuri/excelize/"}},
	{pkg: "workflows/photo", ours: []string{"workflows/fault"}, libs: []string{"golang.org/x/image/"}},
	{pkg: "workflows/calendar", ours: []string{"workflows/fault"}, libs: []string{"github.com/arran4/golang-ical"}},
	{pkg: "workflows", ours: []string{"workflows/..."}, libs: []string{"go.temporal.io/sdk/", "go.temporal.io/api/", "github.com/google/uuid"}},
	{pkg: "workflows/workflowstest", ours: []string{"workflows/...", "activities/..."}, libs: anyLib},
	{pkg: "activities/store", ours: []string{"workflows/fault", "workflows/link", "workflows/hiring", "workflows/staff", "workflows/intake", "workflows/photo"}, libs: []string{"github.com/uptrace/bun", "github.com/jackc/pgx/", "github.com/google/uuid"}},
	{pkg: "activities/store/localpg", libs: []string{"github.com/jackc/pgx/", "golang.org/x/sys/"}},
	{pkg: "activities/store/localpg/pgtest", ours: []string{"activities/store/localpg", "migrations"}, libs: anyLib},
	{pkg: "activities/store/storetest", ours: []string{"activities/store/...", "workflows/...", "migrations"}, libs: anyLib},
	{pkg: "activities/mail", ours: []string{"workflows/fault", "workflows/link", "workflows/hiring", "workflows/calendar", "web/i18n"}, libs: []string{"github.com/wneessen/go-mail", "github.com/arran4/golang-ical", "golang.org/x/net/"}},
	{pkg: "activities/mail/mailsink", libs: []string{"github.com/emersion/", "golang.org/x/net/"}},
	{pkg: "activities", ours: []string{"workflows/...", "activities/..."}, libs: anyLib},
	{pkg: "web/i18n"},
	{pkg: "api/auth", ours: []string{"workflows/fault", "workflows/link", "workflows/hiring", "workflows/staff", "activities/store", "web/i18n"}, libs: []string{"github.com/gofiber/", "github.com/valyala/fasthttp", "github.com/alexedwards/argon2id", "github.com/google/uuid", "golang.org/x/"}},
	{pkg: "api", ours: []string{"workflows/...", "activities/store", "api/...", "web/i18n"}, libs: anyLib},
	{pkg: "web", ours: []string{"workflows/...", "activities/store", "api/auth", "web/..."}, libs: anyLib},
	{pkg: "web/chart", ours: []string{"web/i18n"}},
	{pkg: "migrations", libs: []string{"github.com/uptrace/bun"}},
	{pkg: "cmd/...", ours: []string{"..."}, libs: anyLib},
}

var anyLib = []string{"..."}

func TestImportArrows(t *testing.T) {
	for _, p := range listPackages(t) {
		rel := strings.TrimPrefix(p.ImportPath, module)
		var rule *arrow
		for i := range arrows {
			if matches(arrows[i].pkg, rel) {
				rule = &arrows[i]
				break
			}
		}
		if rule == nil {
			t.Errorf("%s is not in the import table", rel)
			continue
		}
		for _, imported := range p.Imports {
			switch {
			case strings.HasPrefix(imported, module):
				if !matchesAny(rule.ours, strings.TrimPrefix(imported, module)) {
					t.Errorf("%s may not import %s", rel, imported)
				}
			case strings.Contains(imported, "."):
				if !matchesAny(rule.libs, imported) {
					t.Errorf("%s may not import %s", rel, imported)
				}
			}
			if strings.HasPrefix(imported, "go.temporal.io/server") && rel != "cmd/e2e" && !strings.HasPrefix(rel, "cmd/dev") {
				t.Errorf("%s may not link the Temporal server", rel)
			}
			if rule.pkg != "workflows" && !matchesAny([]string{"activities", "cmd/...", "workflows/workflowstest"}, rel) && strings.HasPrefix(imported, "go.temporal.io/") {
				t.Errorf("%s may not import Temporal", rel)
			}
		}
	}
}

func matches(pattern, path string) bool {
	if strings.HasSuffix(pattern, "...") {
		return strings.HasPrefix(path+"/", strings.TrimSuffix(pattern, "..."))
	}
	return pattern == path || strings.HasSuffix(pattern, "/") && strings.HasPrefix(path, pattern)
}

func matchesAny(patterns []string, path string) bool {
	for _, p := range patterns {
		if matches(p, path) || p == "..." || strings.Contains(p, ".") && strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages found", len(all))
	}
	return all
}

var (
	todo     = regexp.MustCompile(`\b(TO[D]O|FIX[M]E|XX[X])\b`) // written so that it does not find itself
	numbered = regexp.MustCompile(`#\d+`)
	clock    = regexp.MustCompile(`\btime\.Now\(`)
	record   = regexp.MustCompile(`\bstore\.Records?\b|\bstore\.NewRecords\b`)
	pure     = regexp.MustCompile(`^workflows/(fault|link|hiring|training|pay|staff|intake|calendar)/`)
)

func TestHouseRules(t *testing.T) {
	root := "../../.."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && (d.Name() == ".git" || d.Name() == ".dev" || d.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if ext := filepath.Ext(rel); ext != ".go" && ext != ".sql" && ext != ".html" {
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		test := strings.HasSuffix(rel, "_test.go")
		lines := 0
		for s := bufio.NewScanner(bytes.NewReader(body)); s.Scan(); lines++ {
			line := s.Text()
			if todo.MatchString(line) && !numbered.MatchString(line) {
				t.Errorf("%s:%d: unfinished work without an issue's number", rel, lines+1)
			}
			if !test && pure.MatchString(rel) && clock.MatchString(line) {
				t.Errorf("%s:%d: a pure rule reads the clock", rel, lines+1)
			}
			if !test && record.MatchString(line) && !strings.HasPrefix(rel, "activities/") && !strings.HasPrefix(rel, "cmd/") && !strings.HasPrefix(rel, "workflows/workflowstest/") {
				t.Errorf("%s:%d: only activities may write process facts", rel, lines+1)
			}
		}
		if strings.HasSuffix(rel, ".go") && !test && lines > 400 {
			t.Errorf("%s has %d lines; 400 is the most", rel, lines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
