package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/intake"
)

// identity is what tells a person apart, for intake.Judge.
func (p Person) identity() intake.Identity {
	id := intake.Identity{Name: p.Name, Email: p.Email, Phone: p.Phone, City: p.City}
	if p.BirthYear != nil {
		id.BirthYear = *p.BirthYear
	}
	return id
}

// newPerson makes a person of a response's normalised values.
func newPerson(name, first, email, phone, city string, birthYear int, language string, at time.Time) Person {
	p := Person{
		ID: uuid.New(), Name: name, FirstName: first, Email: email, Phone: phone, City: city,
		Language: language, NameKey: intake.NameKey(name), CreatedAt: at, Version: 1,
	}
	if p.FirstName == "" {
		p.FirstName = intake.SplitName(name).First
	}
	if p.FirstName == "" {
		p.FirstName = name
	}
	if birthYear != 0 {
		p.BirthYear = &birthYear
	}
	return p
}

// fill completes what is blank in p from q and reports whether anything was.
func (p *Person) fill(q Person) bool {
	changed := false
	set := func(to *string, from string) {
		if *to == "" && from != "" {
			*to, changed = from, true
		}
	}
	set(&p.Email, q.Email)
	set(&p.Phone, q.Phone)
	set(&p.City, q.City)
	set(&p.Language, q.Language)
	if p.BirthYear == nil && q.BirthYear != nil {
		p.BirthYear, changed = q.BirthYear, true
	}
	return changed
}

// peopleBy returns people who have one of these e-mails or phones, the oldest first; of merged ones the
// person they became. Three indexed lookups, however many values.
func peopleBy(ctx context.Context, db bun.IDB, emails, phones []string) (byEmail, byPhone map[string]Person, err error) {
	byEmail, byPhone = map[string]Person{}, map[string]Person{}
	var rows []struct {
		Person `bun:",extend"`
		Hit    string
		Kind   string
	}
	if len(emails) == 0 {
		emails = []string{"\n"} // matches nobody
	}
	if len(phones) == 0 {
		phones = []string{"\n"}
	}
	err = db.NewRaw(`WITH hit AS (
			SELECT id, email AS hit, 'email' AS kind FROM person WHERE email IN (?) AND email <> '' AND merged_into IS NULL AND erased_at IS NULL
			UNION SELECT merged_into, email, 'email' FROM person WHERE email IN (?) AND email <> '' AND merged_into IS NOT NULL AND erased_at IS NULL
			UNION SELECT coalesce(merged_into, id), phone, 'phone' FROM person WHERE phone IN (?) AND phone <> '' AND erased_at IS NULL)
		SELECT `+personColumns+`, hit, kind FROM hit JOIN person p USING (id) WHERE p.erased_at IS NULL ORDER BY p.created_at, p.id`,
		bun.List(emails), bun.List(emails), bun.List(phones)).Scan(ctx, &rows)
	for _, row := range rows {
		m := byPhone
		if row.Kind == "email" {
			m = byEmail
		}
		if _, there := m[row.Hit]; !there {
			m[row.Hit] = row.Person
		}
	}
	return byEmail, byPhone, err
}

// shownName is the name of the person p as lists show it: of the one he was merged into, if he was.
const shownName = `coalesce((SELECT k.name FROM person k WHERE k.id = p.merged_into), p.name)`

// sameAsP are the ids of all records of the person p.
const sameAsP = `SELECT k.id FROM person k WHERE k.id = coalesce(p.merged_into, p.id) OR k.merged_into = coalesce(p.merged_into, p.id)`

const personColumns = `p.id, p.name, p.first_name, p.email, p.phone, p.city, p.birth_year, p.language, p.name_key, p.merged_into, p.erased_at, p.created_at, p.version`

// probable returns the people (but not those excepted) who are probably the same as one of these
// identities, by intake.Judge, at most 20 for each, keyed by the identity's place in the list.
func probable(ctx context.Context, db bun.IDB, of []intake.Identity, except map[uuid.UUID]bool) (map[int][]Person, error) {
	keys := map[string][]int{}
	for i, id := range of {
		if key := intake.NameKey(id.Name); key != "" {
			keys[key] = append(keys[key], i)
		}
	}
	out := map[int][]Person{}
	if len(keys) == 0 {
		return out, nil
	}
	wanted := make([]string, 0, len(keys))
	for key := range keys {
		wanted = append(wanted, key)
	}
	slices.Sort(wanted)
	var found []Person
	err := db.NewSelect().Model(&found).Where("name_key IN (?) AND name_key <> ''", bun.List(wanted)).
		Where("merged_into IS NULL AND erased_at IS NULL").OrderExpr("created_at, id").Limit(5000).Scan(ctx)
	for _, p := range found {
		for _, i := range keys[p.NameKey] {
			if !except[p.ID] && len(out[i]) < 20 && intake.Judge(of[i], p.identity()) == intake.Probable {
				out[i] = append(out[i], p)
			}
		}
	}
	return out, err
}

// Person returns one person. Fault not_found.
func (r *Reader) Person(ctx context.Context, id uuid.UUID) (Person, error) {
	var p Person
	err := r.db.NewSelect().Model(&p).Where("id = ?", id).Scan(ctx)
	return p, missing(err, "person")
}

// ProbablySame returns the people who are probably the same as this one: the same telephone, which a correction may bring,
// or the same name, and birth year or city; but nobody of whom it was said that he is another. At most 20 of each.
func (r *Reader) ProbablySame(ctx context.Context, p Person) ([]Person, error) {
	return probablySame(ctx, r.db, p)
}

func probablySame(ctx context.Context, db bun.IDB, p Person) ([]Person, error) {
	except, err := distinctFrom(ctx, db, p.ID)
	if err != nil {
		return nil, err
	}
	except[p.ID] = true
	if p.MergedInto != nil {
		except[*p.MergedInto] = true
	}
	var list []Person
	if p.Phone != "" {
		var reached []Person
		if err := db.NewSelect().Model(&reached).Where("phone = ? AND phone <> '' AND merged_into IS NULL AND erased_at IS NULL", p.Phone).
			OrderExpr("created_at, id").Limit(20).Scan(ctx); err != nil {
			return nil, err
		}
		for _, other := range reached {
			if !except[other.ID] {
				list, except[other.ID] = append(list, other), true
			}
		}
	}
	found, err := probable(ctx, db, []intake.Identity{p.identity()}, except)
	return append(list, found[0]...), err
}
