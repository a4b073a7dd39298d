package store

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

// Merging says that two records are one person. Nothing is re-keyed: applications, bookings and mails stay with the
// record they came to (addressOf says where its mails go). person_merge holds who was merged into whom,
// person.merged_into the one at the end of the chain, so any merge can be undone at any time, also one in the middle.

// Merged is a record that was merged into another, and who did it.
type Merged struct {
	Person   `bun:",extend"`
	IntoID   uuid.UUID `bun:"into_id"`
	MergedBy string    `bun:"merged_by"`
	MergedAt time.Time `bun:"merged_at"`
	ByName   string    `bun:"by_name"` // of the member of staff, if it was one
}

// Surviving returns the person that a record stands for: himself, or the one he was merged into. Fault not_found.
func (r *Reader) Surviving(ctx context.Context, id uuid.UUID) (Person, error) {
	var p Person
	err := r.db.NewSelect().Model(&p).Where("id = (SELECT coalesce(merged_into, id) FROM person WHERE id = ?)", id).Scan(ctx)
	return p, missing(err, "person")
}

// MergedInto returns the records merged into one person, also by way of others, in the order of merging.
func (r *Reader) MergedInto(ctx context.Context, person uuid.UUID) ([]Merged, error) {
	var list []Merged
	err := r.db.NewRaw(`SELECT `+personColumns+`, m.into_id, m.merged_by, m.merged_at, coalesce(s.name, '') AS by_name
		FROM person p JOIN person_merge m ON m.person_id = p.id LEFT JOIN staff s ON m.merged_by = 'staff/' || s.id
		WHERE p.merged_into = ? ORDER BY m.merged_at, p.id`, person).Scan(ctx, &list)
	return list, err
}

