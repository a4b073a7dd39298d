package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg"
	"github.com/stazh/stazh/cmd/dev/demo"
	"github.com/stazh/stazh/workflows/staff"
)

// whole is one run of the command with the real application.
type whole struct {
	t      *testing.T
	out    output
	cancel context.CancelFunc
	code   chan int
}

func beginWhole(t *testing.T, args ...string) *whole {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &whole{t: t, cancel: cancel, code: make(chan int, 1)}
	t.Cleanup(cancel)
	go func() { w.code <- run(ctx, args, &w.out, &w.out, startApp) }()
	for end := time.Now().Add(3 * time.Minute); !strings.Contains(w.out.String(), "Ctrl-C stops everything"); {
		select {
		case code := <-w.code:
			t.Fatalf("ended with %d:\n%s", code, w.out.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("not up in time:\n%s", w.out.String())
		}
	}
	return w
}

func (w *whole) end() {
	w.t.Helper()
	w.cancel()
	select {
	case code := <-w.code:
		if code != 0 || !strings.Contains(w.out.String(), "Stopped") {
			w.t.Fatalf("code %d\n%s", code, w.out.String())
		}
	case <-time.After(time.Minute):
		w.t.Fatal("Ctrl-C did not stop it")
	}
}

func readDemo(t *testing.T, dir string) demoFile {
	t.Helper()
	path := filepath.Join(dir, "demo.json")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("demo.json: %v %v", info, err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f demoFile
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// resource is what only people who work here may read.
const resource = "/api/v1/vacancies"

// status asks with a token; 401 means that it opens nothing.
func status(t *testing.T, url, token string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// facts are what must be as it was after another start.
type facts struct {
	business           time.Time
	speed              float64
	people, journal    int
	applications, mail int
}

// look reads facts by the settings that cmd/admin --dev uses.
func look(t *testing.T, dir string) (f facts) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, settingsFile))
	if err != nil {
		t.Fatal(err)
	}
	url, _, _ := strings.Cut(strings.TrimPrefix(string(raw), "DATABASE_URL="), "\n")
	db, err := store.Open(url, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	clock, err := store.NewReader(db).Clock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	f.business, f.speed = clock.At(time.Now()), clock.Speed
	for table, into := range map[string]*int{"person": &f.people, "journal": &f.journal, "application": &f.applications, "outgoing_mail": &f.mail} {
		if err := db.NewSelect().Table(table).ColumnExpr("count(*)").Scan(context.Background(), into); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestWholeApplication(t *testing.T) {
	if testing.Short() {
		t.Skip("three starts of everything take half a minute")
	}
	dir := filepath.Join(t.TempDir(), "dev")
	t.Cleanup(func() {
		if folder, err := localpg.Folder(filepath.Join(dir, "postgres")); err == nil {
			_ = os.RemoveAll(folder)
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	args := []string{"-dir", dir, "-addr", addr}

	first := beginWhole(t, args...)
	made := readDemo(t, dir)
	if made.URL != "http://"+addr || len(made.Accounts) != len(staff.Roles) {
		t.Errorf("%s with %d accounts", made.URL, len(made.Accounts))
	}
	for _, a := range demo.Accounts {
		if !strings.Contains(first.out.String(), a.Email) {
			t.Errorf("%s is not printed", a.Email)
		}
	}
	if status(t, made.URL+resource, made.APIToken) != http.StatusOK || status(t, made.URL+resource, made.APIToken+"x") != http.StatusUnauthorized {
		t.Error("the token of demo.json does not open, or any does")
	}
	before := look(t, dir)
	if before.speed != 1 || before.people < 600 || before.mail < 14 {
		t.Errorf("%+v", before)
	}
	first.end()
	if _, err := os.Stat(filepath.Join(dir, settingsFile)); err == nil {
		t.Error("the settings outlive the run")
	}

	second := beginWhole(t, append(args, "-speed", "600")...)
	if again := readDemo(t, dir); again.APIToken != made.APIToken || status(t, made.URL+resource, made.APIToken) != http.StatusOK {
		t.Error("another token")
	}
	if f := look(t, dir); f.speed != 600 || f.people != before.people || f.applications != before.applications || strings.Contains(second.out.String(), companyStep) {
		t.Errorf("%+v became %+v", before, f)
	}
	time.Sleep(time.Second) // ten minutes of business
	fast := look(t, dir)
	if gone := fast.business.Sub(before.business); gone < 10*time.Minute {
		t.Errorf("business time went on by %v", gone)
	}
	second.end()
	stopped := time.Now()

	// The clock stood still: the stop itself and the start cost some of its fast minutes, the pause none.
	time.Sleep(2 * time.Second)
	third := beginWhole(t, append(args, "-speed", "1")...)
	paused := time.Since(stopped)
	slow := look(t, dir)
	if gone := slow.business.Sub(fast.business); gone < 0 || gone > time.Hour || paused < 2*time.Second {
		t.Errorf("business time went on by %v", gone)
	}
	third.end()

	moscow, err := time.LoadLocation(companyZone)
	if err != nil {
		t.Fatal(err)
	}
	until := slow.business.Add(2 * time.Hour).In(moscow).Truncate(time.Minute)
	hurried := beginWhole(t, append(args, "-until", until.Format("2006-01-02T15:04"))...)
	if f := look(t, dir); f.speed != 1 || f.business.Before(until) || f.business.After(until.Add(10*time.Minute)) {
		t.Errorf("hurried to %v, not to %v", f.business, until)
	}
	hurried.end()

	keys, err := os.ReadFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	fresh := beginWhole(t, append(args, "-reset")...)
	if f := readDemo(t, dir); f.APIToken == made.APIToken || status(t, f.URL+resource, made.APIToken) != http.StatusUnauthorized {
		t.Error("-reset kept the token")
	}
	if now, err := os.ReadFile(filepath.Join(dir, "keys")); err != nil || string(now) == string(keys) {
		t.Error("-reset kept the keys of links")
	}
	if f := look(t, dir); f.speed != 1 || f.people != before.people || time.Since(f.business).Abs() > time.Minute {
		t.Errorf("after -reset %+v", f)
	}
	fresh.end()
}
