package activities

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func (w *world) person(app uuid.UUID) (id uuid.UUID, words string, generation int) {
	w.t.Helper()
	err := w.db.NewRaw(`SELECT p.id, concat_ws('|', p.name, p.first_name, p.email, p.phone, p.city, p.name_key), a.link_generation
		FROM application a JOIN person p ON p.id = a.person_id WHERE a.id = ?`, app).Scan(context.Background(), &id, &words, &generation)
	if err != nil {
		w.t.Fatal(err)
	}
	return id, words, generation
}

func (w *world) document(kind, body string) uuid.UUID {
	w.t.Helper()
	id, err := store.NewCatalog(w.db).PutDocument(context.Background(), store.Document{
		Key: w.key(), Kind: kind, MediaType: "text/plain", Body: []byte(body), CreatedAt: w.now,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func TestAPersonIsErasedAnHourAfterAsking(t *testing.T) {
	w := newWorld(t)
	app, _ := w.confirmed()
	person, _, generation := w.person(app)
	// A second application of the same person, to another vacancy, already scored and decided.
	vacancy, second, comment := uuid.New(), uuid.New(), w.document("comment", "Анна Иванова")
	w.exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		SELECT ?, profile_id, 'Other', 'Moscow', 'Europe/Moscow', 1, 1, true, created_at FROM vacancy WHERE id = ?`, vacancy, w.vacancy)
	w.exec(`INSERT INTO application (id, person_id, vacancy_id, state, comment_id, responded_at, changed_at) VALUES (?, ?, ?, 'interviewed', ?, ?, ?)`,
		second, person, vacancy, comment, w.now, w.now)
	do(w, workflows.FileScorecard, second, w.card())
	do(w, workflows.Decide, second, workflows.DecideArgs{Decision: hiring.Reserve, Reason: "next_vacancy", Note: w.document("note", "Анна Иванова").String()})

	// Rows of a file that were refused: his by name, his by address, his by number, and somebody else's.
	batch := uuid.New()
	w.exec(`INSERT INTO batch (id, kind, vacancy_id, state, created_by, created_at) VALUES (?, 'import', ?, 'done', 'system', ?)`, batch, w.vacancy, w.now)
	w.exec(`UPDATE person SET name_key = 'key', email = 'anna@example.org', phone = '+79161234567' WHERE id = ?`, person)
	w.exec(`INSERT INTO batch_refused VALUES (?0, 1, '{"name": "Анна"}', 'key'), (?0, 2, '{"contacts": "mail: Anna@Example.org"}', ''),
		(?0, 3, '{"phone": "8 (916) 123-45-67 вечером"}', ''), (?0, 4, '{"name": "Борис"}', 'another')`, batch)

	answer := do(w, workflows.Erase, app, workflows.None{})
	if answer.Code != "erase_planned" || len(answer.Nudge) != 1 || answer.Nudge[0] != "application/"+second.String() {
		t.Fatalf("%+v", answer)
	}
	w.expect(app, "withdrawn [cancelled_in_time] [booked erased_confirm invitation]")
	if next := mustStep(w, workflows.LoadApplication, app.String()).Facts.Next(w.now); !next.Until.Equal(w.now.Add(time.Hour)) {
		t.Fatalf("%+v", next)
	}
	w.now = w.now.Add(59 * time.Minute)
	w.advance(app)
	if _, words, _ := w.person(app); words == "" || words[0] == '#' {
		t.Fatal("erased too early", words)
	}
	w.now = w.now.Add(time.Minute)
	w.advance(app)
	w.advance(second)
	if _, words, now := w.person(app); words != "#1|||||" || now != generation+1 {
		t.Fatal(words, now)
	}
	var refused []int
	if err := w.db.NewRaw("SELECT line FROM batch_refused").Scan(context.Background(), &refused); err != nil || len(refused) != 1 || refused[0] != 4 {
		t.Fatal(refused, err)
	}
	if _, _, now := w.person(second); now != 2 {
		t.Fatal("the links of the other application still work", now)
	}
	var documents int
	if err := w.db.NewRaw("SELECT count(*) FROM document").Scan(context.Background(), &documents); err != nil || documents != 0 {
		t.Fatal(documents, err)
	}
	a, err := w.steps.Reader.Application(context.Background(), second)
	if err != nil || a.State != hiring.Decided || a.Decision != hiring.Reserve {
		t.Fatal("the figures of a decided application stay", a.State, err)
	}
}

func TestErasingAndWithdrawingAreTakenBack(t *testing.T) {
	w := newWorld(t)
	app, _ := w.confirmed()
	do(w, workflows.Erase, app, workflows.None{})
	do(w, workflows.Rejoin, app, workflows.None{})
	w.expect(app, "declined [cancelled_in_time] [booked erased_confirm invitation]")
	w.now = w.now.Add(2 * time.Hour)
	w.advance(app)
	if _, words, _ := w.person(app); words[0] == '#' {
		t.Fatal("erased after it was taken back")
	}
	do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: w.session.String(), Slot: 1})

	ranked := w.shortlisted()
	do(w, workflows.Shortlist, ranked, workflows.ShortlistArgs{Rank: ptr(2)})
	do(w, workflows.Withdraw, ranked, workflows.None{})
	do(w, workflows.Rejoin, ranked, workflows.None{})
	if a, _ := w.steps.Reader.Application(context.Background(), ranked); a.State != hiring.Shortlisted {
		t.Fatal(a.State)
	}
	do(w, workflows.Withdraw, ranked, workflows.None{})
	w.now = w.now.AddDate(0, 0, 4)
	if _, err := call(w, workflows.Rejoin.Step(), inOf(w, ranked, workflows.None{}, w.key())); fault.CodeOf(err) != "too_late" {
		t.Fatal(err)
	}
}

func TestADecidedPersonKeepsTheDataAfterAll(t *testing.T) {
	w := newWorld(t)
	app := w.interviewed()
	do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
	do(w, workflows.Erase, app, workflows.None{})
	if a := do(w, workflows.Rejoin, app, workflows.None{}); a.Code != "kept" {
		t.Fatal(a)
	}
	if next := mustStep(w, workflows.LoadApplication, app.String()).Facts.Next(w.now); !next.End {
		t.Fatalf("%+v", next)
	}
	if a, _ := w.steps.Reader.Application(context.Background(), app); a.State != hiring.Decided {
		t.Fatal(a.State)
	}
	if _, err := call(w, workflows.Rejoin.Step(), inOf(w, app, workflows.None{}, w.key())); fault.CodeOf(err) != "not_withdrawn" {
		t.Fatal(err)
	}
}

func TestTheHiredAreNotErasedByALink(t *testing.T) {
	w := newWorld(t)
	app := w.responded()
	w.exec(`UPDATE application SET state = 'hired', decision = 'hire' WHERE id = ?`, app)
	if _, err := call(w, workflows.Erase.Step(), inOf(w, app, workflows.None{}, w.key())); fault.CodeOf(err) != "cannot_erase" {
		t.Fatal(err)
	}
}

// Who withdraws while he waits has come: leaving does not lower his rate of turning up.
func TestWhoWithdrawsOnThePremisesHasCome(t *testing.T) {
	w := newWorld(t)
	app := w.arrived()
	w.atSession(10*time.Minute, func() { do(w, workflows.Withdraw, app, workflows.None{}) })
	list, err := w.steps.Reader.Bookings(context.Background(), app)
	if err != nil || len(list) != 1 || list[0].State != hiring.BookingLeft || !*list[0].State.Came() {
		t.Fatal(list, err)
	}
}
