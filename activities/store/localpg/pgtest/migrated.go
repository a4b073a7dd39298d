package pgtest

import (
	"context"
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/stazh/stazh/migrations"
)

// Migrated is Open with Stazh's own schema.
func Migrated(t testing.TB) string {
	t.Helper()
	return Open(t, up)
}

// DB opens a migrated database of the test's own and closes it with the test.
func DB(t testing.TB) *bun.DB {
	t.Helper()
	db, err := open(Migrated(t))
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	// Registered after the drop of the database, so it runs before it.
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func open(dsn string) (*bun.DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	return bun.NewDB(pool, pgdialect.New()), nil
}

func up(ctx context.Context, dsn string) error {
	db, err := open(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrations.Up(ctx, db)
	return err
}
