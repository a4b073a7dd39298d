// Package pgtest gives tests a real, empty or migrated PostgreSQL database each, in about a tenth of a
// second. One temporary server runs per test process, made by the first Open: no ports (packages tested in
// parallel cannot clash), no fsync, nothing left behind.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) } // optional: without it the server ends with the process
//
//	func TestX(t *testing.T) {
//		dsn := pgtest.Open(t, migrations.Up)
//
// Without PostgreSQL on the machine a test that opens a database fails with the command that installs it: a test that silently
// skips proves nothing.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store/localpg"
)

// Migrate brings the database behind the connection string to the shape a test wants. It must have closed its
// connections when it returns: PostgreSQL copies only databases that nobody uses.
type Migrate func(ctx context.Context, dsn string) error

// limit bounds each step around a test, not the test.
const limit = 2 * time.Minute

var server = sync.OnceValues(func() (*localpg.Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s, err := localpg.Start(ctx, localpg.Options{SocketOnly: true})
	started.Store(s)
	return s, err
})

var (
	started   atomic.Pointer[localpg.Server]
	number    atomic.Int64
	mu        sync.Mutex
	templates = map[uintptr]*template{}
)

type template struct {
	once sync.Once
	name string
	err  error
}

// Open returns the connection string of a database of the test's own, dropped when the test ends. migrate runs
// once per process on a template that is then copied; nil leaves the database empty. Functions are told apart by
// their code, so two closures from one line count as the same.
func Open(t testing.TB, migrate Migrate) string {
	t.Helper()
	s := Server(t)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	from := ""
	if migrate != nil {
		var err error
		if from, err = templateOf(ctx, s, migrate); err != nil {
			t.Fatalf("pgtest: preparing the template database: %v", err)
		}
	}
	name := fmt.Sprintf("test_%d", number.Add(1))
	if _, err := s.CreateDatabase(ctx, name, from); err != nil {
		t.Fatalf("pgtest: creating a database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := s.DropDatabase(ctx, name); err != nil {
			t.Logf("pgtest: dropping %s: %v", name, err)
		}
	})
	return s.URL(name)
}

// Server returns the process's server, for tests that need more than a database (roles, a second database).
// Whoever stops it stops it for every test of the process.
func Server(t testing.TB) *localpg.Server {
	t.Helper()
	s, err := server()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s
}

func templateOf(ctx context.Context, s *localpg.Server, migrate Migrate) (string, error) {
	key := reflect.ValueOf(migrate).Pointer()
	mu.Lock()
	tpl := templates[key]
	if tpl == nil {
		tpl = &template{name: fmt.Sprintf("template_%d", len(templates)+1)}
		templates[key] = tpl
	}
	mu.Unlock()
	tpl.once.Do(func() {
		if _, tpl.err = s.CreateDatabase(ctx, tpl.name, ""); tpl.err == nil {
			tpl.err = migrate(ctx, s.URL(tpl.name))
		}
	})
	return tpl.name, tpl.err
}

// Main runs the tests, stops the server if one was started, and exits: func TestMain(m *testing.M) { pgtest.Main(m) }.
func Main(m *testing.M) {
	code := m.Run()
	if s := started.Load(); s != nil {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		_ = s.Stop(ctx)
		cancel()
	}
	os.Exit(code)
}
