// Package demo builds the company that cmd/dev shows: a mobile operator that hires account managers in four cities
// of Russia and in Sofia. What lies ahead is built as people would build it, through the catalogue and by commands;
// only the past, which no command can make any more, is written as rows. The same start time gives the same company.
package demo

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/staff"
)

// Actor is who does in the journal what the demo company begins with.
const Actor = "system"

// The journal keys at the two ends of the work: a company with Begun and without Completed was interrupted.
const (
	Begun     = "demo/begun"
	Completed = "demo/completed"
)

// Password opens every account of the demo company.
const Password = "lantern-tram-velvet-41"

// Account is somebody who works at the demo company.
type Account struct {
	Role  staff.Role
	Email string
	Name  string
	Zone  string
	Lang  string
}

// Accounts has one account for each role, the administrator first.
var Accounts = []Account{
	{staff.Admin, "admin@stazh.example", "Olga Petrova", "Europe/Moscow", "en"},
	{staff.HR, hrEmail, "Марина Соколова", "Europe/Moscow", "ru"},
	{staff.Interviewer, "interviewer@stazh.example", "Игорь Лебедев", "Europe/Moscow", "ru"},
	{staff.Receptionist, "receptionist@stazh.example", "Анна Кузьмина", "Europe/Moscow", "ru"},
	{staff.Curator, "curator@stazh.example", "Сергей Орлов", "Asia/Yekaterinburg", "ru"},
	{staff.HeadOfSales, "head@stazh.example", "Viktor Dimitrov", "Europe/Sofia", "bg"},
	{staff.Director, "director@stazh.example", "Елена Воронцова", "Europe/Moscow", "ru"},
	{staff.Employee, "employee@stazh.example", "Павел Нестеров", "Europe/Moscow", "ru"},
	{staff.Payroll, "payroll@stazh.example", "Nadezhda Ilieva", "Europe/Sofia", "bg"},
}

const hrEmail = "hr@stazh.example"

// colleagues interview in the cities; their password is the same.
var colleagues = []Account{
	{staff.Interviewer, "a.moroz@stazh.example", "Алексей Мороз", "Europe/Moscow", "ru"},
	{staff.Interviewer, "t.gareeva@stazh.example", "Танзиля Гареева", "Asia/Yekaterinburg", "ru"},
	{staff.Interviewer, "k.belyaev@stazh.example", "Константин Беляев", "Europe/Moscow", "ru"},
	{staff.Interviewer, "d.lind@stazh.example", "Daria Lind", "Europe/Moscow", "en"},
	{staff.Interviewer, "r.stoyanova@stazh.example", "Ралица Стоянова", "Europe/Sofia", "bg"},
}

// Company is what the demo company is built in: an installation that is empty, or whose building was interrupted.
type Company struct {
	DB       *bun.DB
	Reader   *store.Reader
	Catalog  *store.Catalog
	Accounts *auth.Accounts
	Commands *workflows.Client
	Now      func() time.Time // business time
}

// builder is Company at work.
type builder struct {
	Company
	start  time.Time // when the building began, to the minute; the company's times are relative to it
	people *people

	staff     map[string]uuid.UUID // by address
	profiles  [len(profiles)]uuid.UUID
	sources   []uuid.UUID
	venues    []uuid.UUID // of the cities
	vacancies []uuid.UUID
	responded [][]uuid.UUID // applications by vacancy that can be invited by mail
}

func (b *builder) actAt(key string, at time.Time) store.Act {
	return store.Act{Actor: Actor, Key: "demo/" + key, Wall: time.Now(), Business: at}
}

// Seed builds the company, or completes one whose building was interrupted. It takes a few seconds.
func Seed(ctx context.Context, c Company) error {
	b := &builder{
		Company: c, start: c.Now().Truncate(time.Minute), people: &people{rand: rand.New(rand.NewPCG(1, 8))},
		staff: map[string]uuid.UUID{}, responded: make([][]uuid.UUID, len(vacancies)),
	}
	begun, there, err := c.Reader.WhenDone(ctx, Actor, Begun)
	if err != nil {
		return err
	}
	if there {
		b.start = begun
	}
	settings := store.CompanySettings{Name: "Мост Телеком", Language: "ru", ReplyTo: hrEmail, Version: 1}
	if err := c.Catalog.SetCompany(ctx, b.actAt("begun", b.start), settings); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		b.accounts, b.catalogue, b.openVacancies, b.remember, b.responses, b.schedule,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	settings.Version++
	return c.Catalog.SetCompany(ctx, b.actAt("completed", b.start), settings)
}

func (b *builder) accounts(ctx context.Context) error {
	for _, a := range slices.Concat(Accounts, colleagues) {
		s, err := b.Accounts.Create(ctx, "demo/staff/"+a.Email, store.NewStaff{
			Email: a.Email, Name: a.Name, Language: a.Lang, Zone: a.Zone, Roles: []staff.Role{a.Role},
		}, Password)
		if err != nil {
			return err
		}
		b.staff[a.Email] = s.ID
	}
	return nil
}
