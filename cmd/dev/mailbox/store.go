// Package mailbox is cmd/dev's post office: the mails that the sink accepted, kept in a database of their own beside
// the application's, and the pages on which people read them.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/stazh/stazh/activities/mail/mailsink"
)

// schema is not a migration: the table is no part of the product and its database is dropped by -reset.
const schema = `CREATE TABLE IF NOT EXISTS dev_mail (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	received   timestamptz NOT NULL,
	mail_from  text        NOT NULL,
	rcpt_to    text[]      NOT NULL,
	subject    text        NOT NULL,
	message_id text        NOT NULL,
	raw        bytea       NOT NULL
);
CREATE INDEX IF NOT EXISTS dev_mail_message_id ON dev_mail (message_id)`

// Store keeps mails in PostgreSQL; it implements mailsink.Store.
type Store struct{ pool *pgxpool.Pool }

var _ mailsink.Store = (*Store)(nil)

// OpenStore connects and makes the table if it is missing.
func OpenStore(ctx context.Context, dsn string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = 4
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := pool.Exec(ctx, schema); err != nil {
		pool.Close()
		return nil, fmt.Errorf("the mailbox's table: %w", err)
	}
	return &Store{pool: pool}, nil
}

// Close closes the connections.
func (s *Store) Close() { s.pool.Close() }

// Add implements mailsink.Store. NUL bytes, which PostgreSQL's text cannot hold, are dropped from the search
// columns; the raw mail has them.
func (s *Store) Add(ctx context.Context, m mailsink.Message) (id int64, err error) {
	to := m.To
	if to == nil {
		to = []string{}
	}
	err = s.pool.QueryRow(ctx, `INSERT INTO dev_mail (received, mail_from, rcpt_to, subject, message_id, raw)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
		m.Received, clean(m.From), to, clean(m.Subject), clean(m.MessageID), m.Raw).Scan(&id)
	return id, err
}

func clean(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD") }

// List implements mailsink.Store.
func (s *Store) List(ctx context.Context, f mailsink.Filter) ([]mailsink.Message, error) {
	where, args := []string{"true"}, []any{}
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, strings.ReplaceAll(condition, "@", fmt.Sprintf("$%d", len(args))))
	}
	if f.To != "" {
		add("@ = ANY(rcpt_to)", strings.ToLower(f.To))
	}
	if f.Search != "" {
		add("(strpos(lower(subject), lower(@)) > 0 OR EXISTS (SELECT 1 FROM unnest(rcpt_to) r WHERE strpos(r, lower(@)) > 0))", f.Search)
	}
	if f.Subject != "" {
		add("strpos(lower(subject), lower(@)) > 0", f.Subject)
	}
	if f.MessageID != "" {
		add("message_id = @", f.MessageID)
	}
	if f.Before != 0 {
		add("id < @", f.Before)
	}
	sql := "SELECT id, received, mail_from, rcpt_to, raw FROM dev_mail WHERE " + strings.Join(where, " AND ") + " ORDER BY id DESC"
	if f.Limit > 0 {
		sql += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// Get implements mailsink.Store.
func (s *Store) Get(ctx context.Context, id int64) (mailsink.Message, error) {
	rows, err := s.pool.Query(ctx, "SELECT id, received, mail_from, rcpt_to, raw FROM dev_mail WHERE id = $1", id)
	if err != nil {
		return mailsink.Message{}, err
	}
	m, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return m, mailsink.ErrNoMessage
	}
	return m, err
}

// Counts implements mailsink.Store.
func (s *Store) Counts(ctx context.Context) (map[string]int, error) {
	return s.counts(ctx, "SELECT message_id, count(*) FROM dev_mail GROUP BY message_id")
}

// copies is Counts for the mails of one page.
func (s *Store) copies(ctx context.Context, of []mailsink.Message) (map[string]int, error) {
	ids := []string{}
	for _, m := range of {
		if m.MessageID != "" && !slices.Contains(ids, m.MessageID) {
			ids = append(ids, m.MessageID)
		}
	}
	return s.counts(ctx, "SELECT message_id, count(*) FROM dev_mail WHERE message_id = ANY($1) GROUP BY message_id", ids)
}

func (s *Store) counts(ctx context.Context, sql string, args ...any) (map[string]int, error) {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		out[id] = n
	}
	return out, rows.Err()
}

func scan(row pgx.CollectableRow) (mailsink.Message, error) {
	var id int64
	var received time.Time
	var from string
	var to []string
	var raw []byte
	if err := row.Scan(&id, &received, &from, &to, &raw); err != nil {
		return mailsink.Message{}, err
	}
	m := mailsink.Parse(raw)
	m.ID, m.Received, m.From, m.To = id, received, from, to
	return m, nil
}
