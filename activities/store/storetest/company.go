package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// Company is a small firm to test with: one of each of the catalogue, one member of staff a role, and
// people who have responded to the vacancy.
type Company struct {
	DB           *bun.DB
	Reader       *store.Reader
	Catalog      *store.Catalog
	Records      *store.Records
	Profile      uuid.UUID
	Source       uuid.UUID
	Vacancy      uuid.UUID // open, public, in Moscow
	Venue        uuid.UUID // in Moscow
	Staff        map[staff.Role]uuid.UUID
	People       []uuid.UUID
	Applications []uuid.UUID // responded, the first the earliest
}

// Seed writes a company that exists since a month before now, with n responses in the days before now.
func Seed(t testing.TB, now time.Time, n int) Company {
	t.Helper()
	db := Open(t)
	c := Company{
		DB: db, Reader: store.NewReader(db), Catalog: store.NewCatalog(db), Records: store.NewRecords(db), Staff: map[staff.Role]uuid.UUID{},
		Profile: uuid.New(), Source: uuid.New(), Vacancy: uuid.New(), Venue: uuid.New(),
	}
	founded := now.AddDate(0, -1, 0).UTC().Truncate(time.Second)
	c.insert(t, &store.Profile{ID: c.Profile, Title: "Account manager", Duties: "Sells", CreatedAt: founded, Requirements: []store.Requirement{}, Version: 1})
	c.insert(t, &store.Source{ID: c.Source, Name: "HeadHunter", Kind: "board", CreatedAt: founded, Version: 1})
	c.insert(t, &store.Vacancy{
		ID: c.Vacancy, ProfileID: c.Profile, Title: "Account manager, Moscow", City: "Moscow", Zone: "Europe/Moscow", Language: "ru",
		Headcount: 3, PayLevel: 1, State: "open", Public: true, CreatedAt: founded, Version: 1,
	})
	c.insert(t, &store.VacancySource{VacancyID: c.Vacancy, SourceID: c.Source, CostMinor: 500000, Currency: "RUB"})
	c.insert(t, &store.Venue{
		ID: c.Venue, Name: "Head office", City: "Moscow", Zone: "Europe/Moscow", Address: "Lenina 1", Directions: "Second door", Phone: "+74950000000",
		Room: 12, CreatedAt: founded, Version: 1,
	})
	for _, role := range staff.Roles {
		c.Staff[role] = uuid.New()
		c.insert(t, &store.Staff{
			ID: c.Staff[role], Email: string(role) + "@example.org", Name: "The " + string(role), Roles: []string{string(role)},
			Language: "en", Zone: "Europe/Moscow", Generation: 1, CreatedAt: founded, Version: 1,
		})
	}
	for i := range n {
		person, application := uuid.New(), uuid.New()
		c.insert(t, &store.Person{
			ID: person, Name: fmt.Sprintf("Ivanov Ivan %03d", i+1), FirstName: "Ivan", Email: fmt.Sprintf("ivan%d@example.net", i+1),
			Phone: fmt.Sprintf("+7900%07d", i+1), City: "Moscow", Language: "ru", CreatedAt: founded, Version: 1,
		})
		at := now.Add(-72*time.Hour + time.Duration(i)*time.Minute).UTC().Truncate(time.Second)
		c.insert(t, &store.Application{
			ID: application, PersonID: person, VacancyID: c.Vacancy, SourceID: &c.Source, State: hiring.Responded,
			LinkGeneration: 1, RespondedAt: at, ChangedAt: at, Version: 1,
		})
		c.People, c.Applications = append(c.People, person), append(c.Applications, application)
	}
	return c
}

func (c Company) insert(t testing.TB, row any) {
	t.Helper()
	if _, err := c.DB.NewInsert().Model(row).Exec(context.Background()); err != nil {
		t.Fatalf("storetest: %T: %v", row, err)
	}
}
