package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// Session is a signed-in browser. Only the hash of its cookie is kept, and its form token is derived
// from the cookie, so nothing here lets anybody in. Times are wall times.
type Session struct {
	bun.BaseModel `bun:"table:staff_session"`
	Hash          []byte    `bun:"hash,pk"`
	ID            uuid.UUID `bun:"id"`
	StaffID       uuid.UUID `bun:"staff_id"`
	CSRF          string    `bun:"csrf"` // always empty: a derived token needs no row
	Generation    int       `bun:"generation"`
	IP            string    `bun:"ip"`
	Browser       string    `bun:"browser"`
	CreatedAt     time.Time `bun:"created_at"`
	SeenAt        time.Time `bun:"seen_at"`
	ExpiresAt     time.Time `bun:"expires_at"`
}

type sessioned struct {
	Session string `json:"session"`
}

// StartSession writes the session of somebody whose password was just verified against the account as
// it was at n.Generation, and ends the session with hash replaces, if any: a browser's session before
// signing in never lives on after it. Faults: not_found; conflict stale_form if the password was
// changed or the account disabled meanwhile.
func (c *Catalog) StartSession(ctx context.Context, act Act, n Session, replaces []byte) error {
	var out sessioned
	_, _, err := c.onStaff(ctx, act, n.StaffID, "staff.sign_in", sessioned{n.ID.String()}, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.Generation != n.Generation || s.DisabledAt != nil {
			return fault.New(fault.Conflict, "stale_form")
		}
		out.Session = n.ID.String()
		if replaces != nil {
			if _, err := tx.NewDelete().Model((*Session)(nil)).Where("hash = ?", replaces).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewInsert().Model(&n).Exec(ctx)
		return err
	})
	return err
}

// SessionByHash returns a live session and whose it is: not past its end, used since idleSince, of the
// present password, of an account that is not disabled. Fault not_found.
func (r *Reader) SessionByHash(ctx context.Context, hash []byte, wall, idleSince time.Time) (Session, Staff, error) {
	var s Session
	err := r.db.NewSelect().Model(&s).Where("hash = ? AND expires_at > ? AND seen_at > ?", hash, wall, idleSince).Scan(ctx)
	if err != nil {
		return s, Staff{}, missing(err, "session")
	}
	who, err := r.StaffByID(ctx, s.StaffID)
	if err == nil && (who.DisabledAt != nil || who.Generation != s.Generation) {
		err = fault.Missing("session")
	}
	return s, who, err
}

// SawSession notes that a session is in use.
func (c *Catalog) SawSession(ctx context.Context, id uuid.UUID, wall time.Time) error {
	_, err := c.db.NewUpdate().Model((*Session)(nil)).Set("seen_at = greatest(seen_at, ?)", wall).Where("id = ?", id).Exec(ctx)
	return err
}

// Sessions lists a person's live sessions, the last used first.
func (r *Reader) Sessions(ctx context.Context, staffID uuid.UUID, wall, idleSince time.Time) ([]Session, error) {
	var list []Session
	err := r.db.NewSelect().Model(&list).ExcludeColumn("hash").Where("staff_id = ? AND expires_at > ? AND seen_at > ?", staffID, wall, idleSince).
		Where("generation = (SELECT generation FROM staff WHERE id = ?)", staffID).OrderExpr("seen_at DESC, id").Limit(200).Scan(ctx)
	return list, err
}

// EndSession ends one of a person's sessions: signing out, or a lost browser. Fault not_found.
func (c *Catalog) EndSession(ctx context.Context, act Act, staffID, session uuid.UUID) error {
	var out sessioned
	_, _, err := c.onStaff(ctx, act, staffID, "staff.end_session", sessioned{session.String()}, &out, func(ctx context.Context, tx bun.Tx, _ *Staff) error {
		res, err := tx.NewDelete().Model((*Session)(nil)).Where("id = ? AND staff_id = ?", session, staffID).Exec(ctx)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return fault.Missing("session")
		}
		out.Session = session.String()
		return nil
	})
	return err
}

// EndSessions ends all of a person's sessions but keep (uuid.Nil for none). Fault not_found.
func (c *Catalog) EndSessions(ctx context.Context, act Act, staffID, keep uuid.UUID) error {
	var out struct{}
	_, _, err := c.onStaff(ctx, act, staffID, "staff.end_sessions", map[string]any{"keep": keep}, &out, func(ctx context.Context, tx bun.Tx, _ *Staff) error {
		return endSessions(ctx, tx, staffID, keep)
	})
	return err
}

func endSessions(ctx context.Context, tx bun.Tx, staffID, keep uuid.UUID) error {
	_, err := tx.NewDelete().Model((*Session)(nil)).Where("staff_id = ? AND id <> ?", staffID, keep).Exec(ctx)
	return err
}

// SweepAccounts deletes sessions and limiter windows that ended before, links that ended a month before
// it, and returns how many rows went. Addresses and browsers of ended sessions are personal data without a
// purpose; a link stays a while, because its page tells who comes late what to do.
func (c *Catalog) SweepAccounts(ctx context.Context, before time.Time) (int, error) {
	total := 0
	for _, sweep := range []struct {
		query  string
		before time.Time
	}{
		{"DELETE FROM staff_session WHERE expires_at < ?", before},
		{"DELETE FROM limiter WHERE window_start < ?", before},
		{"DELETE FROM staff_link WHERE expires_at < ?", before.AddDate(0, -1, 0)},
	} {
		res, err := c.db.NewRaw(sweep.query, sweep.before).Exec(ctx)
		if err != nil {
			return total, err
		}
		n, _ := res.RowsAffected()
		total += int(n)
	}
	return total, nil
}
