package activities

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// A session made with HR's own seats keeps them as bounds from its first wave on, also where the plan could not be
// kept with it.
func TestASessionsOwnSeatsBindFromTheStart(t *testing.T) {
	w := newWorld(t)
	other := uuid.New()
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'o@example.org', 'Olga', '{interviewer}', ?)`, other, w.now)
	w.session = uuid.New()
	own := []int{2, 0, 1, 1}
	mustStep(w, workflows.Schedule.Step(), inOf(w, w.session, workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(), OwnSeats: true,
		Session: hiring.Session{Starts: w.now.Add(48 * time.Hour), SlotMinutes: 30, Seats: own, Lanes: []string{other.String()}, Room: 12, WaitMinutes: 60},
	}, w.key()))
	var people []uuid.UUID
	for range 20 {
		people = append(people, w.shortlisted())
		w.now = w.now.Add(time.Second)
	}
	mustStep(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, w.key()))
	for range 3 { // the first wave, and two times those who declined are made up for
		w.settle(people)
		slots, err := w.steps.Reader.Slots(context.Background(), w.session)
		if err != nil {
			t.Fatal(err)
		}
		for n, s := range slots {
			if s.Seats != own[n] || s.Taken != own[n] {
				t.Fatalf("time %d: %d of %d seats taken, HR gave %d", n, s.Taken, s.Seats, own[n])
			}
		}
		w.now = w.now.Add(time.Minute)
		for _, app := range people {
			if list, _ := w.steps.Reader.Bookings(context.Background(), app); len(list) > 0 && list[0].State == hiring.BookingInvited {
				do(w, workflows.Cancel, app, w.latest(app))
				break
			}
		}
		w.now = w.now.Add(time.Minute)
	}
}

func TestOverridingThePlan(t *testing.T) {
	w, people := filling(t, 40, hiring.FillPropose)
	w.settle(people)
	if w.plans()[0].State != "proposed" {
		t.Fatal("nothing was proposed")
	}
	facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
	settings := hiring.DefaultPlanSettings()
	settings.WaitingWorth = 1
	args := workflows.OverrideArgs{Seats: []int{5, 5, 0, 5, 5, 5, 5, 5}, Settings: settings, Version: facts.Version}
	mustStep(w, workflows.OverridePlan.Step(), inOf(w, w.session, args, w.key()))
	plans := w.plans()
	if p := plans[0]; p.Cause != "manual" || p.State != "figures" || p.After.Invited != 35 || len(p.After.Slots) != 7 || p.Before.Invited != 8 || p.DecidedBy == "" {
		t.Fatalf("%+v", p)
	}
	if shows := plans[0].After.Expected.Shows; shows < 6.9 || shows > 7.1 { // the handbook's one in five
		t.Fatal(shows)
	}
	if plans[1].State != "superseded" {
		t.Fatal("the proposal for the seats there were still stands")
	}
	if i, _ := w.steps.Reader.Interview(context.Background(), w.session); i.Settings.WaitingWorth != 1 || i.PlannedAt != nil {
		t.Fatalf("%+v", i)
	}
	if _, err := call(w, workflows.OverridePlan.Step(), inOf(w, w.session, args, w.key())); fault.CodeOf(err) != "stale_form" {
		t.Fatal(err)
	}
	w.settle(people)
	args.Version = mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version
	args.Seats, args.Rate, args.Planned = []int{0, 0, 0, 0, 0, 0, 0, 2}, ptr(0.5), true
	mustStep(w, workflows.OverridePlan.Step(), inOf(w, w.session, args, w.key()))
	if p := w.plans()[0]; p.Cause != "taken" || math.Abs(p.After.Expected.Shows-1) > 1e-9 {
		t.Fatalf("%+v", p)
	}
	args.Version = mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version
	args.Seats = []int{1}
	if _, err := call(w, workflows.OverridePlan.Step(), inOf(w, w.session, args, w.key())); fault.As(err) == nil || fault.As(err).Fields["seats"] != "wrong_length" {
		t.Fatal(err)
	}
	for _, bad := range []workflows.OverrideArgs{
		{Seats: []int{}, Settings: settings, Version: 1},
		{Seats: []int{500, 1}, Settings: settings, Version: 1},
		{Seats: []int{-1}, Settings: settings, Version: 1},
		{Seats: []int{1}, Settings: settings},
		{Seats: []int{1}, Settings: settings, Version: 1, Rate: ptr(math.NaN())},
		{Seats: []int{1}, Version: 1},
	} {
		if fault.KindOf(bad.Check()) != fault.Invalid {
			t.Errorf("%+v passes", bad)
		}
	}
}

// A session that is being filled is planned anew at once when it gets other times.
func TestReshapedSessionIsPlannedAnew(t *testing.T) {
	w, people := filling(t, 40, hiring.FillPropose)
	w.settle(people)
	first := w.plans()[0]
	facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
	mustStep(w, workflows.Reshape.Step(), inOf(w, w.session, workflows.ReshapeArgs{
		OverrideArgs: workflows.OverrideArgs{Seats: []int{1, 1, 1}, Settings: hiring.DefaultPlanSettings(), Version: facts.Version},
		Starts:       facts.StartsAt, SlotMinutes: 30,
	}, w.key()))
	w.settle(people)
	plans := w.plans()
	if len(plans) != 3 || plans[2].State != "superseded" || plans[1].Cause != "manual" || plans[0].State != "proposed" || len(plans[0].Invite) >= len(first.Invite) {
		t.Fatalf("%d plans; %d invited at first, then %d", len(plans), len(first.Invite), len(plans[0].Invite))
	}
}

// HR's own seats bind the waves, and a break is no time at all to the planner, until the planner's
// numbers are taken again.
func TestOwnSeatsBind(t *testing.T) {
	w, people := filling(t, 60, hiring.FillAuto)
	version := func() int {
		return mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version
	}
	invited := func() (per [8]int) {
		list, err := w.steps.Reader.CommittedTo(context.Background(), w.session)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			per[one.Slot]++
		}
		return per
	}
	own := []int{2, 1, 0, 1, 0, 2, 1, 1}
	mustStep(w, workflows.ChangeSeats.Step(), inOf(w, w.session, workflows.SeatsArgs{Seats: own, Version: version()}, w.key()))
	w.settle(people)
	if got := invited(); got != [8]int{2, 1, 0, 1, 0, 2, 1, 1} { // one in five comes: all of them are worth inviting
		t.Fatalf("%v invited to %v", got, own)
	}
	p := w.plans()[0]
	if len(p.After.Slots) != 6 || p.After.Expected.IdleSlots > 6 {
		t.Fatalf("breaks were planned: %+v", p.After)
	}
	for _, one := range p.Invite {
		if own[one.Slot] == 0 || p.After.Assignment[one.ID] != one.Slot {
			t.Fatalf("%+v in a break, or elsewhere in the figures: %v", one, p.After.Assignment)
		}
	}
	// Who declines is followed by one other, at his time.
	w.now = w.now.Add(time.Second)
	do(w, workflows.Cancel, people[0], w.latest(people[0]))
	w.now = w.now.Add(time.Minute)
	w.settle(people)
	if got := invited(); got != [8]int{2, 1, 0, 1, 0, 2, 1, 1} {
		t.Fatalf("%v after the top-up", got)
	}
	broken := []int{0, 1, 0, 1, 0, 2, 1, 1}
	if _, err := call(w, workflows.ChangeSeats.Step(), inOf(w, w.session, workflows.SeatsArgs{Seats: broken, Version: version()}, w.key())); fault.CodeOf(err) != "seats_in_use" {
		t.Fatalf("a break where somebody has a time: %v", err)
	}
	mustStep(w, workflows.OverridePlan.Step(), inOf(w, w.session, workflows.OverrideArgs{
		Seats: own, Settings: hiring.DefaultPlanSettings(), Planned: true, Version: version(),
	}, w.key()))
	w.settle(people)
	got, all := invited(), 0
	for n, seats := range own {
		if all += got[n]; seats == 0 && got[n] > 0 {
			t.Fatalf("%v: invited to a break", got)
		}
	}
	if all <= 12 {
		t.Fatalf("%v: the planner's seats are a first guess only", got)
	}
}

func TestProposalEndsWhenTheSeatsChange(t *testing.T) {
	w, people := filling(t, 40, hiring.FillPropose)
	w.settle(people)
	version := mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version
	args := workflows.SeatsArgs{Seats: []int{1, 0, 0, 0, 0, 0, 0, 0}, Version: version}
	mustStep(w, workflows.ChangeSeats.Step(), inOf(w, w.session, args, w.key()))
	if p := w.plans()[0]; p.State != "superseded" {
		t.Fatalf("the proposal for the seats there were is %s", p.State)
	}
	w.settle(people)
	if p := w.plans()[0]; p.State != "proposed" || len(p.Invite) != 1 || p.Invite[0].Slot != 0 {
		t.Fatalf("%+v", p)
	}
	args = workflows.SeatsArgs{Seats: make([]int, 8), Version: mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version}
	mustStep(w, workflows.ChangeSeats.Step(), inOf(w, w.session, args, w.key()))
	w.settle(people)
	if i, err := w.steps.Reader.Interview(context.Background(), w.session); err != nil || i.Filling != hiring.FillOff || w.plans()[0].State != "superseded" {
		t.Fatalf("nothing but breaks, and still filled: %+v, %v", i, err)
	}
}
