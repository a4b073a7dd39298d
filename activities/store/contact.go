package store

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Contact is what is known of a person and may be corrected.
type Contact struct {
	Name, Email, Phone, City string
	BirthYear                int    // 0: unknown
	Language                 string // "": the vacancy's
}

// Normalise returns the contact as it is stored, judged as a response is; of a merged record it may have neither address
// nor telephone. Fault invalid_input.
func (n Contact) Normalise(now time.Time, merged bool) (Contact, error) {
	r, err := Response{Name: n.Name, Email: n.Email, Phone: n.Phone, City: n.City, BirthYear: n.BirthYear, Language: n.Language}.Normalise(now)
	if e := fault.As(err); merged && e != nil && e.Fields["email"] == "row_no_contact" {
		if delete(e.Fields, "email"); len(e.Fields) == 0 {
			err = nil
		}
	}
	return Contact{r.Name, r.Email, r.Phone, r.City, r.BirthYear, r.Language}, err
}

// Contact returns what may be corrected.
func (p Person) Contact() Contact {
	n := Contact{Name: p.Name, Email: p.Email, Phone: p.Phone, City: p.City, Language: p.Language}
	if p.BirthYear != nil {
		n.BirthYear = *p.BirthYear
	}
	return n
}

// Corrected is what a correction did; the journal keeps it, so it names the fields, never what they say.
type Corrected struct {
	Saved
	Changed []string `json:"changed"`         // name, email, phone, city, birth_year, language
	Mails   int      `json:"mails"`           // open invitations and times told again, to the new address
	Nudge   []string `json:"nudge,omitempty"` // sessions being filled that may now invite him
}

// addressOf is where mails about the applications of the record p of person go: to its own address, else to that of the
// person whom it was merged into.
func addressOf(p string) string {
	return `coalesce(nullif(` + p + `.email, ''), (SELECT k.email FROM person k WHERE k.id = ` + p + `.merged_into), '')`
}

// ContactOf returns a record of a person as it is to be corrected. A merged one may be without an address of its own, and
// is shown so: what another corrects meanwhile at the person it was merged into is not written back with it. Faults:
// not_found; conflict person_erased, person_erasing.
func (r *Reader) ContactOf(ctx context.Context, person uuid.UUID) (Person, error) {
	p, err := r.Person(ctx, person)
	if err != nil {
		return p, err
	}
	return p, lockedPerson{ErasedAt: p.ErasedAt, EraseAt: p.EraseAt}.mayChange()
}

// CorrectPerson writes what is known of a person anew, in the version seen. With another address everything that was said
// of the old one is over: mails that wait go to the new one, refusals count no more, links that were sent end, and open
// invitations and times are told again. A merged record keeps an address of its own, because its applications' mails go
// there. Faults: invalid_input; not_found; conflict stale_form, person_erased, person_erasing, email_taken (detail person:
// whose address it is).
func (c *Catalog) CorrectPerson(ctx context.Context, act Act, person uuid.UUID, version int, to Contact) (out Corrected, err error) {
	_, err = c.onCatalogue(ctx, act, "person/"+person.String(), "person.correct", []any{version, to}, &out, func(ctx context.Context, tx bun.Tx) error {
		locked, err := lockPeople(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := locked[person].mayChange(); err != nil {
			return err
		}
		p, err := (&Reader{tx}).Person(ctx, person)
		if err != nil {
			return err
		}
		if to, err = to.Normalise(act.Business, p.MergedInto != nil); err != nil {
			return err
		}
		if p.Version != version {
			return fault.New(fault.Conflict, "stale_form")
		}
		if to.Email, err = ownAddress(ctx, tx, p, to.Email); err != nil {
			return err
		}
		old := p.Email
		out.Changed = p.correct(to, act.Business)
		out.Saved = Saved{p.ID, p.Version}
		if len(out.Changed) == 0 {
			return nil
		}
		if _, err := tx.NewUpdate().Model(&p).WherePK().
			Column("name", "first_name", "name_key", "email", "phone", "city", "birth_year", "language", "version").Exec(ctx); err != nil || p.Email == old {
			return err
		}
		return readdress(ctx, tx, act.Business, p, &out)
	})
	if violates(err, "person_email") { // somebody responded with it in this moment
		if _, taken := ownAddress(ctx, c.db, Person{ID: person}, to.Email); taken != nil {
			err = taken
		}
	}
	return out, err
}

// correct takes over what differs, and names it.
func (p *Person) correct(to Contact, at time.Time) []string {
	changed, is := []string{}, p.Contact()
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", is.Name == to.Name},
		{"email", is.Email == to.Email},
		{"phone", is.Phone == to.Phone},
		{"city", is.City == to.City},
		{"birth_year", is.BirthYear == to.BirthYear},
		{"language", is.Language == to.Language},
	} {
		if !f.same {
			changed = append(changed, f.name)
		}
	}
	if len(changed) == 0 {
		return changed
	}
	now := newPerson(to.Name, "", to.Email, to.Phone, to.City, to.BirthYear, to.Language, at)
	if is.Name != to.Name { // else a first name that was given stays
		p.Name, p.FirstName, p.NameKey = now.Name, now.FirstName, now.NameKey
	}
	p.Email, p.Phone, p.City, p.BirthYear, p.Language = now.Email, now.Phone, now.City, now.BirthYear, now.Language
	p.Version++
	return changed
}

