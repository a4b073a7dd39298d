package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

// firm is all the pages on a database with the real steps behind them, and one person of each role.
type firm struct {
	storetest.Company
	*testing.T
	app    *fiber.App
	pages  *Pages
	matrix *auth.Matrix
	engine *workflowstest.Engine
	now    time.Time
	cookie map[staff.Role]string
}

func newFirm(t *testing.T, responses int) *firm {
	t.Helper()
	f := &firm{T: t, now: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC), cookie: map[staff.Role]string{}}
	f.Company = storetest.Seed(t, f.now, responses)
	f.engine = workflowstest.New(t, activities.New(f.Records, f.Reader))
	now := func() time.Time { return f.now }
	f.engine.Now = now
	accounts := auth.New(auth.Options{
		Reader: f.Reader, Catalog: f.Catalog, Links: link.Keys{1: bytes.Repeat([]byte("k"), 32)}, Origin: "http://stazh.test",
		Now: now, Floor: -1, Log: slog.New(slog.DiscardHandler), Absolute: 14 * 24 * time.Hour, Idle: 14 * 24 * time.Hour,
	})
	frame := New(Options{Now: now, Zone: zoneOf("Europe/Moscow")})
	f.pages = &Pages{Frame: frame, Reader: f.Reader, Catalog: f.Catalog, Accounts: accounts, Commands: f.engine.Commands(), Now: now}
	f.app = fiber.New(fiber.Config{Immutable: true, CaseSensitive: true, StrictRouting: true, ErrorHandler: frame.Problem})
	f.matrix = auth.NewMatrix(accounts)
	f.app.Use(frame.Headers, RefuseEncoded, accounts.Authenticate)
	f.pages.Register(auth.Routes{App: f.app, Matrix: f.matrix})
	f.matrix.Guard(f.app)
	return f
}

// as returns the cookie of the one who has this role; his account is one of his own, for the seed's
// have no passwords.
func (f *firm) as(role staff.Role) string {
	f.Helper()
	if c, ok := f.cookie[role]; ok {
		return c
	}
	email := "signed-" + string(role) + "@example.org"
	who, err := f.pages.Accounts.Create(context.Background(), "seed/"+string(role), store.NewStaff{
		Email: email, Name: "Пётр <" + string(role) + ">", Language: "en", Zone: "Europe/Moscow", Roles: []staff.Role{role},
	}, goodPassword)
	if err != nil {
		f.Fatal(err)
	}
	f.Staff[role] = who.ID
	s, err := f.pages.Accounts.SignIn(context.Background(), email, goodPassword, auth.Client{IP: "192.0.2.1", Browser: "Test"})
	if err != nil {
		f.Fatal(err)
	}
	f.cookie[role] = "stazh=" + s.Secret
	return f.cookie[role]
}

func (f *firm) get(role staff.Role, path string, headers ...string) (int, string) {
	f.Helper()
	res, page := do(f.T, f.app, "GET", path, "", append([]string{"Cookie", f.as(role)}, headers...)...)
	if res.StatusCode == 200 && strings.Contains(page, "<html") {
		soundHTML(f.T, page)
	}
	return res.StatusCode, page
}

// post sends a form as the page at from has it, with its hidden tokens.
func (f *firm) post(role staff.Role, from, to string, form url.Values, headers ...string) (*http.Response, string) {
	f.Helper()
	_, page := do(f.T, f.app, "GET", from, "", "Cookie", f.as(role))
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if form.Get(m[1]) == "" && m[1] != "version" {
			form.Set(m[1], m[2])
		}
	}
	return do(f.T, f.app, "POST", to, form.Encode(), append([]string{"Cookie", f.as(role), "Sec-Fetch-Site", "same-origin"}, headers...)...)
}

func (f *firm) want(res *http.Response, page string, status int, words ...string) {
	f.Helper()
	if res.StatusCode != status {
		f.Fatalf("status %d, want %d: %s", res.StatusCode, status, text(page))
	}
	wantPage(f.T, page, words...)
	if res.StatusCode >= 400 && strings.Contains(page, "<html") {
		soundHTML(f.T, page)
	}
}

func text(page string) string {
	if i := strings.Index(page, "<main"); i >= 0 {
		page = page[i:]
	}
	return page[:min(len(page), 700)]
}

func (f *firm) command(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *firm) by(role staff.Role) workflows.By {
	f.as(role)
	return workflows.By{Actor: "staff/" + f.Staff[role].String(), Key: uuid.NewString()}
}

