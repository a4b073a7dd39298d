package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows/fault"
)

var day = time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)

func doing(key string) store.Act {
	return store.Act{Actor: "system", Key: key, Wall: day, Business: day}
}

type company struct {
	*store.Catalog
	*store.Reader
	db      *bun.DB
	profile store.Saved
	source  store.Saved
	vacancy store.Saved
}

func newCompany(t testing.TB) company {
	t.Helper()
	db := storetest.Open(t)
	c := company{Catalog: store.NewCatalog(db), Reader: store.NewReader(db), db: db}
	ctx := context.Background()
	var err error
	if c.profile, err = c.SaveProfile(ctx, doing("p"), store.Profile{Title: "Account manager"}); err != nil {
		t.Fatal(err)
	}
	if c.source, err = c.SaveSource(ctx, doing("s"), store.Source{Name: "HeadHunter", Kind: "board"}); err != nil {
		t.Fatal(err)
	}
	if c.vacancy, err = c.SaveVacancy(ctx, doing("v"), c.newVacancy("Moscow"), []store.VacancySource{{SourceID: c.source.ID, CostMinor: 1500000, Currency: "RUB"}}); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c company) newVacancy(city string) store.Vacancy {
	return store.Vacancy{
		ProfileID: c.profile.ID, Title: "Account manager", City: city, Zone: "Europe/Moscow", Language: "ru", Headcount: 5, PayLevel: 1,
		State: store.VacancyOpen, Public: true,
	}
}