// distinctFrom returns the surviving persons of whom somebody has said that this one is another.
func distinctFrom(ctx context.Context, db bun.IDB, person uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := db.NewRaw(`WITH same AS (`+samePerson+`)
		SELECT coalesce(p.merged_into, p.id) FROM person_distinct d JOIN person p ON p.id = d.other_id WHERE d.one_id IN (SELECT id FROM same)
		UNION SELECT coalesce(p.merged_into, p.id) FROM person_distinct d JOIN person p ON p.id = d.one_id WHERE d.other_id IN (SELECT id FROM same)`,
		person).Scan(ctx, &ids)
	out := map[uuid.UUID]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// lockPeople locks these people with all records merged into them, in the order of ids, and returns them. Merging takes
// turns: who is whose record is known only when nobody else is changing it, and then every lock is taken in one order.
func lockPeople(ctx context.Context, tx bun.Tx, ids ...uuid.UUID) (map[uuid.UUID]lockedPerson, error) {
	if err := lockSubject(ctx, tx, "people"); err != nil {
		return nil, err
	}
	var rows []lockedPerson
	err := tx.NewRaw("SELECT id, email, merged_into, erased_at, erase_at FROM person WHERE id IN (?) OR merged_into IN (?) ORDER BY id FOR UPDATE",
		bun.List(ids), bun.List(ids)).Scan(ctx, &rows)
	found := map[uuid.UUID]lockedPerson{}
	for _, row := range rows {
		found[row.ID] = row
	}
	for _, id := range ids {
		if _, there := found[id]; err == nil && !there {
			return nil, fault.Missing("person")
		}
	}
	return found, err
}

type lockedPerson struct {
	ID         uuid.UUID
	Email      string
	MergedInto *uuid.UUID
	ErasedAt   *time.Time
	EraseAt    *time.Time
}

// mayChange refuses what concerns an erased person, or one who has asked to be: erasing reaches all records of a
// person, so who they are must not change under it.
func (p lockedPerson) mayChange() error {
	switch {
	case p.ErasedAt != nil:
		return fault.New(fault.Conflict, "person_erased")
	case p.EraseAt != nil:
		return fault.New(fault.Conflict, "person_erasing")
	}
	return nil
}

// MergePeople says that a person is another one, under whose name both go on. Faults: not_found; conflict same_person
// (they are one already), merged_meanwhile (one of them is part of a third person), person_erased, person_erasing,
// both_in_session (both are to come to one session).
func (c *Catalog) MergePeople(ctx context.Context, act Act, person, into uuid.UUID) (Readdressed, error) {
	if person == into {
		return Readdressed{}, fault.New(fault.Conflict, "same_person")
	}
	out := merged{ID: into}
	_, err := c.onCatalogue(ctx, act, "person/"+person.String(), "person.merge", []any{into}, &out, func(ctx context.Context, tx bun.Tx) error {
		people, err := lockPeople(ctx, tx, person, into)
		if err != nil {
			return err
		}
		for _, p := range []lockedPerson{people[person], people[into]} {
			if to := p.MergedInto; to != nil && (*to == person || *to == into) {
				return fault.New(fault.Conflict, "same_person")
			} else if to != nil {
				return fault.New(fault.Conflict, "merged_meanwhile")
			}
			if err := p.mayChange(); err != nil {
				return err
			}
		}
		if both, err := bothInSession(ctx, tx, person, into); err != nil {
			return err
		} else if both {
			return fault.New(fault.Conflict, "both_in_session")
		}
		was, err := addresses(ctx, tx, people)
		if err != nil {
			return err
		}
		if err := merge(ctx, tx, person, into, act); err != nil {
			return err
		}
		return readdress(ctx, tx, act.Business, people, was, &out.Readdressed)
	})
	return out.Readdressed, err
}

// merged is what merging did, or taking it back; the journal keeps it.
type merged struct {
	ID uuid.UUID `json:"id"`
	Readdressed
}

func merge(ctx context.Context, tx bun.Tx, person, into uuid.UUID, act Act) error {
	one, other := ordered(person, into)
	for _, q := range []*bun.RawQuery{
		tx.NewRaw("INSERT INTO person_merge VALUES (?, ?, ?, ?)", person, into, act.Actor, act.Business),
		tx.NewRaw("UPDATE person SET merged_into = ?, version = version + 1 WHERE id = ? OR merged_into = ?", into, person, person),
		tx.NewRaw("DELETE FROM person_distinct WHERE one_id = ? AND other_id = ?", one, other),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// bothInSession tells whether both are to come to one session: once they are one, they cannot be there twice.
func bothInSession(ctx context.Context, tx bun.Tx, person, into uuid.UUID) (bool, error) {
	open := bun.List(openStates)
	var both bool
	err := tx.NewRaw(`WITH place AS (
			SELECT coalesce(p.merged_into, p.id) AS person, b.interview_id, b.state IN (?2) AS open FROM booking b JOIN person p ON p.id = b.person_id
			WHERE (p.id IN (?0, ?1) OR p.merged_into IN (?0, ?1)) AND (b.state IN (?2) OR b.state = 'interviewed')
			UNION ALL SELECT coalesce(p.merged_into, p.id), o.interview_id, true FROM offer o JOIN application a ON a.id = o.application_id JOIN person p ON p.id = a.person_id
			WHERE (p.id IN (?0, ?1) OR p.merged_into IN (?0, ?1)) AND NOT EXISTS (SELECT FROM booking b WHERE b.id = o.id))
		SELECT EXISTS (SELECT FROM place x JOIN place y USING (interview_id) WHERE x.person = ?0 AND y.person = ?1 AND (x.open OR y.open))`,
		person, into, open).Scan(ctx, &both)
	return both, err
}

// UnmergePerson takes a merge back: the record is a person of his own again, with those that had been merged into him
// before, and with their addresses, which the others no longer have. What he had blank and the other got of him by a later
// response goes back to him. Faults: not_found; conflict not_merged, merged_meanwhile, person_erased, person_erasing,
// email_taken.
func (c *Catalog) UnmergePerson(ctx context.Context, act Act, person uuid.UUID) (Readdressed, error) {
	out := merged{ID: person}
	_, err := c.onCatalogue(ctx, act, "person/"+person.String(), "person.unmerge", []any{}, &out, func(ctx context.Context, tx bun.Tx) error {
		var into uuid.UUID
		err := tx.NewRaw("SELECT coalesce(merged_into, id) FROM person WHERE id = ?", person).Scan(ctx, &into)
		if err != nil {
			return missing(err, "person")
		}
		people, err := lockPeople(ctx, tx, into, person)
		if err != nil {
			return err
		}
		p := people[person]
		switch {
		case p.MergedInto == nil:
			return fault.New(fault.Conflict, "not_merged")
		case *p.MergedInto != into:
			return fault.New(fault.Conflict, "merged_meanwhile")
		}
		if err := p.mayChange(); err != nil {
			return err
		}
		was, err := addresses(ctx, tx, people)
		if err != nil {
			return err
		}
		if err := unmerge(ctx, tx, person, into); err != nil {
			return err
		}
		return readdress(ctx, tx, act.Business, people, was, &out.Readdressed)
	})
	if violates(err, "person_email") {
		err = fault.New(fault.Conflict, "email_taken")
	}
	return out.Readdressed, err
}

func unmerge(ctx context.Context, tx bun.Tx, person, into uuid.UUID) error {
	const his = `WITH RECURSIVE his AS (SELECT ?0::uuid AS id UNION SELECT m.person_id FROM person_merge m JOIN his ON m.into_id = his.id) `
	for _, q := range []*bun.RawQuery{
		// An address stands for one person alone.
		tx.NewRaw(his+`UPDATE person SET email = '', version = version + 1 WHERE (id = ?1 OR merged_into = ?1) AND id NOT IN (SELECT id FROM his)
			AND email <> '' AND email IN (SELECT email FROM person WHERE id IN (SELECT id FROM his))`, person, into),
		tx.NewRaw(his+`UPDATE person SET merged_into = nullif(?0::uuid, id), version = version + 1 WHERE id IN (SELECT id FROM his)`, person),
		tx.NewRaw("DELETE FROM person_merge WHERE person_id = ?", person),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// PeopleDistinct remembers that two people are not one, so that nobody is asked again. Fault not_found; conflict
// same_person.
func (c *Catalog) PeopleDistinct(ctx context.Context, act Act, person, other uuid.UUID) error {
	saved := Saved{ID: other}
	_, err := c.onCatalogue(ctx, act, "person/"+person.String(), "person.distinct", []any{other}, &saved, func(ctx context.Context, tx bun.Tx) error {
		people, err := lockPeople(ctx, tx, person, other)
		if err != nil {
			return err
		}
		root := func(p lockedPerson) uuid.UUID {
			if p.MergedInto != nil {
				return *p.MergedInto
			}
			return p.ID
		}
		if root(people[person]) == root(people[other]) {
			return fault.New(fault.Conflict, "same_person")
		}
		one, two := ordered(person, other)
		_, err = tx.NewRaw("INSERT INTO person_distinct VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", one, two, act.Actor, act.Business).Exec(ctx)
		return err
	})
	return err
}

func ordered(a, b uuid.UUID) (uuid.UUID, uuid.UUID) {
	if bytes.Compare(a[:], b[:]) > 0 {
		return b, a
	}
	return a, b
}
