package activities

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"

	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// registry keeps what Register registers, by name.
type registry map[string]any

func (r registry) RegisterActivity(any) { panic("a step has a name") }
func (r registry) RegisterActivityWithOptions(fn any, o activity.RegisterOptions) {
	r[o.Name] = fn
}
func (r registry) RegisterDynamicActivity(any, activity.DynamicRegisterOptions) { panic("no") }

// counts is how many rows each table has, and how many seats are taken: what a repeat must not change.
func (w *world) counts() map[string]int {
	w.t.Helper()
	counts := map[string]int{}
	var tables []string
	ctx := context.Background()
	if err := w.db.NewRaw(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`).Scan(ctx, &tables); err != nil {
		w.t.Fatal(err)
	}
	for _, table := range tables {
		var n int
		if err := w.db.NewRaw(`SELECT count(*) FROM ?`, bun.Ident(table)).Scan(ctx, &n); err != nil {
			w.t.Fatal(err)
		}
		counts[table] = n
	}
	var seats int
	if err := w.db.NewRaw(`SELECT coalesce(sum(taken), 0) FROM slot`).Scan(ctx, &seats); err != nil {
		w.t.Fatal(err)
	}
	counts["seats taken"] = seats
	return counts
}

// twice runs a step two times with one key: the same answer, nothing written again.
func twice[In, Out any](w *world, s workflows.Step[In, workflows.Out[Out]], in any) {
	w.t.Helper()
	first := mustStep(w, s, in)
	before := w.counts()
	second := mustStep(w, s, in)
	if !reflect.DeepEqual(first.Answer, second.Answer) {
		w.t.Errorf("%s: first %+v, then %+v", s, first.Answer, second.Answer)
	}
	if after := w.counts(); !reflect.DeepEqual(before, after) {
		w.t.Errorf("%s: rows before the repeat %v, after %v", s, before, after)
	}
}

// TestEveryStepTwice runs every registered step two times, as a worker does that died between the commit
// and its report.
func TestEveryStepTwice(t *testing.T) {
	w := newWorld(t)
	tried := []string{}
	try := func(name string, run func()) {
		t.Helper()
		tried = append(tried, name)
		run()
	}
	try(string(workflows.Shortlist), func() {
		twice(w, workflows.Shortlist.Step(), inOf(w, w.responded(), workflows.ShortlistArgs{Rank: ptr(3)}, w.key()))
	})
	try(string(workflows.Unshortlist), func() { twice(w, workflows.Unshortlist.Step(), inOf(w, w.shortlisted(), workflows.None{}, w.key())) })
	try(string(workflows.Confirm), func() { app, b := w.invited(); twice(w, workflows.Confirm.Step(), inOf(w, app, b, w.key())) })
	try(string(workflows.Cancel), func() { app, b := w.confirmed(); twice(w, workflows.Cancel.Step(), inOf(w, app, b, w.key())) })
	try(string(workflows.Choose), func() {
		app, b := w.confirmed()
		twice(w, workflows.Choose.Step(), inOf(w, app, workflows.ChooseArgs{Booking: b.Booking, Version: b.Version, Interview: w.session.String(), Slot: 1}, w.key()))
	})
	try(string(workflows.Late), func() {
		app, b := w.confirmed()
		w.atSession(-time.Hour, func() {
			twice(w, workflows.Late.Step(), inOf(w, app, workflows.LateArgs{BookingArgs: b, Minutes: 20}, w.key()))
			do(w, workflows.Late, app, workflows.LateArgs{BookingArgs: w.latest(app), Minutes: 40})
			w.expect(app, "booked [confirmed+] [booked invitation]") // no mail, however often he says it
		})
	})
	try(string(workflows.Withdraw), func() {
		app, _ := w.confirmed()
		twice(w, workflows.Withdraw.Step(), inOf(w, app, workflows.None{}, w.key()))
	})
	try(string(workflows.Rejoin), func() {
		app, _ := w.confirmed()
		do(w, workflows.Withdraw, app, workflows.None{})
		twice(w, workflows.Rejoin.Step(), inOf(w, app, workflows.None{}, w.key()))
	})
	try(string(workflows.Erase), func() {
		app, _ := w.confirmed()
		twice(w, workflows.Erase.Step(), inOf(w, app, workflows.None{}, w.key()))
	})
	try(string(workflows.CheckIn), func() {
		app, b := w.confirmed()
		w.atSession(0, func() { twice(w, workflows.CheckIn.Step(), inOf(w, app, b, w.key())) })
	})
	try(string(workflows.UndoCheckIn), func() {
		app := w.arrived()
		twice(w, workflows.UndoCheckIn.Step(), inOf(w, app, w.latest(app), w.key()))
	})
	try(string(workflows.MarkNoShow), func() {
		app, b := w.confirmed()
		w.atSession(time.Minute, func() { twice(w, workflows.MarkNoShow.Step(), inOf(w, app, b, w.key())) })
	})
	try(string(workflows.MarkLeft), func() {
		app := w.arrived()
		twice(w, workflows.MarkLeft.Step(), inOf(w, app, w.latest(app), w.key()))
	})
	try(string(workflows.UndoLeft), func() {
		app := w.arrived()
		do(w, workflows.MarkLeft, app, w.latest(app))
		twice(w, workflows.UndoLeft.Step(), inOf(w, app, w.latest(app), w.key()))
	})
	try(string(workflows.WithdrawByUs), func() { app, b := w.confirmed(); twice(w, workflows.WithdrawByUs.Step(), inOf(w, app, b, w.key())) })
	try(string(workflows.FileScorecard), func() { twice(w, workflows.FileScorecard.Step(), inOf(w, w.arrived(), w.card(), w.key())) })
	try(string(workflows.Decide), func() {
		twice(w, workflows.Decide.Step(), inOf(w, w.interviewed(), workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"}, w.key()))
	})
	try(string(workflows.UndoDecision), func() {
		app := w.interviewed()
		do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reserve, Reason: "next_vacancy"})
		twice(w, workflows.UndoDecision.Step(), inOf(w, app, workflows.None{}, w.key()))
	})
	try(string(workflows.LoadApplication), func() { twice(w, workflows.LoadApplication, w.responded().String()) })
	try(string(workflows.LoadInterview), func() { twice(w, workflows.LoadInterview, w.session.String()) })
	try(string(workflows.Invite), func() {
		twice(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{w.shortlisted().String()}}, w.key()))
	})
	try(string(workflows.AdvanceApplication), func() {
		app := w.shortlisted()
		mustStep(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{app.String()}}, w.key()))
		offer := mustStep(w, workflows.LoadApplication, app.String()).Facts.Offers[0]
		twice(w, workflows.AdvanceApplication, inOf(w, app, workflows.Advance{Do: hiring.DoTakeOffer, Subject: offer}, w.key()))
	})
	facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
	try(string(workflows.ChangeSeats), func() {
		twice(w, workflows.ChangeSeats.Step(), inOf(w, w.session, workflows.SeatsArgs{Seats: []int{30, 30, 4}, Version: facts.Version}, w.key()))
	})
	try(string(workflows.AddLane), func() {
		other := uuid.New()
		w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'o@example.org', 'Olga', '{interviewer}', ?)`, other, w.now)
		in := inOf(w, w.session, workflows.LaneArgs{Staff: other.String()}, w.key())
		twice(w, workflows.AddLane.Step(), in)
		lane := mustStep(w, workflows.AddLane.Step(), in).Answer.ID
		try(string(workflows.CloseLane), func() {
			twice(w, workflows.CloseLane.Step(), inOf(w, w.session, workflows.LaneIDArgs{Lane: lane}, w.key()))
		})
	})
	try(string(workflows.Fill), func() {
		twice(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{
			Mode: hiring.FillPropose, Settings: hiring.PlanSettings{WaitingWorth: 0.01}, // room for many
		}, w.key()))
	})
	try(string(workflows.TakeProposal), func() {
		w.shortlisted()
		twice(w, workflows.AdvanceInterview, inOf(w, w.session, workflows.Advance{Do: hiring.DoReplan}, w.key()))
		twice(w, workflows.TakeProposal.Step(), inOf(w, w.session, workflows.ProposalArgs{Plan: w.plans()[0].ID.String()}, w.key()))
	})
	try(string(workflows.Dismiss), func() {
		w.shortlisted()
		w.now = w.now.Add(2 * time.Hour)
		mustStep(w, workflows.AdvanceInterview, inOf(w, w.session, workflows.Advance{Do: hiring.DoReplan}, w.key()))
		twice(w, workflows.Dismiss.Step(), inOf(w, w.session, workflows.ProposalArgs{Plan: w.plans()[0].ID.String()}, w.key()))
		w.now = w.now.Add(-2 * time.Hour)
	})
	try(string(workflows.OverridePlan), func() {
		in := inOf(w, w.session, workflows.OverrideArgs{
			Seats: []int{30, 30, 5}, Settings: hiring.DefaultPlanSettings(), Version: mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Version,
		}, w.key())
		before := len(w.plans())
		twice(w, workflows.OverridePlan.Step(), in)
		if plans := w.plans(); len(plans) != before+1 || plans[0].Cause != "manual" || plans[0].After.Invited != 65 {
			t.Errorf("%d plans, %d before", len(plans), before)
		}
	})
	try(string(workflows.Reshape), func() {
		facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
		twice(w, workflows.Reshape.Step(), inOf(w, w.session, workflows.ReshapeArgs{
			OverrideArgs: workflows.OverrideArgs{Seats: []int{30, 30, 5, 4}, Settings: hiring.DefaultPlanSettings(), Version: facts.Version},
			Starts:       facts.StartsAt, SlotMinutes: 30,
		}, w.key()))
		if now := mustStep(w, workflows.LoadInterview, w.session.String()).Facts; !now.EndsAt.Equal(facts.EndsAt.Add(30*time.Minute)) || w.plans()[0].After.Invited != 69 {
			t.Error(now.EndsAt, w.plans()[0].After.Invited)
		}
	})
	try(string(workflows.StopFilling), func() { twice(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key())) })
	tryTheDay(w, try)
	try(string(workflows.AdvanceInterview), func() {
		w.atSession(-time.Hour, func() {
			twice(w, workflows.AdvanceInterview, inOf(w, w.session, workflows.Advance{Do: hiring.DoStart}, w.key()))
		})
	})
	try(string(workflows.Schedule), func() {
		w.atSession(24*time.Hour, func() {
			twice(w, workflows.Schedule.Step(), inOf(w, uuid.New(), workflows.ScheduleArgs{
				Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
				Session: hiring.Session{Starts: w.now.Add(24 * time.Hour), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{w.staff.String()}, Room: 12, WaitMinutes: 60},
			}, w.key()))
		})
	})
	try(string(workflows.CloseSession), func() {
		over := w.another(70*time.Hour, 1)
		w.exec("UPDATE interview SET state = 'running' WHERE id = ?", over)
		w.atSession(72*time.Hour, func() { twice(w, workflows.CloseSession.Step(), inOf(w, over, workflows.None{}, w.key())) })
	})
	try(string(workflows.CancelSession), func() { twice(w, workflows.CancelSession.Step(), inOf(w, w.session, workflows.None{}, w.key())) })
	elsewhere := []string{ // without rows of their own, or tried where they are tested
		string(workflows.SendNudges), string(workflows.ReconcileAll),
		string(workflows.LoadIntake), string(workflows.AdvanceIntake), string(workflows.StartBatch), string(workflows.RevertBatch),
	}
	for name := range w.all {
		if !slices.Contains(tried, name) && !slices.Contains(elsewhere, name) {
			t.Errorf("%s is not run twice", name)
		}
	}
	if rows, broken, err := w.steps.Reader.VerifyJournal(context.Background()); err != nil || rows == 0 || len(broken) > 0 {
		t.Error(rows, broken, err)
	}
}