// session makes a session three days ahead with seats, and returns its id and path.
func (f *firm) session(seats ...int) (uuid.UUID, string) {
	f.Helper()
	f.as(staff.Interviewer)
	id := uuid.New()
	_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.Schedule, id.String(), f.by(staff.HR), workflows.ScheduleArgs{
		Venue: f.Venue.String(), Vacancies: []string{f.Vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: f.now.AddDate(0, 0, 3), SlotMinutes: 30, Seats: seats, Lanes: []string{f.Staff[staff.Interviewer].String()}, Room: 10, WaitMinutes: 60},
	})
	f.command(err)
	return id, sessionPath(id)
}

// booked invites the first n applications to the session and confirms them.
func (f *firm) booked(session uuid.UUID, n int) []store.SessionPlace {
	f.Helper()
	ctx := context.Background()
	var ids []string
	for _, id := range f.Applications[:n] {
		_, err := workflows.Do(ctx, f.pages.Commands, workflows.Shortlist, id.String(), f.by(staff.HR), workflows.ShortlistArgs{})
		f.command(err)
		ids = append(ids, id.String())
	}
	_, err := workflows.Do(ctx, f.pages.Commands, workflows.Invite, session.String(), f.by(staff.HR), workflows.InviteArgs{Applications: ids})
	f.command(err)
	places, err := f.Reader.SessionPlaces(ctx, session)
	f.command(err)
	for _, place := range places {
		_, err := workflows.Do(ctx, f.pages.Commands, workflows.Confirm, place.ApplicationID.String(),
			workflows.By{Actor: "candidate/" + place.ApplicationID.String(), Key: uuid.NewString()},
			workflows.BookingArgs{Booking: place.ID.String(), Version: place.Version})
		f.command(err)
	}
	places, err = f.Reader.SessionPlaces(ctx, session)
	f.command(err)
	return places
}

// met is a booked session whose first n people have arrived.
func (f *firm) met(people int) (uuid.UUID, []store.SessionPlace) {
	f.Helper()
	id, _ := f.session(people)
	places := f.booked(id, people)
	f.now = places[0].StartsAt.Add(-5 * time.Minute)
	for _, place := range places {
		_, err := workflows.Do(context.Background(), f.pages.Commands, workflows.CheckIn, place.ApplicationID.String(), f.by(staff.Receptionist),
			workflows.BookingArgs{Booking: place.ID.String(), Version: place.Version})
		f.command(err)
	}
	places, err := f.Reader.SessionPlaces(context.Background(), id)
	f.command(err)
	return id, places
}

func TestSessionsList(t *testing.T) {
	f := newFirm(t, 3)
	code, page := f.get(staff.HR, "/sessions")
	if code != 200 {
		t.Fatal(code, text(page))
	}
	wantPage(t, page, "No sessions ahead", `href="/sessions/new"`)
	if _, page = f.get(staff.Receptionist, "/sessions"); strings.Contains(page, `href="/sessions/new"`) {
		t.Error("a receptionist is offered a new session")
	}
	_, path := f.session(2, 0, 2)
	_, page = f.get(staff.HR, "/sessions")
	wantPage(t, page, path, "Head office", "Moscow time", "0 of 4", "12:00")
	if _, page = f.get(staff.Interviewer, "/sessions"); !strings.Contains(page, path) {
		t.Error("an interviewer lacks his own session")
	}
	f.now = f.now.AddDate(0, 0, 10)
	if _, page = f.get(staff.HR, "/sessions"); strings.Contains(page, path) {
		t.Error("a past session is among the upcoming")
	}
	if _, page = f.get(staff.HR, "/sessions?when=past"); !strings.Contains(page, path) {
		t.Error("the past session is lost")
	}
}

func TestEveryHiringPageInEveryLanguage(t *testing.T) {
	f := newFirm(t, 4)
	session, places := f.met(2)
	for _, lang := range []string{"en", "bg", "ru"} {
		for _, path := range []string{
			"/", "/sessions", "/sessions?when=past", "/sessions/new", sessionPath(session), sessionPath(session) + "/day", sessionPath(session) + "/people",
			sessionPath(session) + "/day/list", "/arrivals", "/scorecards", "/decisions", "/decisions?view=decided",
			"/decisions?session=" + session.String(), "/decisions/" + places[0].ApplicationID.String(),
		} {
			if code, page := f.get(staff.HR, path, "Cookie", f.as(staff.HR)+"; lang="+lang); code != 200 {
				t.Errorf("%s %s: %d %s", lang, path, code, text(page))
			}
		}
		if code, page := f.get(staff.Interviewer, "/scorecards/"+places[0].ApplicationID.String(), "Cookie", f.as(staff.Interviewer)+"; lang="+lang); code != 200 {
			t.Errorf("%s scorecard: %d %s", lang, code, text(page))
		}
	}
}
