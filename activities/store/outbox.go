package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Outbox is the sender's side of outgoing mail: claims rows, marks what became of them.
type Outbox struct {
	Reader
	db *bun.DB
}

// NewOutbox returns the outbox on db.
func NewOutbox(db *bun.DB) *Outbox { return &Outbox{Reader{db}, db} }

// Claim leases up to n mails that are due to one sender; no other sender gets them before the lease ends.
// The lease is longer than an SMTP exchange may take, so a mail is sent twice only if its sender died
// between the server's answer and Settle.
func (o *Outbox) Claim(ctx context.Context, business, wall time.Time, lease time.Duration, n int) ([]OutgoingMail, error) {
	var list []OutgoingMail
	err := o.db.NewRaw(`UPDATE outgoing_mail SET lease_until = ?, attempts = attempts + 1 WHERE id IN (
		SELECT id FROM outgoing_mail WHERE state = 'queued' AND due_at <= ?
			AND (lease_until IS NULL OR lease_until < ?) AND (retry_at IS NULL OR retry_at <= ?)
		ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING *`,
		wall.Add(lease), business, wall, wall, n).Scan(ctx, &list)
	return list, err
}

// codeSending marks a queued mail that is on its way to the server, or was when its sender died.
const codeSending = "sending"

// Begin notes that a claimed mail goes to the server now. It returns false, and nothing may be sent, if
// the mail was taken back since it was claimed: the last of a batch may wait for a minute.
func (o *Outbox) Begin(ctx context.Context, id uuid.UUID) (bool, error) {
	res, err := o.db.NewRaw(`UPDATE outgoing_mail SET code = ? WHERE id = ? AND state = 'queued'`, codeSending, id).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Readdressed reports whether the person has another address by now than the one a mail to him went to.
func (o *Outbox) Readdressed(ctx context.Context, m OutgoingMail, to string) (bool, error) {
	return o.db.NewSelect().TableExpr("application a").Join("JOIN person p ON p.id = a.person_id").Where("a.id = ?", m.ApplicationID).
		Where(addressOf("p")+" <> ?", to).Exists(ctx)
}

// Settle marks a mail sent, dropped or failed. One taken back while it was on its way is marked sent all
// the same: that is what happened.
func (o *Outbox) Settle(ctx context.Context, id uuid.UUID, state, code string, business time.Time) error {
	_, err := o.db.NewRaw(`UPDATE outgoing_mail SET state = ?, code = ?, settled_at = ?, lease_until = NULL
		WHERE id = ? AND (state = 'queued' OR state = 'dropped' AND ? = 'sent')`, state, code, business, id, state).Exec(ctx)
	return err
}

// Promise writes until when an invitation that went at last may be answered, if that is later than was thought
// and the booking is still the one it went about.
func (o *Outbox) Promise(ctx context.Context, booking uuid.UUID, version int, by time.Time) error {
	_, err := o.db.NewRaw(`UPDATE booking SET reply_by = ? WHERE id = ? AND version = ? AND state = 'invited' AND reply_by < ?`, by, booking, version, by).Exec(ctx)
	return err
}

// Retry gives a mail back to be tried again at a wall time.
func (o *Outbox) Retry(ctx context.Context, id uuid.UUID, code string, at time.Time) error {
	_, err := o.db.NewRaw(`UPDATE outgoing_mail SET code = ?, retry_at = ?, lease_until = NULL WHERE id = ? AND state = 'queued'`, code, at, id).Exec(ctx)
	return err
}

// LetterFacts is what a mail may say, as the facts are when it is sent. Personal; never logged.
type LetterFacts struct {
	Company, ReplyTo string

	Email, FirstName, Language string // of the candidate, or of the member of staff
	Zone                       string // of the member of staff
	Generation                 int    // of the candidate's link, or of the member of staff
	Erased                     bool

	Vacancy, City string
	State         hiring.State // of the application

	BookingVersion  *int
	BookingState    hiring.Attendance
	StartsAt        *time.Time
	EndedAt         *time.Time
	Priority        bool
	ReplyBy         *time.Time
	UID             string
	Sequence        int
	SlotMinutes     int
	WaitMinutes     int
	VenueName       string
	VenueZone       string
	VenueAddress    string
	VenueMapURL     string
	VenueDirections string
	LinkExpires     *time.Time

	// The time that stands, of a letter about another.
	HeldAt                           *time.Time
	HeldZone, HeldVenue, HeldAddress string
	LinkUsed                         *time.Time
}

// CandidateLetter reads what a mail to a candidate may say, in one query. Fault not_found.
func (r *Reader) CandidateLetter(ctx context.Context, application uuid.UUID, booking *uuid.UUID) (LetterFacts, error) {
	var f LetterFacts
	err := r.db.NewRaw(`SELECT c.name AS company, c.reply_to, `+addressOf("p")+` AS email, p.first_name, p.erased_at IS NOT NULL AS erased,
			coalesce(nullif(p.language, ''), v.language) AS language, a.link_generation AS generation,
			v.title AS vacancy, v.city, a.state,
			b.version AS booking_version, coalesce(b.state, '') AS booking_state, b.starts_at, b.ended_at, b.reply_by, coalesce(b.priority, false) AS priority,
			coalesce(b.uid, '') AS uid, coalesce(b.sequence, 0) AS sequence,
			coalesce(i.slot_minutes, 0) AS slot_minutes, coalesce(i.wait_minutes, 0) AS wait_minutes,
			coalesce(w.name, '') AS venue_name, coalesce(w.zone, v.zone) AS venue_zone, coalesce(w.address, '') AS venue_address,
			coalesce(w.map_url, '') AS venue_map_url, coalesce(w.directions, '') AS venue_directions,
			h.starts_at AS held_at, coalesce(hw.zone, '') AS held_zone, coalesce(hw.name, '') AS held_venue, coalesce(hw.address, '') AS held_address
		FROM application a JOIN person p ON p.id = a.person_id JOIN vacancy v ON v.id = a.vacancy_id CROSS JOIN company c
		LEFT JOIN booking b ON b.id = ? AND b.application_id = a.id
		LEFT JOIN interview i ON i.id = b.interview_id LEFT JOIN venue w ON w.id = i.venue_id
		LEFT JOIN LATERAL (SELECT starts_at, interview_id FROM booking WHERE (application_id = a.id OR id = b.replaced_by) AND id <> b.id
			AND state IN ('confirmed', 'arrived', 'arrived_late', 'walk_in') ORDER BY id = b.replaced_by DESC, booked_at DESC, id DESC LIMIT 1) h ON true
		LEFT JOIN interview hi ON hi.id = h.interview_id LEFT JOIN venue hw ON hw.id = hi.venue_id
		WHERE a.id = ?`, booking, application).Scan(ctx, &f)
	return f, missing(err, "application")
}

// StaffLetter reads what a mail to a member of staff may say; link is the one-time link it carries, if
// any. Fault not_found.
func (r *Reader) StaffLetter(ctx context.Context, staff uuid.UUID, link *uuid.UUID) (LetterFacts, error) {
	var f LetterFacts
	err := r.db.NewRaw(`SELECT c.name AS company, c.reply_to, s.email, s.name AS first_name, s.language, s.zone, s.generation,
			l.expires_at AS link_expires, l.used_at AS link_used
		FROM staff s CROSS JOIN company c LEFT JOIN staff_link l ON l.id = ? AND l.staff_id = s.id
		WHERE s.id = ? AND s.disabled_at IS NULL`, link, staff).Scan(ctx, &f)
	return f, missing(err, "staff")
}
