package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// booked brings n people to a confirmed time in a session three days ahead.
func (p *place) booked(n int) (session uuid.UUID, people []uuid.UUID) {
	p.t.Helper()
	vacancy, venue, interviewer := p.vacancy()
	session = uuid.New()
	do(p, workflows.Schedule, session, p.hr, workflows.ScheduleArgs{
		Venue: venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: time.Now().Add(72 * time.Hour).Truncate(time.Minute), SlotMinutes: 30, Seats: []int{n, n}, Lanes: []string{interviewer.String()}, Room: n, WaitMinutes: 60},
	})
	var args workflows.InviteArgs
	for range n {
		app := p.application(vacancy)
		do(p, workflows.Shortlist, app, p.hr, workflows.ShortlistArgs{})
		people = append(people, app)
		args.Applications = append(args.Applications, app.String())
	}
	do(p, workflows.Invite, session, p.hr, args)
	for _, app := range people {
		b := p.booking(app)
		do(p, workflows.Confirm, app, "candidate/"+app.String(), workflows.BookingArgs{Booking: b.ID.String(), Version: b.Version})
	}
	return session, people
}

// booking waits for the application's latest booking.
func (p *place) booking(app uuid.UUID) (b store.Booking) {
	p.t.Helper()
	eventually(p.t, "a booking", func() bool {
		list, err := p.reader.Bookings(context.Background(), app)
		if err != nil {
			p.t.Fatal(err)
		}
		if len(list) > 0 {
			b = list[0]
		}
		return len(list) > 0
	})
	return b
}

func (p *place) state(app uuid.UUID) string {
	a, err := p.reader.Application(context.Background(), app)
	if err != nil {
		return err.Error()
	}
	return string(a.State)
}

// Temporal's own data are lost while people are booked. One Reconcile on an empty Temporal brings every
// process back, and each does what was due meanwhile, once.
func TestTemporalLosesItsData(t *testing.T) {
	p := newPlace(t)
	session, people := p.booked(5)
	p.loseTemporal()
	// Meanwhile the first slot has come and gone for some.
	p.exec(`UPDATE booking SET starts_at = now() - interval '1 hour', reminded_day = true, reminded_hours = true WHERE application_id IN (?, ?)`, people[0], people[1])
	n, err := p.client.ReconcileNow(context.Background())
	if err != nil || n != 6 {
		t.Fatalf("five applications and their session: %d %v", n, err)
	}
	for _, app := range people[:2] {
		eventually(t, "the no-shows are marked", func() bool { return p.state(app) == "no_show" })
	}
	for _, app := range people[2:] {
		if p.state(app) != "booked" {
			t.Fatal(p.state(app))
		}
	}
	// The others go on as if nothing had happened, by command and by nudge.
	b := p.booking(people[2])
	do(p, workflows.Cancel, people[2], "candidate/"+people[2].String(), workflows.BookingArgs{Booking: b.ID.String(), Version: b.Version})
	do(p, workflows.CancelSession, session, p.hr, workflows.None{})
	for _, app := range people[3:] {
		eventually(t, "a called-off session frees its people", func() bool { return p.state(app) == "shortlisted" })
	}
	var doubled []string
	if err := p.db.NewRaw(`SELECT key FROM outgoing_mail GROUP BY key HAVING count(*) > 1`).Scan(context.Background(), &doubled); err != nil || len(doubled) > 0 {
		t.Fatal(doubled, err)
	}
	if again, err := p.client.ReconcileNow(context.Background()); err != nil || again != 0 {
		t.Fatalf("nothing is missing any more: %d %v", again, err)
	}
}

// The worker dies between a step's commit and its report; the next worker finds the key.
func TestWorkerDiesAfterCommit(t *testing.T) {
	p := newPlace(t)
	vacancy, _, _ := p.vacancy()
	app := p.application(vacancy)
	p.stopWorker()
	type result struct {
		answer workflows.Answer
		err    error
	}
	by, args := p.by(p.hr), workflows.ShortlistArgs{}
	done := make(chan result, 1)
	go func() {
		answer, err := workflows.Do(context.Background(), p.client, workflows.Shortlist, app.String(), by, args)
		done <- result{answer, err}
	}()
	// What a worker would have committed before it died: the step itself, with the same key and time.
	clock, err := p.reader.Clock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	in := workflows.In[workflows.ShortlistArgs]{ID: app.String(), By: by, At: clock.At(time.Now()), Args: args}
	if err := p.runDirectly(string(workflows.Shortlist), in); err != nil {
		t.Fatal(err)
	}
	p.startWorker()
	r := <-done
	if r.err != nil || r.answer.Code != "shortlisted" {
		t.Fatal(r)
	}
	var rows int
	if err := p.db.NewRaw(`SELECT count(*) FROM journal WHERE subject = ?`, "application/"+app.String()).Scan(context.Background(), &rows); err != nil || rows != 1 {
		t.Fatal(rows, err)
	}
}

// PostgreSQL is killed while commands are under way. Every command that was answered is there; those that
// were not are answered under the same key afterwards.
func TestPostgresIsKilled(t *testing.T) {
	p := newPlaceOn(t, true)
	vacancy, _, _ := p.vacancy()
	var people []uuid.UUID
	for range 20 {
		people = append(people, p.application(vacancy))
	}
	answers := make([]error, len(people))
	done := make(chan int, len(people))
	send := func(n int) {
		_, answers[n] = workflows.Do(context.Background(), p.client, workflows.Shortlist, people[n].String(),
			workflows.By{Actor: p.hr, Key: fmt.Sprint("kill-", n)}, workflows.ShortlistArgs{})
		done <- n
	}
	for n := range people {
		go send(n)
	}
	<-done
	p.killPostgres()
	for range len(people) - 1 {
		<-done
	}
	for n := range people {
		if answers[n] != nil {
			send(n)
			<-done
		}
		if answers[n] != nil || p.state(people[n]) != "shortlisted" {
			t.Fatal(n, answers[n], p.state(people[n]))
		}
	}
	var rows int
	if err := p.db.NewRaw(`SELECT count(*) FROM journal`).Scan(context.Background(), &rows); err != nil || rows != len(people) {
		t.Fatal(rows, err)
	}
}
