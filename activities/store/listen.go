package store

import (
	"context"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/stazh/stazh/workflows/fault"
)

// SessionNews is the channel on which PostgreSQL tells that a session has changed.
const SessionNews = "stazh_session"

// Listen hears which sessions changed until ctx ends, on one connection of its own. told gets a session's
// id; uuid.Nil after each (re)connection, because what was told meanwhile is lost: everything may have
// changed. A lost connection is made anew after a moment, at most two seconds.
func Listen(ctx context.Context, dsn string, told func(uuid.UUID)) error {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return fault.New(fault.Invalid, "database_url")
	}
	config.RuntimeParams["application_name"] = "stazh live"
	pause := 50 * time.Millisecond
	for ctx.Err() == nil {
		if listen(ctx, config, told) {
			pause = 50 * time.Millisecond
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
	return nil
}

// listen reports whether the connection stood.
func listen(ctx context.Context, config *pgx.ConnConfig, told func(uuid.UUID)) bool {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN "+SessionNews); err != nil {
		return false
	}
	told(uuid.Nil)
	for {
		// A silent network is noticed by asking now and then.
		wait, cancel := context.WithTimeout(ctx, 30*time.Second)
		n, err := conn.WaitForNotification(wait)
		quiet := wait.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err == nil:
			if id, err := uuid.Parse(n.Payload); err == nil {
				told(id)
			}
		case quiet:
			asking, done := context.WithTimeout(ctx, 5*time.Second)
			err := conn.Ping(asking)
			done()
			if err != nil {
				return true
			}
		default:
			return true
		}
	}
}

// plainText is a search text in small letters without LIKE's own signs.
func plainText(text string) string {
	return strings.NewReplacer(`\`, "", "%", "", "_", "").Replace(strings.ToLower(strings.TrimSpace(text)))
}

// likeDigits are the digits of a search text if they may be a telephone number, else what no number ends in.
func likeDigits(text string) string {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) && r < 128 {
			return r
		}
		return -1
	}, text)
	if len(digits) < 4 {
		return "-"
	}
	return digits
}
