package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/temporal"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// world is a database with a vacancy, a session in two days and people to play with.
type world struct {
	t       *testing.T
	db      *bun.DB
	steps   *Steps
	all     registry
	now     time.Time
	vacancy uuid.UUID
	venue   uuid.UUID
	staff   uuid.UUID
	session uuid.UUID
	keys    int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := storetest.Open(t)
	w := &world{
		t: t, db: db, steps: New(store.NewRecords(db), store.NewReader(db)), all: registry{},
		now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), vacancy: uuid.New(), venue: uuid.New(), staff: uuid.New(), session: uuid.New(),
	}
	w.steps.Register(w.all)
	profile := uuid.New()
	w.exec(`INSERT INTO profile (id, title, created_at) VALUES (?, 'Account manager', ?)`, profile, w.now)
	w.exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		VALUES (?, ?, 'Account manager', 'Moscow', 'Europe/Moscow', 5, 1, true, ?)`, w.vacancy, profile, w.now)
	w.exec(`INSERT INTO venue (id, name, city, zone, address, created_at) VALUES (?, 'Office', 'Moscow', 'Europe/Moscow', 'Tverskaya 1', ?)`, w.venue, w.now)
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'i@example.org', 'Ivan', '{interviewer}', ?)`, w.staff, w.now)
	mustStep(w, workflows.Schedule.Step(), inOf(w, w.session, workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: w.now.Add(48 * time.Hour), SlotMinutes: 30, Seats: []int{20, 20, 2}, Lanes: []string{w.staff.String()}, Room: 12, WaitMinutes: 60},
	}, w.key()))
	return w
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.NewRaw(query, args...).Exec(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) key() string { w.keys++; return fmt.Sprint("key-", w.keys) }

func inOf[A any](w *world, id uuid.UUID, a A, key string) workflows.In[A] {
	return workflows.In[A]{ID: id.String(), By: workflows.By{Actor: "staff/" + w.staff.String(), Key: key}, At: w.now, Args: a}
}

// call runs a registered step as a worker would: by its name, its argument through JSON.
func call[In, Out any](w *world, s workflows.Step[In, Out], in any) (Out, error) {
	w.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	var typed In
	if err := json.Unmarshal(raw, &typed); err != nil {
		w.t.Fatal(err)
	}
	results := reflect.ValueOf(w.all[string(s)]).Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(typed)})
	err, _ = results[1].Interface().(error)
	return results[0].Interface().(Out), fromWorker(err)
}

// fromWorker takes the fault out of what a worker would send.
func fromWorker(err error) error {
	var sent *temporal.ApplicationError
	if errors.As(err, &sent) && sent.HasDetails() {
		var f *fault.Error
		if sent.Details(&f) == nil {
			return f
		}
	}
	return err
}

func mustStep[In, Out any](w *world, s workflows.Step[In, Out], in any) Out {
	w.t.Helper()
	out, err := call(w, s, in)
	if err != nil {
		w.t.Fatalf("%s: %v", s, err)
	}
	return out
}

// do runs a command on an application and returns its answer.
func do[A workflows.Args](w *world, c workflows.Command[A, hiring.ApplicationFacts], app uuid.UUID, a A) workflows.Answer {
	w.t.Helper()
	return mustStep(w, c.Step(), inOf(w, app, a, w.key())).Answer
}

// advance lets the process take every step that is due now.
func (w *world) advance(app uuid.UUID) {
	w.t.Helper()
	for range 10 {
		facts := mustStep(w, workflows.LoadApplication, app.String()).Facts
		next := facts.Next(w.now)
		if next.Do == "" {
			return
		}
		in := inOf(w, app, workflows.Advance{Do: next.Do, Subject: next.Subject}, app.String()+next.Do+next.Occasion)
		in.By.Actor = workflows.System
		mustStep(w, workflows.AdvanceApplication, in)
	}
	w.t.Fatal("never comes to rest")
}

func (w *world) responded() uuid.UUID {
	w.t.Helper()
	person, app := uuid.New(), uuid.New()
	w.exec(`INSERT INTO person (id, name, first_name, email, created_at) VALUES (?, 'Анна Иванова', 'Анна', ?, ?)`, person, person.String()+"@example.org", w.now)
	w.exec(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at) VALUES (?, ?, ?, 'responded', ?, ?)`, app, person, w.vacancy, w.now, w.now)
	return app
}

func (w *world) shortlisted() uuid.UUID {
	app := w.responded()
	do(w, workflows.Shortlist, app, workflows.ShortlistArgs{})
	return app
}

func (w *world) invite(apps ...uuid.UUID) {
	w.t.Helper()
	var args workflows.InviteArgs
	for _, app := range apps {
		args.Applications = append(args.Applications, app.String())
	}
	mustStep(w, workflows.Invite.Step(), inOf(w, w.session, args, w.key()))
	for _, app := range apps {
		w.advance(app)
	}
}

func (w *world) invited() (uuid.UUID, workflows.BookingArgs) {
	w.t.Helper()
	app := w.shortlisted()
	w.invite(app)
	return app, w.latest(app)
}

// sent marks the invitations as gone: the time to answer runs from then on.
func (w *world) sent(apps ...uuid.UUID) {
	w.t.Helper()
	for _, app := range apps {
		w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE application_id = ? AND kind = 'invitation'`, app)
	}
}

func (w *world) latest(app uuid.UUID) workflows.BookingArgs {
	w.t.Helper()
	list, err := w.steps.Reader.Bookings(context.Background(), app)
	if err != nil || len(list) == 0 {
		w.t.Fatal(list, err)
	}
	return workflows.BookingArgs{Booking: list[0].ID.String(), Version: list[0].Version}
}

func (w *world) confirmed() (uuid.UUID, workflows.BookingArgs) {
	app, b := w.invited()
	do(w, workflows.Confirm, app, b)
	return app, w.latest(app)
}

// at runs fn with the clock at a time after the session's start.
func (w *world) atSession(after time.Duration, fn func()) {
	before := w.now
	w.now = before.Add(48*time.Hour + after)
	fn()
	w.now = before
}

func (w *world) arrived() (app uuid.UUID) {
	app, b := w.confirmed()
	w.atSession(0, func() { do(w, workflows.CheckIn, app, b) })
	return app
}

func (w *world) interviewed() uuid.UUID {
	app := w.arrived()
	do(w, workflows.FileScorecard, app, w.card())
	return app
}

func (w *world) card() workflows.ScorecardArgs {
	return workflows.ScorecardArgs{
		Staff: w.staff.String(), Scores: map[string]int{"motivation": 5, "competence": 3, "adequacy": 4}, Recommendation: "hire",
		Note: w.document("scorecard", `{"motivation": "Анна Иванова"}`).String(),
	}
}
