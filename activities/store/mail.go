package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// OutgoingMail is a mail to be sent, or what became of it. Params are codes, times and numbers; names
// and addresses are read when it is rendered.
type OutgoingMail struct {
	bun.BaseModel  `bun:"table:outgoing_mail"`
	ID             uuid.UUID         `bun:"id,pk"`
	Key            string            `bun:"key"` // unique; the Message-ID is derived from it
	Kind           string            `bun:"kind"`
	ApplicationID  *uuid.UUID        `bun:"application_id"`
	BookingID      *uuid.UUID        `bun:"booking_id"`
	BookingVersion *int              `bun:"booking_version"` // the mail is unwanted once the booking has another
	StaffID        *uuid.UUID        `bun:"staff_id"`
	Params         map[string]string `bun:"params,type:jsonb"`
	DueAt          time.Time         `bun:"due_at"`    // business time
	NotAfter       *time.Time        `bun:"not_after"` // business time
	CreatedAt      time.Time         `bun:"created_at"`
	State          string            `bun:"state"` // queued, sent, dropped, failed
	Attempts       int               `bun:"attempts"`
	LeaseUntil     *time.Time        `bun:"lease_until"` // wall time
	RetryAt        *time.Time        `bun:"retry_at"`    // wall time
	SettledAt      *time.Time        `bun:"settled_at"`
	Code           string            `bun:"code"`
}

// sending is hiring.Sending of a row of booking: how far the mail that invites to it has come.
const sending = `coalesce((SELECT CASE WHEN m.state = 'queued' THEN 'waiting' WHEN m.state = 'failed' OR m.state = 'dropped' AND m.code IN ('too_late', 'no_address') THEN 'failed' ELSE '' END
	FROM outgoing_mail m WHERE m.application_id = booking.application_id AND m.booking_id = booking.id AND m.kind = 'invitation' ORDER BY m.created_at DESC LIMIT 1), '')`

// RefusedThen is the code of a mail that was refused by an address the person no longer has: it says nothing of him.
const RefusedThen = "smtp_address_then"

// AddressRefused says that the mail failed because the recipient's address takes none; a letter that cannot be written or
// is refused for what it is says nothing of him.
func (m OutgoingMail) AddressRefused() bool { return m.State == "failed" && m.Code == "smtp_address" }

// unreached says of a row a of application that the last mail that went or was refused for its address was refused.
const unreached = `coalesce((SELECT m.state = 'failed' FROM outgoing_mail m WHERE m.application_id = a.id AND (m.state = 'sent' OR m.state = 'failed' AND m.code = 'smtp_address') ORDER BY m.created_at DESC, m.id DESC LIMIT 1), false)`

// QueueMail queues a mail in the step's transaction; a key that is there already is left alone.
func (r *Record) QueueMail(ctx context.Context, m OutgoingMail) error { return queueMail(ctx, r.tx, m) }

func queueMail(ctx context.Context, db bun.IDB, m OutgoingMail) error {
	_, err := addMail(ctx, db, m)
	return err
}

// addMail is queueMail that says how many there are more: none where the key was there.
func addMail(ctx context.Context, db bun.IDB, m OutgoingMail) (int, error) {
	m.ID, m.State = uuid.New(), "queued"
	if m.Params == nil {
		m.Params = map[string]string{}
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = m.DueAt
	}
	res, err := db.NewInsert().Model(&m).On("CONFLICT (key) DO NOTHING").Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// DropMail takes the mail of this key back if it is still queued, and returns whether it has gone out. One
// that a sender has begun with (Outbox.Begin) may have: it counts as gone, because a person told wrongly
// must be told so, and an apology too many does less harm. If it does go, Settle says so in the end.
func (r *Record) DropMail(ctx context.Context, key, code string, at time.Time) (sent bool, err error) {
	return r.dropMail(ctx, code, at, "key = ?", key)
}

// DropInvitation is DropMail of all mails that invite to a booking as it is now: there are two when the person's address
// was corrected between. One that has gone is enough.
func (r *Record) DropInvitation(ctx context.Context, b Booking, code string, at time.Time) (sent bool, err error) {
	return r.dropMail(ctx, code, at, "application_id = ? AND booking_id = ? AND booking_version = ? AND kind = 'invitation'", b.ApplicationID, b.ID, b.Version)
}

func (r *Record) dropMail(ctx context.Context, code string, at time.Time, which string, args ...any) (sent bool, err error) {
	err = r.tx.NewRaw(`WITH was AS (SELECT id, state = 'sent' OR state = 'queued' AND code = ? AS sent FROM outgoing_mail WHERE `+which+` ORDER BY id FOR UPDATE),
		dropped AS (UPDATE outgoing_mail m SET state = 'dropped', code = ?, settled_at = ? FROM was WHERE m.id = was.id AND m.state = 'queued')
		SELECT coalesce(bool_or(sent), false) FROM was`, append(append([]any{codeSending}, args...), code, at)...).Scan(ctx, &sent)
	return sent, err
}

// RestoreMail queues again what DropMail took back with this code. A mail that has gone, and one dropped
// for another reason, stay as they are. A sender's lease is kept, so a mail that was claimed meanwhile is
// not claimed by a second one.
func (r *Record) RestoreMail(ctx context.Context, key, code string) error {
	_, err := r.tx.NewRaw(`UPDATE outgoing_mail SET state = 'queued', code = '', settled_at = NULL WHERE key = ? AND state = 'dropped' AND code = ?`, key, code).Exec(ctx)
	return err
}
