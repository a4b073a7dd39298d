package e2e

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

// jump moves business time forward, as a fast clock would, and wakes every process to look again.
func (p *place) jump(d time.Duration) {
	p.t.Helper()
	p.exec(`UPDATE business_clock SET origin_wall = now(), origin_business = now() + (origin_business - origin_wall) + ? * interval '1 second'`, d.Seconds())
	if _, err := p.client.WakeAll(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) count(query string, args ...any) (n int) {
	p.t.Helper()
	if err := p.db.NewRaw(query, args...).Scan(context.Background(), &n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// A session of forty invitees from the shortlist to the report: it fills itself in waves, people confirm,
// decline or stay silent, a top-up follows; on the day they come in time, late, unexpected or not at all;
// two lanes call them; the evening has its report.
func TestADayOfForty(t *testing.T) {
	p := newPlace(t)
	vacancy, venue, first := p.vacancy()
	second := uuid.New()
	p.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'two@example.org', 'Пётр', '{interviewer}', '2026-01-01Z')`, second)
	var people []uuid.UUID
	for range 90 {
		app := p.application(vacancy)
		do(p, workflows.Shortlist, app, p.hr, workflows.ShortlistArgs{})
		people = append(people, app)
	}
	session := uuid.New()
	start := time.Now().Add(30 * time.Hour).Truncate(time.Minute)
	do(p, workflows.Schedule, session, p.hr, workflows.ScheduleArgs{
		Venue: venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{
			Starts: start, SlotMinutes: 30, Seats: []int{1, 1, 1, 1, 1, 1, 1, 1},
			Lanes: []string{first.String(), second.String()}, Room: 15, WaitMinutes: 60,
		},
	})
	settings := hiring.DefaultPlanSettings()
	settings.LimitRisk = 0 // as many as pay: about forty for two lanes
	do(p, workflows.Fill, session, p.hr, workflows.FillArgs{Mode: hiring.FillAuto, Settings: settings})
	invited := func() int {
		return p.count(`SELECT count(*) FROM booking WHERE interview_id = ? AND state IN ('invited', 'confirmed')`, session)
	}
	eventually(t, "the first wave", func() bool { return invited() >= 40 })
	wave := invited()

	// A third confirms, a third declines, the rest stays silent.
	var confirmed []uuid.UUID
	for n, app := range people[:wave] {
		b := p.booking(app)
		args := workflows.BookingArgs{Booking: b.ID.String(), Version: b.Version}
		switch n % 3 {
		case 0:
			do(p, workflows.Confirm, app, "candidate/"+app.String(), args)
			confirmed = append(confirmed, app)
		case 1:
			do(p, workflows.Cancel, app, "candidate/"+app.String(), args)
		}
	}
	p.jump(time.Minute)
	eventually(t, "a top-up from the reserve", func() bool {
		return p.count(`SELECT count(*) FROM wave WHERE interview_id = ?`, session) >= 2
	})
	p.jump(22 * time.Hour) // past every reply window; eight hours before the start
	eventually(t, "the silent ones are let go", func() bool {
		return p.count(`SELECT count(*) FROM booking WHERE interview_id = ? AND state = 'invited'`, session) == 0
	})
	eventually(t, "it is too late to invite", func() bool {
		i, err := p.reader.Interview(context.Background(), session)
		return err == nil && i.Filling == hiring.FillOff
	})

	p.jump(time.Until(start) - 22*time.Hour - time.Minute) // the doors are open
	eventually(t, "the session runs", func() bool {
		i, err := p.reader.Interview(context.Background(), session)
		return err == nil && i.State == hiring.SessionRunning
	})
	reception := "staff/" + uuid.NewString()
	came := confirmed[:len(confirmed)*2/3]
	for _, app := range came {
		b := p.booking(app)
		do(p, workflows.CheckIn, app, reception, workflows.BookingArgs{Booking: b.ID.String(), Version: b.Version})
	}
	unexpected := people[len(people)-1]
	do(p, workflows.WalkIn, unexpected, reception, workflows.WalkInArgs{Interview: session.String()})
	here := len(came) + 1

	lanes, err := p.reader.Lanes(context.Background(), session)
	if err != nil || len(lanes) != 2 {
		t.Fatal(lanes, err)
	}
	met := p.callAll(session, lanes, here)
	if met != here {
		t.Fatalf("%d of %d were met", met, here)
	}
	p.jump(5 * time.Hour) // past everybody's grace
	eventually(t, "no-shows are marked", func() bool {
		return p.count(`SELECT count(*) FROM booking WHERE interview_id = ? AND state = 'no_show'`, session) == len(confirmed)-len(came)
	})
	p.jump(4 * time.Hour)
	eventually(t, "the session closes with its report", func() bool {
		_, there, err := p.reader.Report(context.Background(), session)
		return err == nil && there
	})
	report, _, err := p.reader.Report(context.Background(), session)
	if err != nil || report.Interviewed != here || report.NoShow != len(confirmed)-len(came) {
		t.Fatalf("%+v %v", report, err)
	}
	for kind, want := range map[string]int{"no_show": len(confirmed) - len(came), "thanks": here} {
		if n := p.count(`SELECT count(*) FROM outgoing_mail WHERE kind = ?`, kind); n != want {
			t.Errorf("%d mails %s, not %d", n, kind, want)
		}
	}
	if over := p.count(`SELECT count(*) FROM slot WHERE taken > seats OR taken < 0`); over != 0 {
		t.Error("seats do not add up")
	}
	replayAll(t, p.client.Temporal(), "forty", "Иванов", "Анна", "Пётр", "example.org")
}

// callAll lets two lanes call, meet and finish everybody who waits; both screens press at once.
func (p *place) callAll(session uuid.UUID, lanes []store.Lane, here int) (met int) {
	p.t.Helper()
	type result struct {
		answer workflows.Answer
		err    error
	}
	for range here {
		results := make(chan result, len(lanes))
		for _, lane := range lanes {
			by := p.by("staff/" + lane.StaffID.String())
			go func() {
				answer, err := workflows.Do(context.Background(), p.client, workflows.CallNext, session.String(), by, workflows.LaneIDArgs{Lane: lane.ID.String()})
				results <- result{answer, err}
			}()
		}
		called := map[string]bool{}
		for range lanes {
			r := <-results
			if fault.KindOf(r.err) == fault.Conflict {
				continue // nobody waits
			} else if r.err != nil {
				p.t.Fatal(r.err)
			}
			if called[r.answer.ID] {
				p.t.Fatal("one person was called twice")
			}
			called[r.answer.ID] = true
		}
		for id := range called {
			do(p, workflows.StartInterview, session, p.hr, workflows.CallIDArgs{Call: id})
			do(p, workflows.FinishInterview, session, p.hr, workflows.CallIDArgs{Call: id})
			met++
		}
		if len(called) == 0 {
			break
		}
	}
	return met
}
