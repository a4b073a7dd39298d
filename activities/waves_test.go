package activities

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

// filling is a world whose session has eight half-hours for one interviewer and a reserve.
func filling(t *testing.T, reserve int, mode hiring.Filling) (*world, []uuid.UUID) {
	t.Helper()
	w := newWorld(t)
	other := uuid.New()
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'o@example.org', 'Olga', '{interviewer}', ?)`, other, w.now)
	w.session = uuid.New()
	seats := []int{1, 1, 1, 1, 1, 1, 1, 1}
	mustStep(w, workflows.Schedule.Step(), inOf(w, w.session, workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: w.now.Add(48 * time.Hour), SlotMinutes: 30, Seats: seats, Lanes: []string{other.String()}, Room: 12, WaitMinutes: 60},
	}, w.key()))
	var people []uuid.UUID
	for range reserve {
		people = append(people, w.shortlisted())
		w.now = w.now.Add(time.Second)
	}
	mustStep(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{Mode: mode, Settings: hiring.DefaultPlanSettings()}, w.key()))
	return w, people
}

// settle lets the session and its people do all that is due now.
func (w *world) settle(people []uuid.UUID) {
	w.t.Helper()
	for range 20 {
		facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
		next := facts.Next(w.now)
		if next.Do == "" {
			for _, app := range people {
				w.advance(app)
			}
			if mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Next(w.now).Do == "" {
				return
			}
			continue
		}
		in := inOf(w, w.session, workflows.Advance{Do: next.Do}, next.Do+next.Occasion)
		in.By.Actor = workflows.System
		mustStep(w, workflows.AdvanceInterview, in)
	}
	w.t.Fatal("never comes to rest")
}

func (w *world) plans() []store.Plan {
	w.t.Helper()
	list, err := w.steps.Reader.Plans(context.Background(), w.session, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// inState is how many of the people have a booking in the state.
func (w *world) inState(state hiring.Attendance) (n int) {
	w.t.Helper()
	if err := w.db.NewRaw(`SELECT count(*) FROM booking WHERE interview_id = ? AND state = ?`, w.session, state).Scan(context.Background(), &n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestASessionFillsItself(t *testing.T) {
	w, people := filling(t, 60, hiring.FillAuto)
	w.settle(people)
	first := w.inState(hiring.BookingInvited)
	if first < 20 || first > 30 { // one in five comes, day effect and limit at their defaults
		t.Fatalf("%d invited at first", first)
	}
	for n, app := range people {
		want := "invited"
		if n >= first {
			want = "shortlisted"
		}
		if a, _ := w.steps.Reader.Application(context.Background(), app); string(a.State) != want {
			t.Fatalf("number %d of the shortlist is %s", n, a.State)
		}
	}
	w.now = w.now.Add(time.Second)
	// Half of them decline: the next in line get the places, the others keep theirs.
	kept := map[uuid.UUID]time.Time{}
	for n, app := range people[:first] {
		b := w.latest(app)
		if n%2 == 0 {
			do(w, workflows.Cancel, app, b)
		} else {
			list, _ := w.steps.Reader.Bookings(context.Background(), app)
			kept[app] = list[0].StartsAt
		}
	}
	w.settle(people)
	if w.inState(hiring.BookingInvited) != first/2 {
		t.Fatal("replies that come together are planned once, a little later")
	}
	w.now = w.now.Add(time.Minute)
	w.settle(people)
	again := w.inState(hiring.BookingInvited)
	if again < first-3 || again > first+3 {
		t.Fatalf("%d after the top-up, %d before", again, first)
	}
	for app, at := range kept {
		if list, _ := w.steps.Reader.Bookings(context.Background(), app); !list[0].StartsAt.Equal(at) {
			t.Fatal("somebody was moved")
		}
	}
	// Confirmations make people likelier to come: nobody is invited on top of them.
	w.now = w.now.Add(time.Second)
	for app := range kept {
		do(w, workflows.Confirm, app, w.latest(app))
	}
	w.now = w.now.Add(time.Minute)
	w.settle(people)
	if got := w.inState(hiring.BookingInvited) + w.inState(hiring.BookingConfirmed); got != again {
		t.Fatalf("%d with many a yes, %d before", got, again)
	}
	plans := len(w.plans())
	w.now = w.now.Add(6 * time.Minute)
	w.settle(people)
	if len(w.plans()) != plans {
		t.Fatal("the clock's plan says nothing new and is not kept")
	}
	w.now = w.now.Add(36 * time.Hour)
	w.settle(people)
	if i, _ := w.steps.Reader.Interview(context.Background(), w.session); i.Filling != hiring.FillOff {
		t.Fatal("too late to invite: filling ends")
	}
}

func TestProposalsWaitForHR(t *testing.T) {
	w, people := filling(t, 40, hiring.FillPropose)
	w.settle(people)
	plans := w.plans()
	if len(plans) != 1 || plans[0].State != "proposed" || w.inState(hiring.BookingInvited) != 0 {
		t.Fatalf("%+v", plans)
	}
	args := workflows.ProposalArgs{Plan: plans[0].ID.String()}
	take := inOf(w, w.session, args, w.key())
	if a := mustStep(w, workflows.TakeProposal.Step(), take).Answer; a.Count != len(plans[0].Invite) {
		t.Fatal(a)
	}
	// The second person to press the button, on another screen.
	if _, err := call(w, workflows.TakeProposal.Step(), inOf(w, w.session, args, w.key())); fault.CodeOf(err) != "proposal_gone" {
		t.Fatal(err)
	}
	w.settle(people)
	invited := w.inState(hiring.BookingInvited)
	if invited != len(plans[0].Invite) {
		t.Fatal(invited)
	}
	w.now = w.now.Add(time.Second)
	do(w, workflows.Cancel, people[0], w.latest(people[0]))
	do(w, workflows.Cancel, people[1], w.latest(people[1]))
	w.now = w.now.Add(time.Minute)
	w.settle(people)
	next := w.plans()[0]
	if next.State != "proposed" || next.Cause != "reply" || len(next.Invite) == 0 {
		t.Fatalf("%+v", next)
	}
	mustStep(w, workflows.Dismiss.Step(), inOf(w, w.session, workflows.ProposalArgs{Plan: next.ID.String()}, w.key()))
	mustStep(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key()))
	w.settle(people)
	if w.inState(hiring.BookingInvited) != invited-2 {
		t.Fatal("a dismissed proposal invites nobody")
	}
}

// A plan that invites nobody says why, as it was then, and so does the end of inviting.
func TestWhyNobodyIsInvited(t *testing.T) {
	w, people := filling(t, 40, hiring.FillAuto)
	last := func() hiring.Quiet { return w.plans()[0].Quiet }
	w.settle(people)
	if got := w.plans()[len(w.plans())-1]; got.Quiet != hiring.QuietNot || len(got.Invite) == 0 {
		t.Fatalf("%+v", got)
	}
	w.now = w.now.Add(10 * time.Minute)
	if w.settle(people); last() != hiring.QuietEnough {
		t.Fatal(last())
	}
	invited := w.inState(hiring.BookingInvited)
	most := hiring.DefaultPlanSettings()
	most.MostInvited = invited
	refusedOn(w, "already_filling", workflows.Fill, workflows.FillArgs{Mode: hiring.FillAuto, Settings: most}) // a second window's form
	onSession(w, workflows.StopFilling, workflows.None{})
	onSession(w, workflows.Fill, workflows.FillArgs{Mode: hiring.FillAuto, Settings: most})
	if w.settle(people); last() != hiring.QuietMost {
		t.Fatal(last())
	}
	slots, err := w.steps.Reader.Slots(context.Background(), w.session)
	if err != nil {
		t.Fatal(err)
	}
	var seats []int
	for _, s := range slots {
		seats = append(seats, s.Taken)
	}
	version := mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version
	mustStep(w, workflows.OverridePlan.Step(), inOf(w, w.session, workflows.OverrideArgs{Seats: seats, Settings: hiring.DefaultPlanSettings(), Version: version}, w.key()))
	if w.settle(people); last() != hiring.QuietSeats {
		t.Fatal(last())
	}
	mustStep(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key()))
	mustStep(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{Mode: hiring.FillAuto, Settings: most}, w.key()))
	w.now = w.now.Add(40 * time.Hour)
	w.settle(people)
	steps, err := w.steps.Reader.PlanSteps(context.Background(), w.session, 5)
	if err != nil || len(steps) < 3 || steps[0].Code != store.StepFillingStopped || steps[0].Actor != workflows.System || !steps[0].At.Equal(w.now) ||
		steps[1].Code != store.StepFilling || steps[1].Count != most.MostInvited || steps[2].Code != store.StepFillingStopped || steps[2].Actor == workflows.System {
		t.Fatal(steps, err)
	}
}

func TestFillingRefusals(t *testing.T) {
	w, _ := filling(t, 0, hiring.FillPropose)
	mustStep(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key()))
	if _, err := call(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key())); fault.CodeOf(err) != "not_filling" {
		t.Fatal(err)
	}
	w.atSession(-10*time.Hour, func() {
		_, err := call(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, w.key()))
		if fault.CodeOf(err) != "invite_too_late" {
			t.Fatal(err)
		}
	})
	bad := hiring.DefaultPlanSettings()
	bad.WaitingWorth, bad.LimitRisk = -1, 2
	if f := fault.As((workflows.FillArgs{Mode: "x", Settings: bad}).Check()); f == nil || f.Fields["mode"] == "" || f.Fields["waiting_worth"] == "" || f.Fields["limit_risk"] == "" {
		t.Fatal(f)
	}
}

// HR sets how likely somebody is to come: the session is planned anew like after a reply, not at the next look
// of the clock.
func TestAProbabilitySetByHandIsPlannedWith(t *testing.T) {
	w, people := filling(t, 60, hiring.FillAuto)
	w.settle(people)
	first, plans := w.inState(hiring.BookingInvited), len(w.plans())
	w.now = w.now.Add(time.Second)
	nobody := 0.0
	for n, app := range people[:first/2] {
		act := store.Act{Actor: "staff/" + uuid.NewString(), Key: fmt.Sprint("override", n), Wall: w.now, Business: w.now}
		if _, err := store.NewCatalog(w.db).OverrideForecast(context.Background(), act, w.session, app, &nobody); err != nil {
			t.Fatal(err)
		}
	}
	w.now = w.now.Add(20 * time.Second) // less than the five minutes of an open wave
	w.settle(people)
	all := w.plans()
	if len(all) != plans+1 || all[0].Cause != "reply" || w.inState(hiring.BookingInvited) <= first {
		t.Fatalf("%d plans after %d, %d invited after %d", len(all), plans, w.inState(hiring.BookingInvited), first)
	}
}

// What is forecast for people is kept when they are invited, again when their reply changes it, and once more
// when the day begins; after the day the last of each is scored.
func TestForecastsAreKeptAndScored(t *testing.T) {
	ctx := context.Background()
	w, people := filling(t, 40, hiring.FillAuto)
	w.settle(people)
	invited := w.inState(hiring.BookingInvited)
	rows := func(where string) (n int) {
		t.Helper()
		if err := w.db.NewRaw("SELECT count(*) FROM forecast WHERE "+where).Scan(ctx, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := rows("jsonb_array_length(reasons) > 0"); n != invited || invited == 0 {
		t.Fatalf("%d forecasts of %d invited", n, invited)
	}
	w.now = w.now.Add(time.Second)
	for _, app := range people[:5] {
		do(w, workflows.Confirm, app, w.latest(app))
	}
	session, err := w.steps.Reader.Interview(ctx, w.session)
	if err != nil {
		t.Fatal(err)
	}
	w.now = session.StartsAt.Add(-30 * time.Minute)
	w.settle(people) // nobody else answered; the session starts
	for _, app := range people[:2] {
		do(w, workflows.CheckIn, app, w.latest(app))
	}
	w.now = session.EndsAt.Add(hiring.CloseAfter + time.Minute)
	w.settle(people)
	w.settle(people)
	if n, err := store.NewCatalog(w.db).ScoreForecasts(ctx, w.now); err != nil || n < invited {
		t.Fatal(n, err)
	}
	if final, came := rows("final"), rows("final AND came"); final < 5 || came != 2 {
		t.Errorf("%d forecasts are scored, %d of people who came", final, came)
	}
}

// "At most so many in all" counts everybody who got an invitation, whatever he answered; and nobody without an
// address is invited by mail.
func TestTheBoundIsOnInvitationsInAll(t *testing.T) {
	w, people := filling(t, 40, hiring.FillAuto)
	w.exec(`UPDATE person SET email = '' WHERE id = (SELECT person_id FROM application WHERE id = ?)`, people[0])
	settings := hiring.DefaultPlanSettings()
	settings.MostInvited = 10
	mustStep(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key()))
	mustStep(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{Mode: hiring.FillAuto, Settings: settings}, w.key()))
	w.settle(people)
	if n := w.inState(hiring.BookingInvited); n != 10 {
		t.Fatalf("%d invited of at most 10", n)
	}
	if a, err := w.steps.Reader.Application(context.Background(), people[0]); err != nil || a.State != hiring.Shortlisted {
		t.Error("somebody without an address was invited by mail", a.State, err)
	}
	if _, err := call(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{people[0].String()}}, w.key())); fault.CodeOf(err) != "nobody_to_invite" {
		t.Error("by hand neither", err)
	}
	w.now = w.now.Add(time.Second)
	for _, app := range people[1:5] {
		do(w, workflows.Cancel, app, w.latest(app))
	}
	w.now = w.now.Add(10 * time.Minute)
	w.settle(people)
	if n := w.inState(hiring.BookingInvited); n != 6 {
		t.Errorf("%d hold an invitation after four of ten declined: more than ten were invited", n)
	}
}
