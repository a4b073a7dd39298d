package pgtest_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stazh/stazh/activities/store/localpg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var migrated atomic.Int32

func migrate(ctx context.Context, dsn string) error {
	migrated.Add(1)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE person (id int PRIMARY KEY)")
	return err
}

// Databases opened at once are migrated once, apart from each other, and gone when their test has ended.
func TestOpen(t *testing.T) {
	ctx := context.Background()
	var mu sync.Mutex
	var used []string
	t.Run("group", func(t *testing.T) {
		for range 4 {
			t.Run("database", func(t *testing.T) {
				t.Parallel()
				conn, err := pgx.Connect(ctx, pgtest.Open(t, migrate))
				if err != nil {
					t.Fatal(err)
				}
				// Left open on purpose: dropping the database must not wait for it.
				mu.Lock()
				used = append(used, conn.Config().Database)
				mu.Unlock()
				// The same key everywhere: a shared database would refuse it.
				if _, err := conn.Exec(ctx, "INSERT INTO person VALUES (1)"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if n := migrated.Load(); n != 1 {
		t.Errorf("migrated %d times", n)
	}
	conn, err := pgx.Connect(ctx, pgtest.Server(t).URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var left int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname = ANY($1)", used).Scan(&left); err != nil || left != 0 || len(used) != 4 {
		t.Errorf("%d of %d databases left, %v", left, len(used), err)
	}
}

func TestOpenEmpty(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.Open(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var tables int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables, %v", tables, err)
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		pgtest.Open(b, migrate)
	}
}

func TestDB(t *testing.T) {
	db := pgtest.DB(t)
	var tables int
	err := db.NewRaw("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'outgoing_mail'").Scan(context.Background(), &tables)
	if err != nil || tables != 1 {
		t.Errorf("%d tables, %v", tables, err)
	}
}
