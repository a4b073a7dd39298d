package store

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// The purposes of a StaffLink.
const (
	Invitation = "invitation" // set a first password
	Reset      = "reset"      // set a forgotten one
)

// staffMails is the kind of mail that carries a link of each purpose.
var staffMails = map[string]string{Invitation: "staff_invitation", Reset: "password_reset"}

// StaffLink lets a member of staff set a password once. Its token is derived (link.Keys, purpose
// link.Password, this id, the account's generation) and stored nowhere.
type StaffLink struct {
	bun.BaseModel `bun:"table:staff_link"`
	ID            uuid.UUID  `bun:"id,pk"`
	StaffID       uuid.UUID  `bun:"staff_id"`
	Purpose       string     `bun:"purpose"`
	ExpiresAt     time.Time  `bun:"expires_at"` // wall time
	UsedAt        *time.Time `bun:"used_at"`
	CreatedAt     time.Time  `bun:"created_at"`
}

// StaffLink returns a link and whose it is; its mail and its page need both. Fault not_found.
func (r *Reader) StaffLink(ctx context.Context, id uuid.UUID) (StaffLink, Staff, error) {
	var l StaffLink
	if err := r.db.NewSelect().Model(&l).Where("id = ?", id).Scan(ctx); err != nil {
		return l, Staff{}, missing(err, "link")
	}
	s, err := r.StaffByID(ctx, l.StaffID)
	return l, s, err
}

// addLink writes a link and queues the mail that carries it: params "link" is the link's id.
func addLink(ctx context.Context, tx bun.Tx, act Act, id uuid.UUID, purpose string, expires time.Time) (uuid.UUID, error) {
	l := StaffLink{ID: uuid.New(), StaffID: id, Purpose: purpose, ExpiresAt: expires, CreatedAt: act.Wall}
	if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
		return l.ID, err
	}
	kind := staffMails[purpose]
	return l.ID, queueMail(ctx, tx, OutgoingMail{
		Key: "staff/" + id.String() + "/" + kind + "/" + l.ID.String(), Kind: kind, StaffID: &id,
		Params: map[string]string{"link": l.ID.String()}, DueAt: act.Business,
	})
}

// SendLink mails a new one-time link: an invitation while there is no password, else to set a new one.
// Links sent before stay good until one of them is used. Faults: not_found; conflict account_disabled.
func (c *Catalog) SendLink(ctx context.Context, act Act, id uuid.UUID, expires func(purpose string) time.Time) error {
	var out linked
	_, _, err := c.onStaff(ctx, act, id, "staff.send_link", nil, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.DisabledAt != nil {
			return fault.New(fault.Conflict, "account_disabled")
		}
		purpose := Reset
		if s.PasswordHash == "" {
			purpose = Invitation
		}
		linkID, err := addLink(ctx, tx, act, s.ID, purpose, expires(purpose))
		out.Link = linkID.String()
		return err
	})
	return err
}

// UseLink sets the password by a link, whose token the caller has verified against generation: the
// generation rises, so all sessions and all other links of the account end. Faults: not_found for
// another generation or a disabled account; conflict link_used; conflict link_expired.
func (c *Catalog) UseLink(ctx context.Context, act Act, linkID uuid.UUID, generation int, passwordHash string) (Staff, error) {
	var l StaffLink
	if err := c.db.NewSelect().Model(&l).Where("id = ?", linkID).Scan(ctx); err != nil {
		return Staff{}, missing(err, "link")
	}
	var out linked
	s, _, err := c.onStaff(ctx, act, l.StaffID, "staff.set_password", linked{linkID.String()}, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if err := tx.NewSelect().Model(&l).WherePK().For("UPDATE").Scan(ctx); err != nil {
			return missing(err, "link")
		}
		switch {
		case l.UsedAt != nil:
			return fault.New(fault.Conflict, "link_used")
		case s.Generation != generation || s.DisabledAt != nil:
			return fault.Missing("link")
		case !act.Wall.Before(l.ExpiresAt):
			return fault.New(fault.Conflict, "link_expired")
		}
		out.Link = linkID.String()
		if _, err := tx.NewUpdate().Model(&l).Set("used_at = ?", act.Wall).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := setPassword(ctx, tx, act, s, passwordHash); err != nil {
			return err
		}
		return endSessions(ctx, tx, s.ID, uuid.Nil)
	})
	return s, err
}

// ChangePassword sets the password of somebody signed in, whose old one the caller has verified against
// the account as it was at generation. All sessions but keep end, and all links. Faults: not_found;
// conflict stale_form if another password was set meanwhile.
func (c *Catalog) ChangePassword(ctx context.Context, act Act, id uuid.UUID, generation int, passwordHash string, keep uuid.UUID) error {
	var out struct{}
	args := map[string]any{"generation": generation, "keep": keep}
	_, _, err := c.onStaff(ctx, act, id, "staff.change_password", args, &out, func(ctx context.Context, tx bun.Tx, s *Staff) error {
		if s.Generation != generation || s.DisabledAt != nil {
			return fault.New(fault.Conflict, "stale_form")
		}
		if err := setPassword(ctx, tx, act, s, passwordHash); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id, keep); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Model((*Session)(nil)).Set("generation = ?", s.Generation).Where("id = ? AND staff_id = ?", keep, id).Exec(ctx)
		return err
	})
	return err
}

// setPassword sets it and queues the mail that tells the owner, one a generation: whoever got hold of a link
// or an open browser must not do so unseen.
func setPassword(ctx context.Context, tx bun.Tx, act Act, s *Staff, hash string) error {
	s.PasswordHash = hash
	s.Generation++
	if _, err := tx.NewUpdate().Model(s).Column("password_hash", "generation").WherePK().Exec(ctx); err != nil {
		return err
	}
	return queueMail(ctx, tx, OutgoingMail{
		Key: "staff/" + s.ID.String() + "/password_changed/" + strconv.Itoa(s.Generation), Kind: "password_changed", StaffID: &s.ID, DueAt: act.Business,
	})
}

// Rehash replaces a password's hash by one of the same password with newer parameters, unless another
// password was set meanwhile.
func (c *Catalog) Rehash(ctx context.Context, id uuid.UUID, was, now string) error {
	_, err := c.db.NewUpdate().Model((*Staff)(nil)).Set("password_hash = ?", now).Where("id = ? AND password_hash = ?", id, was).Exec(ctx)
	return err
}
