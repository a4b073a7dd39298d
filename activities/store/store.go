package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/stazh/stazh/workflows/fault"
)

// Open connects to a PostgreSQL by its URL, with at most connections open at once. It does not wait for
// the server; Ping does.
func Open(dsn string, connections int) (*bun.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(fault.Invalid, "database_url")
	}
	// Bun inlines arguments, so every statement is a new text: preparing each would cost a round trip
	// and fill the cache with statements nobody asks for twice.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.RuntimeParams["timezone"] = "UTC"
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return bun.NewDB(db, pgdialect.New()), nil
}

// Reader answers pages and API. It changes nothing.
type Reader struct{ db bun.IDB }

// NewReader returns a Reader on db.
func NewReader(db *bun.DB) *Reader { return &Reader{db} }

// Catalog writes catalogue data, intake and account matters, each call one transaction.
type Catalog struct{ db *bun.DB }

// NewCatalog returns a Catalog on db.
func NewCatalog(db *bun.DB) *Catalog { return &Catalog{db} }

// Records opens transactions for process facts.
type Records struct{ db *bun.DB }

// NewRecords returns Records on db.
func NewRecords(db *bun.DB) *Records { return &Records{db} }

// Record is the writer of process facts within one transaction.
type Record struct {
	tx bun.Tx
	Reader
}

// Do runs fn in one transaction: committed if it returns nil, rolled back otherwise.
func (r *Records) Do(ctx context.Context, fn func(*Record) error) error {
	return r.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return fn(&Record{tx: tx, Reader: Reader{tx}})
	})
}

// DB returns the database underneath, for migrations and health checks.
func (c *Catalog) DB() *bun.DB { return c.db }

// missing turns "no rows" into fault not_found.
func missing(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Missing(what)
	}
	return err
}

// violates reports whether err is the database's refusal by the named constraint or unique index.
func violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}

// CheckText refuses text the database cannot hold: NUL bytes, invalid UTF-8. Fault invalid bad_text.
func CheckText(texts ...string) error {
	for _, s := range texts {
		if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
			return fault.New(fault.Invalid, "bad_text")
		}
	}
	return nil
}
