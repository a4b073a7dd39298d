package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func (p *place) by(actor string) workflows.By {
	p.n++
	return workflows.By{Actor: actor, Key: fmt.Sprint("test-", p.n)}
}

func (p *place) exec(query string, args ...any) {
	p.t.Helper()
	if _, err := p.db.NewRaw(query, args...).Exec(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

// vacancy makes a profile, a vacancy, a venue and an interviewer.
func (p *place) vacancy() (vacancy, venue, interviewer uuid.UUID) {
	vacancy, venue, interviewer, profile := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	p.exec(`INSERT INTO profile (id, title, created_at) VALUES (?, ?, '2026-01-01Z')`, profile, "Account manager "+profile.String())
	p.exec(`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
		VALUES (?, ?, 'Account manager', 'Moscow', 'Europe/Moscow', 5, 1, true, '2026-01-01Z')`, vacancy, profile)
	p.exec(`INSERT INTO venue (id, name, city, zone, address, created_at) VALUES (?, ?, 'Moscow', 'Europe/Moscow', 'Tverskaya 1', '2026-01-01Z')`, venue, "Office "+venue.String())
	p.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, ?, 'Ivan', '{interviewer}', '2026-01-01Z')`, interviewer, interviewer.String()+"@example.org")
	return vacancy, venue, interviewer
}

func (p *place) application(vacancy uuid.UUID) uuid.UUID {
	person, app := uuid.New(), uuid.New()
	p.exec(`INSERT INTO person (id, name, first_name, email, created_at) VALUES (?, 'Анна Иванова', 'Анна', ?, '2026-01-01Z')`, person, person.String()+"@example.org")
	p.exec(`INSERT INTO application (id, person_id, vacancy_id, state, responded_at, changed_at) VALUES (?, ?, ?, 'responded', now(), now())`, app, person, vacancy)
	return app
}

func do[A workflows.Args, F workflows.Facts](p *place, c workflows.Command[A, F], id uuid.UUID, actor string, a A) workflows.Answer {
	p.t.Helper()
	answer, err := workflows.Do(context.Background(), p.client, c, id.String(), p.by(actor), a)
	if err != nil {
		p.t.Fatalf("%s: %v", c, err)
	}
	return answer
}

func TestFromResponseToDecision(t *testing.T) {
	p := newPlace(t)
	ctx := context.Background()
	vacancy, venue, interviewer := p.vacancy()
	app := p.application(vacancy)
	do(p, workflows.Shortlist, app, p.hr, workflows.ShortlistArgs{})
	session := uuid.New()
	do(p, workflows.Schedule, session, p.hr, workflows.ScheduleArgs{
		Venue: venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: time.Now().Add(72 * time.Hour).Truncate(time.Minute), SlotMinutes: 30, Seats: []int{2, 1}, Lanes: []string{interviewer.String()}, Room: 5, WaitMinutes: 60},
	})
	if a := do(p, workflows.Invite, session, p.hr, workflows.InviteArgs{Applications: []string{app.String()}}); a.Count != 1 {
		t.Fatal(a)
	}
	var b store.Booking
	eventually(t, "the offer becomes a booking", func() bool {
		list, err := p.reader.Bookings(ctx, app)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 {
			b = list[0]
		}
		return len(list) == 1
	})
	candidate := "candidate/" + app.String()
	args := workflows.BookingArgs{Booking: b.ID.String(), Version: b.Version}
	answer := do(p, workflows.Confirm, app, candidate, args)
	if _, err := workflows.Do(ctx, p.client, workflows.Confirm, app.String(), p.by(candidate), args); fault.CodeOf(err) != "stale_form" {
		t.Fatalf("an old form: %v", err)
	}
	answer = do(p, workflows.Choose, app, candidate, workflows.ChooseArgs{Booking: answer.ID, Version: answer.Version, Interview: session.String(), Slot: 1})
	if _, err := workflows.Do(ctx, p.client, workflows.CheckIn, app.String(), p.by(p.hr), workflows.BookingArgs{Booking: answer.ID, Version: answer.Version}); fault.CodeOf(err) != "too_early" {
		t.Fatalf("three days early: %v", err)
	}
	p.exec(`UPDATE interview SET starts_at = now(), ends_at = now() + interval '2 hours'`)
	p.exec(`UPDATE booking SET starts_at = now()`)
	do(p, workflows.CheckIn, app, p.hr, workflows.BookingArgs{Booking: answer.ID, Version: answer.Version})
	note, err := store.NewCatalog(p.db).PutDocument(ctx, store.Document{Key: "card", Kind: "scorecard", MediaType: "application/json", Body: []byte(`{"motivation":"a"}`), CreatedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	do(p, workflows.FileScorecard, app, p.hr, workflows.ScorecardArgs{
		Staff: interviewer.String(), Scores: map[string]int{"motivation": 5, "competence": 4, "adequacy": 4}, Recommendation: "hire", Note: note.String(),
	})
	do(p, workflows.Decide, app, p.hr, workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"})
	do(p, workflows.UndoDecision, app, p.hr, workflows.None{})
	do(p, workflows.Decide, app, p.hr, workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"})
	var mails []string
	if err := p.db.NewRaw(`SELECT kind || ' ' || state FROM outgoing_mail ORDER BY created_at, kind`).Scan(ctx, &mails); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(mails); got != "[invitation queued booked queued moved queued thanks dropped decision_hire dropped decision_hire queued]" {
		t.Fatal(got)
	}
	if rows, broken, err := p.reader.VerifyJournal(ctx); err != nil || rows < 9 || len(broken) > 0 {
		t.Fatal(rows, broken, err)
	}
	replayAll(t, p.client.Temporal(), "decided", "Иванов", "Анна", "example.org")
	if _, err := workflows.Do(ctx, p.client, workflows.Withdraw, uuid.NewString(), p.by(p.hr), workflows.None{}); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("no such application: %v", err)
	}
}
