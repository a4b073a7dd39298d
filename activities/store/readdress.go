package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// What it means that the mails of an application go to another address from now on, whether that was corrected or the
// record was merged into another or taken out of it.

// Readdressed is what came of it.
type Readdressed struct {
	Mails int      `json:"mails"`           // queued to the new address
	Nudge []string `json:"nudge,omitempty"` // sessions being filled that may now invite him
}

// addressOf is where mails about the applications of the record p of person go: to its own address, else to that of the
// person whom it was merged into.
func addressOf(p string) string {
	return `coalesce(nullif(` + p + `.email, ''), (SELECT k.email FROM person k WHERE k.id = ` + p + `.merged_into), '')`
}

// addresses returns where the mails of these records' applications go.
func addresses(ctx context.Context, tx bun.Tx, locked map[uuid.UUID]lockedPerson) (map[uuid.UUID]string, error) {
	var rows []struct {
		ID    uuid.UUID
		Email string
	}
	err := tx.NewRaw("SELECT p.id, "+addressOf("p")+" AS email FROM person p WHERE p.id IN (?)", bun.List(slices.Collect(maps.Keys(locked)))).Scan(ctx, &rows)
	out := map[uuid.UUID]string{}
	for _, row := range rows {
		out[row.ID] = row.Email
	}
	return out, err
}

// readdress does what another address means for the applications of the records whose mails go elsewhere than they did:
// links that were sent end, refusals of the old address count no more, what it refused goes again if it still holds, and
// open invitations and times are told again. Their rows are locked as steps lock them, after the people.
func readdress(ctx context.Context, tx bun.Tx, at time.Time, locked map[uuid.UUID]lockedPerson, was map[uuid.UUID]string, out *Readdressed) error {
	now, err := addresses(ctx, tx, locked)
	if err != nil {
		return err
	}
	var moved []uuid.UUID
	for person, email := range now {
		if email != was[person] {
			moved = append(moved, person)
		}
	}
	var apps []Application
	if len(moved) > 0 {
		err = tx.NewSelect().Model(&apps).Where("person_id IN (?)", bun.List(moved)).OrderExpr("id").For("NO KEY UPDATE").Scan(ctx)
	}
	if err != nil || len(apps) == 0 {
		return err
	}
	all, generations := []uuid.UUID{}, map[uuid.UUID]int{} // the second: of those with an address
	for _, a := range apps {
		all = append(all, a.ID)
		if now[a.PersonID] != "" {
			generations[a.ID] = a.LinkGeneration + 1
		}
	}
	if _, err := tx.NewRaw("UPDATE application SET link_generation = link_generation + 1, version = version + 1 WHERE id IN (?)", bun.List(all)).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.NewRaw("UPDATE outgoing_mail SET code = ? WHERE state = 'failed' AND code = 'smtp_address' AND application_id IN (?)", RefusedThen, bun.List(all)).Exec(ctx); err != nil || len(generations) == 0 {
		return err
	}
	for _, a := range apps {
		if a.State == hiring.Shortlisted && generations[a.ID] > 0 {
			if err := comesWithinReach(ctx, tx, at, a, out); err != nil {
				return err
			}
		}
	}
	reached := slices.Collect(maps.Keys(generations))
	res, err := tx.NewRaw(`UPDATE outgoing_mail m SET state = 'queued', code = '', due_at = ?0, created_at = ?0, attempts = 0, retry_at = NULL, lease_until = NULL, settled_at = NULL
		FROM application a WHERE a.id = m.application_id AND a.id IN (?1) AND m.state = 'failed' AND m.code = ?2 AND `+stillHolds, at, bun.List(reached), RefusedThen).Exec(ctx)
	if err != nil {
		return err
	}
	resent, err := res.RowsAffected()
	if err != nil {
		return err
	}
	again, err := tellAgain(ctx, tx, at, generations)
	out.Mails = int(resent) + again
	return err
}

