// Package migrations holds the database schema as numbered SQL files, embedded into every binary.
//
// Each file is a transaction (.tx.up.sql, .tx.down.sql) and is marked applied only on success: without
// both a failing file would be half applied and counted as done. A landed file is never edited; a
// change is a new file with the next number, and must go up, down and up again.
package migrations

import (
	"context"
	"embed"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

//go:embed *.sql
var files embed.FS

func migrator(db *bun.DB) (*migrate.Migrator, error) {
	all := migrate.NewMigrations()
	if err := all.Discover(files); err != nil {
		return nil, fmt.Errorf("read embedded migrations: %w", err)
	}
	return migrate.NewMigrator(db, all, migrate.WithMarkAppliedOnSuccess(true)), nil
}

// Up applies every migration that is not applied yet and returns their names. Several processes may
// call it at once: one works, the others wait for its lock.
func Up(ctx context.Context, db *bun.DB) ([]string, error) { return run(ctx, db, true) }

// Down rolls the last applied group back and returns its names.
func Down(ctx context.Context, db *bun.DB) ([]string, error) { return run(ctx, db, false) }

func run(ctx context.Context, db *bun.DB, up bool) ([]string, error) {
	m, err := migrator(db)
	if err != nil {
		return nil, err
	}
	// A session lock on one connection of its own: bun's own lock is a table row that a killed
	// process would leave behind.
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(7382914650)"); err != nil {
		return nil, err
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(7382914650)") }()
	if err := m.Init(ctx); err != nil {
		return nil, err
	}
	group := &migrate.MigrationGroup{}
	if up {
		group, err = m.Migrate(ctx)
	} else {
		group, err = m.Rollback(ctx)
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, one := range group.Migrations {
		names = append(names, one.Name)
	}
	return names, nil
}

// State is one migration and whether the database has it.
type State struct {
	Name    string
	Applied bool
}

// Status lists every migration known to this binary, oldest first.
func Status(ctx context.Context, db *bun.DB) ([]State, error) {
	m, err := migrator(db)
	if err != nil {
		return nil, err
	}
	if err := m.Init(ctx); err != nil {
		return nil, err
	}
	found, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return nil, err
	}
	states := make([]State, 0, len(found))
	for _, one := range found {
		states = append(states, State{Name: one.Name, Applied: one.IsApplied()})
	}
	return states, nil
}
