package store_test

import (
	"context"
	"testing"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/migrations"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestMigrationsUpDownUp(t *testing.T) {
	db, err := store.Open(pgtest.Open(t, nil), 4)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := context.Background()
	first, err := migrations.Up(ctx, db)
	if err != nil || len(first) == 0 {
		t.Fatal(first, err)
	}
	if _, err := migrations.Down(ctx, db); err != nil {
		t.Fatal(err)
	}
	var left []string
	if err := db.NewRaw(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'bun_%'`).Scan(ctx, &left); err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Fatalf("down leaves %v", left)
	}
	again, err := migrations.Up(ctx, db)
	if err != nil || len(again) != len(first) {
		t.Fatal(again, err)
	}
	states, err := migrations.Status(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		if !s.Applied {
			t.Errorf("%s is not applied", s.Name)
		}
	}
}
