package activities

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// reshaping is the command that gives the session these seats, from a moment after its start on.
func (w *world) reshaping(later time.Duration, seats ...int) workflows.In[workflows.ReshapeArgs] {
	w.t.Helper()
	facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
	return inOf(w, w.session, workflows.ReshapeArgs{
		OverrideArgs: workflows.OverrideArgs{Seats: seats, Settings: hiring.DefaultPlanSettings(), Version: facts.Version},
		Starts:       facts.StartsAt.Add(later), SlotMinutes: 30,
	}, w.key())
}

// shape is the session's times as start, seats, taken, with what its interviewer's hours end with.
func (w *world) shape() string {
	w.t.Helper()
	slots, err := w.steps.Reader.Slots(context.Background(), w.session)
	if err != nil {
		w.t.Fatal(err)
	}
	text := ""
	for _, s := range slots {
		text += fmt.Sprintf("%s %d/%d ", s.StartsAt.UTC().Format("15:04"), s.Taken, s.Seats)
	}
	var until time.Time
	if err := w.db.NewRaw(`SELECT upper(during) FROM lane WHERE interview_id = ?`, w.session).Scan(context.Background(), &until); err != nil {
		w.t.Fatal(err)
	}
	return text + "until " + until.UTC().Format("15:04")
}

// Another start is for a session that has not begun, though nobody holds a time of it; times may be added still.
func TestABegunSessionKeepsItsStart(t *testing.T) {
	w := newWorld(t)
	before := w.shape()
	w.now = w.now.Add(48 * time.Hour) // to the minute
	_, err := call(w, workflows.Reshape.Step(), w.reshaping(24*time.Hour, 20, 20, 2))
	if fault.CodeOf(err) != "session_begun" || w.shape() != before {
		t.Fatal(err, w.shape())
	}
	mustStep(w, workflows.Reshape.Step(), w.reshaping(0, 20, 20, 2, 2))
	if got := w.shape(); got != "09:00 0/20 09:30 0/20 10:00 0/2 10:30 0/2 until 11:00" {
		t.Fatal(got)
	}
}

// Somebody takes a time after the judgement that nobody holds it and before it is removed: his booking stands,
// and of the reshape nothing is done.
func TestATimeTakenWhileItIsRemoved(t *testing.T) {
	for name, c := range map[string]struct {
		later time.Duration
		seats []int
	}{"taken off": {0, []int{20, 20}}, "moved": {time.Hour, []int{20, 20, 2}}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			app, held := w.confirmed()
			err := w.steps.Records.Do(context.Background(), func(rec *store.Record) error {
				session, err := rec.Interview(context.Background(), w.session) // unlocked: a booking waits for the lock
				if err != nil {
					return err
				}
				do(w, workflows.Choose, app, workflows.ChooseArgs{Booking: held.Booking, Version: held.Version, Interview: w.session.String(), Slot: 2})
				in := w.reshaping(c.later, c.seats...).Args
				to := in.Shape()
				var next []store.Slot
				for n, at := range to.SlotTimes() {
					next = append(next, store.Slot{InterviewID: w.session, Number: n, StartsAt: at, Seats: in.Seats[n]})
				}
				session.StartsAt, session.EndsAt = to.Starts, to.Ends()
				return rec.Reshape(context.Background(), &session, next, c.later != 0)
			})
			if got := w.shape(); fault.CodeOf(err) != "seat_taken" || got != "09:00 0/20 09:30 0/20 10:00 1/2 until 10:30" {
				t.Fatal(err, got)
			}
			w.expect(app, "booked [confirmed+] [booked invitation moved]")
		})
	}
}

// Booking the last time and removing it at the same moment: one of them is refused, and nothing is half done.
func TestABookingRacesAReshape(t *testing.T) {
	w := newWorld(t)
	won := map[string]int{}
	for range 8 {
		if got := w.shape(); got != "09:00 0/20 09:30 0/20 10:00 0/2 until 10:30" {
			t.Fatal(got)
		}
		app, held := w.confirmed()
		reshape := w.reshaping(0, 20, 20)
		choose := workflows.In[workflows.ChooseArgs]{
			ID: app.String(), By: workflows.By{Actor: "candidate/" + app.String(), Key: "once"}, At: w.now,
			Args: workflows.ChooseArgs{Booking: held.Booking, Version: held.Version, Interview: w.session.String(), Slot: 2},
		}
		var booked, reshaped error
		var wait sync.WaitGroup
		begin := make(chan struct{})
		wait.Go(func() {
			<-begin
			booked = insist(func() error { _, err := call(w, workflows.Choose.Step(), choose); return err })
		})
		wait.Go(func() {
			<-begin
			reshaped = insist(func() error { _, err := call(w, workflows.Reshape.Step(), reshape); return err })
		})
		close(begin)
		wait.Wait()
		switch b, r := fault.CodeOf(booked), fault.CodeOf(reshaped); {
		case booked == nil && (r == "slot_held" || r == "seat_taken"):
			won["booking"]++
			if got := w.shape(); got != "09:00 0/20 09:30 0/20 10:00 1/2 until 10:30" {
				t.Fatal(got)
			}
			w.expect(app, "booked [confirmed+] [booked invitation moved]")
		case reshaped == nil && (b == "seat_taken" || b == "not_found"):
			won["reshape"]++
			if got := w.shape(); got != "09:00 1/20 09:30 0/20 until 10:00" {
				t.Fatal(got)
			}
			w.expect(app, "booked [confirmed+] [booked invitation]")
			mustStep(w, workflows.Reshape.Step(), w.reshaping(0, 20, 20, 2))
		default:
			t.Fatalf("booked: %v, reshaped: %v", booked, reshaped)
		}
		do(w, workflows.WithdrawByUs, app, w.latest(app))
	}
	t.Log(won) // whoever comes first; both orders are sound
}

// insist runs a step as the engine does: again, until it is done or refused.
func insist(step func() error) (err error) {
	for range 5 {
		if err = step(); err == nil || fault.As(err) != nil {
			break
		}
	}
	return err
}
