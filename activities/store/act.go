package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Act says who does an account matter, under which key, and when. Account matters live by wall time
// (sign-ins, links and tokens expire by the real clock); the journal and mails by business time.
type Act struct {
	Actor    string // staff/<uuid>, token/<uuid> or system
	Key      string // the command's key, 1 to 255 printable characters
	Wall     time.Time
	Business time.Time
}

func (a Act) entry(staff uuid.UUID, step string, args any) Entry {
	return Entry{Subject: "staff/" + staff.String(), Actor: a.Actor, Key: a.Key, Step: step, Args: args, At: a.Business}
}

// onStaff does fn once for the act's key, in one transaction, with the account's row locked. What fn
// puts into result is journalled: ids and codes only. On a repeat fn is not run and result is what it
// was; repeated tells. Fault not_found if there is no such account.
func (c *Catalog) onStaff(ctx context.Context, act Act, id uuid.UUID, step string, args, result any,
	fn func(ctx context.Context, tx bun.Tx, s *Staff) error,
) (s Staff, repeated bool, err error) {
	err = c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if s, err = lockStaff(ctx, tx, id); err != nil {
			return err
		}
		repeated, err = once(ctx, tx, act.entry(id, step, args), result, func() error { return fn(ctx, tx, &s) })
		return err
	})
	return s, repeated, err
}

func lockStaff(ctx context.Context, tx bun.Tx, id uuid.UUID) (Staff, error) {
	var s Staff
	err := tx.NewSelect().Model(&s).Where("id = ?", id).For("UPDATE").Scan(ctx)
	return s, missing(err, "staff")
}