func code(t *testing.T, what string, err error, want string) {
	t.Helper()
	if fault.CodeOf(err) != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func count(t testing.TB, db *bun.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.NewRaw(query, args...).Scan(context.Background(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Each kind of catalogue data is made once for a key, changed only in the version seen, taken out of use
// and back, and refused a name that is in use.
func TestCatalogueDataOnceAndInTheVersionSeen(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t)
	venue := func(id uuid.UUID, version int, name string) store.Venue {
		return store.Venue{ID: id, Version: version, Name: name, City: "Moscow", Zone: "Europe/Moscow", Address: "Lenina 1", Room: 12, Phone: "8 (495) 123-45-67"}
	}
	for _, kind := range []struct {
		name    string
		save    func(key string, id uuid.UUID, version int, name string) (store.Saved, error)
		archive func(key string, id uuid.UUID, version int, archived bool) (store.Saved, error)
	}{
		{
			"profile", func(key string, id uuid.UUID, v int, n string) (store.Saved, error) {
				return c.SaveProfile(ctx, doing(key), store.Profile{ID: id, Version: v, Title: n, Requirements: []store.Requirement{{Kind: "skill", Text: "1C", Must: true}}})
			},
			func(key string, id uuid.UUID, v int, a bool) (store.Saved, error) {
				return c.ArchiveProfile(ctx, doing(key), id, v, a)
			},
		},
		{
			"source", func(key string, id uuid.UUID, v int, n string) (store.Saved, error) {
				return c.SaveSource(ctx, doing(key), store.Source{ID: id, Version: v, Name: n, Kind: "referral"})
			},
			func(key string, id uuid.UUID, v int, a bool) (store.Saved, error) {
				return c.ArchiveSource(ctx, doing(key), id, v, a)
			},
		},
		{
			"venue", func(key string, id uuid.UUID, v int, n string) (store.Saved, error) {
				return c.SaveVenue(ctx, doing(key), venue(id, v, n))
			},
			func(key string, id uuid.UUID, v int, a bool) (store.Saved, error) {
				return c.ArchiveVenue(ctx, doing(key), id, v, a)
			},
		},
	} {
		t.Run(kind.name, func(t *testing.T) {
			key := kind.name + "/"
			made, err := kind.save(key+"1", uuid.Nil, 0, "One")
			if err != nil || made.Version != 1 || made.ID == uuid.Nil {
				t.Fatal(made, err)
			}
			again, err := kind.save(key+"1", uuid.Nil, 0, "One")
			if err != nil || again != made {
				t.Errorf("repeated: %v %v, first %v", again, err, made)
			}
			_, err = kind.save(key+"1", uuid.Nil, 0, "Other")
			code(t, "key for something else", err, "key_reused")
			_, err = kind.save(key+"2", uuid.Nil, 0, "ONE")
			code(t, "name in use", err, "name_taken")
			_, err = kind.save(key+"3", uuid.Nil, 0, " ")
			code(t, "no name", err, "invalid_input")
			_, err = kind.save(key+"4", uuid.Nil, 0, "a\x00b")
			code(t, "NUL", err, "invalid_input")
			next, err := kind.save(key+"5", made.ID, 1, "Two")
			if err != nil || next.Version != 2 {
				t.Fatal(next, err)
			}
			_, err = kind.save(key+"6", made.ID, 1, "Three")
			code(t, "old version", err, "stale_form")
			_, err = kind.save(key+"7", uuid.New(), 1, "Three")
			code(t, "nothing there", err, "not_found")
			off, err := kind.archive(key+"8", made.ID, 2, true)
			if err != nil || off.Version != 3 {
				t.Fatal(off, err)
			}
			_, err = kind.archive(key+"9", made.ID, 2, false)
			code(t, "old version", err, "stale_form")
			if on, err := kind.archive(key+"10", made.ID, 3, false); err != nil || on.Version != 4 {
				t.Error(on, err)
			}
		})
	}
	if rows, broken, err := c.VerifyJournal(ctx); err != nil || len(broken) > 0 || rows < 12 {
		t.Errorf("journal: %d rows, broken %v, %v", rows, broken, err)
	}
}

func TestVacancy(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t)
	v, err := c.Vacancy(ctx, c.vacancy.ID)
	if err != nil || v.Title != "Account manager" || v.State != store.VacancyOpen || v.Version != 1 {
		t.Fatal(v, err)
	}
	sources, err := c.VacancySources(ctx, v.ID)
	if err != nil || len(sources) != 1 || sources[0].CostMinor != 1500000 {
		t.Fatal(sources, err)
	}
	v.Headcount = 7
	saved, err := c.SaveVacancy(ctx, doing("v2"), v, nil)
	if err != nil || saved.Version != 2 {
		t.Fatal(saved, err)
	}
	if sources, _ := c.VacancySources(ctx, v.ID); len(sources) != 0 {
		t.Error("sources stay:", sources)
	}
	_, err = c.SaveVacancy(ctx, doing("v3"), v, nil)
	code(t, "old version", err, "stale_form")
	lost := c.newVacancy("Moscow")
	lost.ProfileID = uuid.New()
	_, err = c.SaveVacancy(ctx, doing("v4"), lost, nil)
	if f := fault.As(err); f == nil || f.Fields["profile"] != "unknown" {
		t.Error(err)
	}
	_, err = c.SaveVacancy(ctx, doing("v5"), c.newVacancy("Moscow"), []store.VacancySource{{SourceID: uuid.New(), Currency: "RUB"}})
	if f := fault.As(err); f == nil || f.Fields["sources"] != "unknown" {
		t.Error(err)
	}
	bad := store.Vacancy{Headcount: 0, PayLevel: 9, Zone: "Mars/Base", State: "x"}
	_, err = c.SaveVacancy(ctx, doing("v6"), bad, nil)
	if f := fault.As(err); f == nil || len(f.Fields) != 8 {
		t.Error(err)
	}
	closed, err := c.SetVacancyState(ctx, doing("v7"), v.ID, 2, store.VacancyClosed)
	if err != nil || closed.Version != 3 {
		t.Fatal(closed, err)
	}
	if v, _ = c.Vacancy(ctx, v.ID); v.ClosedAt == nil || v.State != store.VacancyClosed {
		t.Error(v)
	}
	for i := range 7 {
		if _, err := c.SaveVacancy(ctx, doing(fmt.Sprint("city", i)), c.newVacancy(fmt.Sprint("Город ", i)), nil); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[uuid.UUID]bool{}
	for p := (store.Page{Limit: 3}); ; {
		rows, next, err := c.Vacancies(ctx, store.VacancyFilter{State: store.VacancyOpen, Text: "ГОРОД"}, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if seen[row.ID] || row.ProfileTitle != "Account manager" {
				t.Error(row)
			}
			seen[row.ID] = true
		}
		if next == "" {
			break
		}
		p.Cursor = next
	}
	if len(seen) != 7 {
		t.Errorf("%d of 7 found", len(seen))
	}
}

func TestListsOfAVacancyUseIndexes(t *testing.T) {
	ctx := context.Background()
	c := newCompany(t)
	id := c.vacancy.ID.String()
	for _, statement := range []string{
		`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
			SELECT md5('v' || g)::uuid, (SELECT id FROM profile), 'Vacancy ' || g, 'Moscow', 'Europe/Moscow', 3, 1, true, '2027-01-01Z' FROM generate_series(1, 9) g`,
		`INSERT INTO person (id, name, first_name, email, name_key, city, created_at) SELECT md5('p' || g)::uuid, 'Person ' || g, 'Person', 'p' || g || '@example.org', 'key ' || g, 'Moscow', '2027-01-01Z' FROM generate_series(1, 20000) g`,
		`INSERT INTO application (id, person_id, vacancy_id, source_id, state, responded_at, changed_at)
			SELECT md5('a' || g)::uuid, md5('p' || g)::uuid, CASE g % 10 WHEN 0 THEN '` + id + `'::uuid ELSE md5('v' || g % 10)::uuid END, (SELECT id FROM source), 'responded', '2027-02-01Z'::timestamptz + g * interval '1 second', '2027-02-01Z' FROM generate_series(1, 20000) g`,
		`INSERT INTO batch (id, kind, vacancy_id, state, created_by, created_at) SELECT md5('b' || g)::uuid, 'import', '` + id + `', 'done', 'system', '2027-02-01Z'::timestamptz + g * interval '1 second' FROM generate_series(1, 20000) g`,
		`INSERT INTO batch_row (batch_id, line, outcome, application_id) SELECT md5('b1')::uuid, g, 'added', md5('a' || g)::uuid FROM generate_series(1, 20000) g`,
		`ANALYZE`,
	} {
		if _, err := c.db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	for query, index := range map[string]string{
		`SELECT * FROM batch ORDER BY created_at DESC, id DESC LIMIT 51`:                                                                                            "batch_page",
		`SELECT state, count(*) FROM application WHERE vacancy_id = '` + id + `' GROUP BY state`:                                                                    "application_",
		`SELECT id FROM person WHERE name_key IN ('key 7', 'key 9') AND name_key <> ''`:                                                                             "person_name_key",
		`SELECT id FROM person WHERE email IN ('p7@example.org') AND email <> '' AND erased_at IS NULL AND merged_into IS NULL`:                                     "person_email",
		`SELECT * FROM batch_row LEFT JOIN application a ON a.id = application_id WHERE batch_row.batch_id = md5('b1')::uuid AND line > 900 ORDER BY line LIMIT 51`: "batch_row_pkey",
		`SELECT * FROM application WHERE vacancy_id = '` + id + `' AND source_id = (SELECT id FROM source) ORDER BY responded_at DESC, id DESC LIMIT 51`:            "application_",
		`DELETE FROM application WHERE id = md5('a7')::uuid`:                                                                                                        "application_pkey",
	} {
		var lines []string
		if err := c.db.NewRaw("EXPLAIN ?", bun.Safe(query)).Scan(ctx, &lines); err != nil {
			t.Fatal(err)
		}
		if plan := strings.Join(lines, "\n"); !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan on application") || strings.Contains(plan, "Seq Scan on person") {
			t.Errorf("%s does not use %s:\n%s", query, index, plan)
		}
	}
	start := time.Now()
	rows, _, err := c.Vacancies(ctx, store.VacancyFilter{}, store.Page{})
	if err != nil || len(rows) != 10 || rows[0].Counts.All() != 2000 {
		t.Errorf("%+v %v", rows, err)
	}
	t.Logf("ten vacancies of 2,000 counted in %v", time.Since(start))
	results, err := c.SourceResults(ctx, c.vacancy.ID)
	if err != nil || len(results) != 1 || results[0].Responses != 2000 || results[0].CostMinor != 1500000 {
		t.Errorf("%+v %v", results, err)
	}
}
