package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
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
	Changed []string `json:"changed"` // name, email, phone, city, birth_year, language
	Readdressed
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
		was, err := addresses(ctx, tx, locked)
		if err != nil {
			return err
		}
		out.Changed = p.correct(to, act.Business)
		out.Saved = Saved{p.ID, p.Version}
		if len(out.Changed) == 0 {
			return nil
		}
		if _, err := tx.NewUpdate().Model(&p).WherePK().
			Column("name", "first_name", "name_key", "email", "phone", "city", "birth_year", "language", "version").Exec(ctx); err != nil {
			return err
		}
		return readdress(ctx, tx, act.Business, locked, was, &out.Readdressed)
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
