// Package storetest gives a test a migrated database of its own.
package storetest

import (
	"context"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/migrations"
)

// Open returns a migrated database, closed and dropped when the test ends.
func Open(t testing.TB) *bun.DB {
	t.Helper()
	dsn := pgtest.Open(t, migrate)
	db, err := store.Open(dsn, 20)
	if err != nil {
		t.Fatal(err)
	}
	addresses.Store(db, dsn)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

var addresses sync.Map // of the databases opened here

// DSN returns the address of a database that Open returned, for a connection of one's own.
func DSN(db *bun.DB) string {
	dsn, _ := addresses.Load(db)
	text, _ := dsn.(string)
	return text
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
