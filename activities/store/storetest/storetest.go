// Package storetest gives a test a migrated database of its own.
package storetest

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/migrations"
)

// Open returns a migrated database, closed and dropped when the test ends.
func Open(t testing.TB) *bun.DB {
	t.Helper()
	db, err := store.Open(pgtest.Open(t, migrate), 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func migrate(ctx context.Context, dsn string) error {
	db, err := store.Open(dsn, 4)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrations.Up(ctx, db)
	return err
}