// ownAddress returns the address that a record is to have. It may be that of another record of the same person, but not
// another person's: conflict email_taken. The one of the person whom the record was merged into is not written twice: his
// mails go there without it, and a merge taken back leaves it with whose it was.
func ownAddress(ctx context.Context, db bun.IDB, p Person, email string) (string, error) {
	if email == "" {
		return "", nil
	}
	byEmail, _, err := peopleBy(ctx, db, []string{email}, nil)
	owner, known := byEmail[email]
	switch {
	case err != nil || !known || owner.ID == p.ID:
		return email, err
	case p.MergedInto == nil || owner.ID != *p.MergedInto:
		return "", fault.New(fault.Conflict, "email_taken", "person", owner.ID.String())
	case owner.Email == email:
		return "", nil
	}
	return email, nil
}

// readdress does what another address of p means for the applications whose mails go there: also those of records that
// were merged into his and have none. Their rows are locked as steps lock them, after the person.
func readdress(ctx context.Context, tx bun.Tx, at time.Time, p Person, out *Corrected) error {
	var to string
	if err := tx.NewRaw("SELECT "+addressOf("p")+" FROM person p WHERE p.id = ?", p.ID).Scan(ctx, &to); err != nil {
		return err
	}
	var apps []Application
	err := tx.NewSelect().Model(&apps).Where("person_id IN (SELECT id FROM person WHERE id = ? OR merged_into = ? AND email = '')", p.ID, p.ID).
		OrderExpr("id").For("NO KEY UPDATE").Scan(ctx)
	if err != nil || len(apps) == 0 {
		return err
	}
	ids := make([]uuid.UUID, len(apps))
	for n, a := range apps {
		ids[n] = a.ID
	}
	// A session that is being filled looks when somebody came onto its shortlist; here somebody who is on it came within reach.
	_, err = tx.NewRaw(`UPDATE application SET link_generation = link_generation + 1, version = version + 1,
		changed_at = CASE WHEN state = 'shortlisted' AND ? THEN ? ELSE changed_at END WHERE id IN (?)`, to != "", at, bun.List(ids)).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("UPDATE outgoing_mail SET code = ? WHERE state = 'failed' AND code = 'smtp_address' AND application_id IN (?)", RefusedThen, bun.List(ids)).Exec(ctx)
	if err != nil || to == "" {
		return err
	}
	for _, a := range apps {
		if a.State != hiring.Shortlisted {
			continue
		}
		sessions, err := (&Reader{tx}).FilledFrom(ctx, a.VacancyID)
		if err != nil {
			return err
		}
		for _, id := range sessions {
			out.Nudge = append(out.Nudge, "interview/"+id.String())
		}
	}
	out.Mails, err = tellAgain(ctx, tx, at, ids, p.Version)
	return err
}

// tellAgain queues the mail of each open invitation and each time to come anew, under the person's version, and returns
// how many. Where such a mail waits, it goes to the new address by itself.
func tellAgain(ctx context.Context, tx bun.Tx, at time.Time, applications []uuid.UUID, version int) (int, error) {
	policy, err := (&Reader{tx}).Policy(ctx)
	if err != nil {
		return 0, err
	}
	var open []Booking
	err = tx.NewSelect().Model(&open).Where("application_id IN (?) AND state IN ('invited', 'confirmed') AND starts_at > ?", bun.List(applications), at).
		Where("NOT EXISTS (SELECT FROM outgoing_mail m WHERE m.booking_id = booking.id AND m.kind IN ('invitation', 'booked', 'moved') AND m.state = 'queued' AND m.code <> ?)", codeSending).
		OrderExpr("id").Scan(ctx)
	if err != nil {
		return 0, err
	}
	told := 0
	for _, b := range open {
		kind, until := "booked", b.StartsAt
		if b.State == hiring.BookingInvited {
			kind, until = "invitation", policy.SendUntil(b.StartsAt)
		}
		if !at.Before(until) { // too late to answer, wherever it goes
			continue
		}
		err := queueMail(ctx, tx, OutgoingMail{
			Key:  "booking/" + b.ID.String() + "/" + kind + "/" + strconv.Itoa(b.Version) + "/" + strconv.Itoa(version),
			Kind: kind, ApplicationID: &b.ApplicationID, BookingID: &b.ID, BookingVersion: &b.Version, DueAt: at, NotAfter: &until,
		})
		if err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}