// stillHolds says of a mail m of an application a that did not arrive that it is still true at ?0. It goes under its key
// then, by which steps take it back. Whether another time is still offered is judged as it goes. Open invitations and
// times are told anew instead (ToldAgain), also for reminders.
const stillHolds = `(m.not_after IS NULL OR m.not_after > ?0)
	AND (m.booking_id IS NULL OR m.booking_version = (SELECT b.version FROM booking b WHERE b.id = m.booking_id)) AND CASE
	WHEN m.kind = 'acknowledgement' THEN a.state IN ('responded', 'shortlisted')
	WHEN m.kind IN ('withdrawn', 'replaced', 'cancelled') THEN (SELECT b.starts_at > ?0 FROM booking b WHERE b.id = m.booking_id)
	WHEN m.kind IN ('left_rebook', 'no_show') THEN true
	WHEN m.kind = 'no_answer' THEN a.state = 'no_answer'
	WHEN m.kind = 'thanks' THEN a.state = 'interviewed'
	WHEN m.kind = 'withdrawn_confirm' THEN a.state = 'withdrawn'
	WHEN m.kind = 'decision_undone' THEN a.state <> 'decided'
	WHEN m.kind LIKE 'decision\_%' THEN EXISTS (SELECT FROM decision d WHERE d.application_id = a.id AND d.undone_at IS NULL AND m.key LIKE '%/' || d.id)
	ELSE false END`

var toldAgain = []string{"invitation", "booked", "moved"}

// ToldAgain says that what a mail of this kind tells is told anew where the person has another address.
func ToldAgain(kind string) bool { return slices.Contains(toldAgain, kind) }

// comesWithinReach lets the sessions that are filled from where the application stands look again: they do when somebody
// came onto the shortlist; here somebody who is on it can be written to.
func comesWithinReach(ctx context.Context, tx bun.Tx, at time.Time, a Application, out *Readdressed) error {
	if _, err := tx.NewRaw("UPDATE application SET changed_at = ? WHERE id = ?", at, a.ID).Exec(ctx); err != nil {
		return err
	}
	sessions, err := (&Reader{tx}).FilledFrom(ctx, a.VacancyID)
	for _, id := range sessions {
		if name := "interview/" + id.String(); !slices.Contains(out.Nudge, name) {
			out.Nudge = append(out.Nudge, name)
		}
	}
	return err
}

// tellAgain queues the mail of each open invitation and each time to come of these applications anew, under their links'
// generation, and returns how many. Where such a mail waits, it goes to the new address by itself.
func tellAgain(ctx context.Context, tx bun.Tx, at time.Time, generations map[uuid.UUID]int) (told int, err error) {
	policy, err := (&Reader{tx}).Policy(ctx)
	if err != nil {
		return 0, err
	}
	var open []Booking
	err = tx.NewSelect().Model(&open).Where("application_id IN (?) AND state IN ('invited', 'confirmed') AND starts_at > ?", bun.List(slices.Collect(maps.Keys(generations))), at).
		Where("NOT EXISTS (SELECT FROM outgoing_mail m WHERE m.booking_id = booking.id AND m.kind IN (?) AND m.state = 'queued' AND m.code <> ?)", bun.List(toldAgain), codeSending).
		OrderExpr("id").Scan(ctx)
	if err != nil {
		return 0, err
	}
	for _, b := range open {
		kind, until := "booked", b.StartsAt
		if b.State == hiring.BookingInvited {
			kind, until = "invitation", policy.SendUntil(b.StartsAt)
		}
		if !at.Before(until) { // too late to answer, wherever it goes
			continue
		}
		queued, err := addMail(ctx, tx, OutgoingMail{
			Key:  "booking/" + b.ID.String() + "/" + kind + "/" + strconv.Itoa(b.Version) + "/again/" + strconv.Itoa(generations[b.ApplicationID]),
			Kind: kind, ApplicationID: &b.ApplicationID, BookingID: &b.ID, BookingVersion: &b.Version, DueAt: at, NotAfter: &until,
		})
		if err != nil {
			return told, err
		}
		told += queued
	}
	return told, nil
}
