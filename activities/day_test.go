package activities

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// onSession runs a command on the session and returns its answer.
func onSession[A workflows.Args](w *world, c workflows.Command[A, hiring.InterviewFacts], a A) workflows.Answer {
	w.t.Helper()
	return mustStep(w, c.Step(), inOf(w, w.session, a, w.key())).Answer
}

// refusedOn runs a command on the session that must be refused with the code.
func refusedOn[A workflows.Args](w *world, code string, c workflows.Command[A, hiring.InterviewFacts], a A) {
	w.t.Helper()
	if _, err := call(w, c.Step(), inOf(w, w.session, a, w.key())); fault.CodeOf(err) != code {
		w.t.Errorf("%s: %v, want %s", c, err, code)
	}
}

// advanceSession lets the session's process take every step that is due now.
func (w *world) advanceSession() {
	w.t.Helper()
	for range 20 {
		facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
		next := facts.Next(w.now)
		if next.Do == "" {
			return
		}
		in := inOf(w, w.session, workflows.Advance{Do: next.Do, Subject: next.Subject}, "interview"+next.Do+next.Occasion)
		in.By.Actor = workflows.System
		mustStep(w, workflows.AdvanceInterview, in)
	}
	w.t.Fatal("never comes to rest")
}

// lane opens a lane for a new interviewer.
func (w *world) lane() workflows.LaneIDArgs {
	w.t.Helper()
	id := uuid.New()
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, ?, 'Olga', '{interviewer}', ?)`, id, id.String()+"@example.org", w.now)
	return workflows.LaneIDArgs{Lane: onSession(w, workflows.AddLane, workflows.LaneArgs{Staff: id.String()}).ID}
}

// firstLane is the one the session was scheduled with.
func (w *world) firstLane() workflows.LaneIDArgs {
	w.t.Helper()
	lanes, err := w.steps.Reader.Lanes(context.Background(), w.session)
	if err != nil || len(lanes) == 0 {
		w.t.Fatal(lanes, err)
	}
	return workflows.LaneIDArgs{Lane: lanes[0].ID.String()}
}

func tryTheDay(w *world, try func(string, func())) {
	w.t.Helper()
	lane := w.lane()
	w.arrived()
	w.atSession(5*time.Minute, func() {
		var call workflows.CallIDArgs
		try(string(workflows.MarkAbsent), func() {
			other := *w
			other.session = uuid.New()
			other.at48(func() {
				mustStep(&other, workflows.Schedule.Step(), inOf(&other, other.session, workflows.ScheduleArgs{
					Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
					Session: hiring.Session{Starts: other.now.Add(48*time.Hour + time.Minute), SlotMinutes: 30, Seats: []int{5}, Lanes: []string{w.someone()}, Room: 12, WaitMinutes: 60},
				}, w.key()))
			})
			other.keys = w.keys + 1000
			twice(&other, workflows.MarkAbsent.Step(), inOf(&other, other.session, workflows.None{}, other.key()))
		})
		try(string(workflows.CallNext), func() {
			in := inOf(w, w.session, lane, w.key())
			twice(w, workflows.CallNext.Step(), in)
			call.Call = mustStep(w, workflows.CallNext.Step(), in).Answer.ID
		})
		try(string(workflows.ReturnToQueue), func() { twice(w, workflows.ReturnToQueue.Step(), inOf(w, w.session, call, w.key())) })
		try(string(workflows.Call), func() {
			queue, err := w.steps.Reader.InQueue(context.Background(), w.session)
			if err != nil || len(queue) == 0 {
				w.t.Fatal(queue, err)
			}
			in := inOf(w, w.session, workflows.CallArgs{Booking: queue[0].ID, Lane: lane.Lane}, w.key())
			twice(w, workflows.Call.Step(), in)
			call.Call = mustStep(w, workflows.Call.Step(), in).Answer.ID
		})
		try(string(workflows.StartInterview), func() { twice(w, workflows.StartInterview.Step(), inOf(w, w.session, call, w.key())) })
		try(string(workflows.FinishInterview), func() { twice(w, workflows.FinishInterview.Step(), inOf(w, w.session, call, w.key())) })
		try(string(workflows.PauseLane), func() { twice(w, workflows.PauseLane.Step(), inOf(w, w.session, lane, w.key())) })
		try(string(workflows.ResumeLane), func() { twice(w, workflows.ResumeLane.Step(), inOf(w, w.session, lane, w.key())) })
		try(string(workflows.WalkIn), func() {
			twice(w, workflows.WalkIn.Step(), inOf(w, w.responded(), workflows.WalkInArgs{Interview: w.session.String()}, w.key()))
		})
	})
	try(string(workflows.Rebook), func() {
		app := w.arrived()
		twice(w, workflows.Rebook.Step(), inOf(w, app, workflows.RebookArgs{Interview: w.session.String(), Slot: 2}, w.key()))
	})
}

// at48 runs fn two days earlier.
func (w *world) at48(fn func()) {
	before := w.now
	w.now = before.Add(-48*time.Hour - 6*time.Minute)
	fn()
	w.now = before
}

func (w *world) someone() string {
	id := uuid.New()
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, ?, 'Pavel', '{interviewer}', ?)`, id, id.String()+"@example.org", w.now)
	return id.String()
}

func TestTheDayFromQueueToThanks(t *testing.T) {
	w := newWorld(t)
	one, two, three := w.arrived(), w.arrived(), w.arrived()
	lane, other := w.firstLane(), w.lane()
	begin := w.now.Add(48 * time.Hour)
	w.now = begin.Add(10 * time.Minute)
	first := onSession(w, workflows.CallNext, lane)
	refusedOn(w, "lane_busy", workflows.CallNext, lane)
	refusedOn(w, "lane_busy", workflows.CloseLane, lane)
	refusedOn(w, "already_called", workflows.Call, workflows.CallArgs{Booking: w.calledBooking(first.ID), Lane: other.Lane})
	onSession(w, workflows.PauseLane, other)
	refusedOn(w, "lane_paused", workflows.CallNext, other)
	onSession(w, workflows.ResumeLane, other)
	second := onSession(w, workflows.CallNext, other)
	if w.calledBooking(first.ID) == w.calledBooking(second.ID) {
		t.Fatal("one person was called to two lanes")
	}
	onSession(w, workflows.StartInterview, workflows.CallIDArgs{Call: first.ID})
	refusedOn(w, "already_started", workflows.StartInterview, workflows.CallIDArgs{Call: first.ID})
	w.now = begin.Add(40 * time.Minute)
	answer := onSession(w, workflows.FinishInterview, workflows.CallIDArgs{Call: first.ID})
	met := w.applicationOf(first.ID)
	if !slices.Equal(answer.Nudge, []string{"application/" + met.String()}) {
		t.Fatal(answer.Nudge)
	}
	w.advance(met)
	if got, want := w.story(met), "interviewed [interviewed+] [booked invitation thanks]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// The scorecard before the end of the call: the process ends it.
	scored := w.applicationOf(second.ID)
	out := mustStep(w, workflows.FileScorecard.Step(), inOf(w, scored, w.card(), w.key()))
	if !slices.Contains(out.Answer.Nudge, "interview/"+w.session.String()) {
		t.Error("the session is not told that the person called was scored", out.Answer.Nudge)
	}
	w.advanceSession()
	refusedOn(w, "call_over", workflows.FinishInterview, workflows.CallIDArgs{Call: second.ID})
	// And after it: one thanks, and the card knows the meeting.
	do(w, workflows.FileScorecard, met, w.card())
	if got, want := w.story(met), "interviewed [interviewed+] [booked invitation thanks]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	cards, err := w.steps.Reader.Scorecards(context.Background(), met)
	if err != nil || len(cards) != 1 || cards[0].BookingID == nil {
		t.Error(cards, err)
	}
	// The third leaves while he is called.
	third := onSession(w, workflows.CallNext, lane)
	left := w.applicationOf(third.ID)
	if !slices.Contains([]uuid.UUID{one, two, three}, left) {
		t.Fatal(left)
	}
	do(w, workflows.MarkLeft, left, w.latest(left))
	w.advanceSession()
	refusedOn(w, "nobody_waiting", workflows.CallNext, lane)
	onSession(w, workflows.CloseLane, other)
	// A decision told at once makes thanks superfluous.
	do(w, workflows.Decide, met, workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"})
	if n := w.mails("thanks", "dropped"); n != 1 {
		t.Error(n, "thanks taken back")
	}
	w.now = begin.Add(90*time.Minute + hiring.CloseAfter)
	w.advanceSession()
	report, kept, err := w.steps.Reader.Report(context.Background(), w.session)
	if err != nil || !kept || report.Came != 3 || report.Interviewed != 2 || report.Left != 1 || report.Waits != 3 || len(report.Lanes) != 2 {
		t.Errorf("%+v %v %v", report, kept, err)
	}
	if report.WaitMax != 40 || report.WaitMedian != 10 {
		t.Errorf("%+v", report)
	}
}

func (w *world) calledBooking(id string) string {
	w.t.Helper()
	c, err := w.steps.Reader.Call(context.Background(), w.session, uuid.MustParse(id))
	if err != nil {
		w.t.Fatal(err)
	}
	return c.BookingID.String()
}

func (w *world) applicationOf(id string) uuid.UUID {
	w.t.Helper()
	b, err := w.steps.Reader.BookingState(context.Background(), w.session, uuid.MustParse(w.calledBooking(id)))
	if err != nil {
		w.t.Fatal(err)
	}
	return b.ApplicationID
}

func (w *world) mails(kind, state string) (n int) {
	w.t.Helper()
	if err := w.db.NewRaw(`SELECT count(*) FROM outgoing_mail WHERE kind = ? AND state = ?`, kind, state).Scan(context.Background(), &n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// Fifty presses of "call next" on three lanes while the interviewers work: nobody is called twice, and
// everybody once.
func TestManyScreensCallNext(t *testing.T) {
	w := newWorld(t)
	var apps []uuid.UUID
	for range 20 {
		apps = append(apps, w.shortlisted())
	}
	w.invite(apps...)
	for _, app := range apps {
		do(w, workflows.Confirm, app, w.latest(app))
	}
	lanes := []workflows.LaneIDArgs{w.firstLane(), w.lane(), w.lane()}
	w.now = w.now.Add(48 * time.Hour)
	for _, app := range apps {
		do(w, workflows.CheckIn, app, w.latest(app))
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	called := map[string]int{}
	codes := map[string]int{}
	for n := range 50 {
		wait.Go(func() {
			for try := 0; ; try++ {
				out, err := call(w, workflows.CallNext.Step(), inOf(w, w.session, lanes[n%3], fmt.Sprint("screen-", n, "-", try)))
				mu.Lock()
				codes[fault.CodeOf(err)]++
				mu.Unlock()
				if fault.CodeOf(err) == "lane_busy" {
					continue // whoever has the lane finishes
				}
				if err != nil {
					return
				}
				c, err := w.steps.Reader.Call(context.Background(), w.session, uuid.MustParse(out.Answer.ID))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				called[c.BookingID.String()]++
				mu.Unlock()
				if _, err := call(w, workflows.FinishInterview.Step(), inOf(w, w.session, workflows.CallIDArgs{Call: out.Answer.ID}, fmt.Sprint("done-", n, "-", try))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for booking, n := range called {
		if n != 1 {
			t.Errorf("%s was called %d times", booking, n)
		}
	}
	if len(called) != len(apps) || codes["nobody_waiting"] != 50 {
		t.Errorf("%d called, refused: %v", len(called), codes)
	}
	t.Logf("%d called, refused: %v", len(called), codes)
}
