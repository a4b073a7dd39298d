package activities

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func TestWalkInAndPriority(t *testing.T) {
	w := newWorld(t)
	early, walker := w.arrived(), w.responded()
	begin := w.now.Add(48 * time.Hour)
	w.now = begin.Add(2 * time.Minute)
	do(w, workflows.WalkIn, walker, workflows.WalkInArgs{Interview: w.session.String()})
	if got, want := w.story(walker), "arrived [walk_in] []"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := call(w, workflows.WalkIn.Step(), inOf(w, walker, workflows.WalkInArgs{Interview: w.session.String()}, w.key())); fault.CodeOf(err) != "already_in_session" {
		t.Error(err)
	}
	queue, err := w.steps.Reader.InQueue(context.Background(), w.session)
	if err != nil || len(queue) != 2 {
		t.Fatal(queue, err)
	}
	if next, _ := hiring.NextCalled(queue); next.ID != w.latest(early).Booking {
		t.Error("a walk-in was called before an invited person")
	}
	// One lane: one place that comes first at a time.
	to := workflows.RebookArgs{Interview: w.session.String(), Slot: 2}
	do(w, workflows.Rebook, early, to)
	if got, want := w.story(early), "booked [left_without_interview confirmed+] [booked invitation moved]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	booking := uuid.MustParse(w.latest(early).Booking)
	letter, err := w.steps.Reader.CandidateLetter(context.Background(), early, &booking)
	page, pageErr := w.steps.Reader.CandidatePage(context.Background(), early)
	if err != nil || pageErr != nil || !letter.Priority || !page.Priority {
		t.Error("the mail and the page do not know that he comes first", err, pageErr)
	}
	if _, err := call(w, workflows.Rebook.Step(), inOf(w, walker, to, w.key())); fault.CodeOf(err) != "no_priority_place" {
		t.Error("a place that comes first was promised twice", err)
	}
	w.lane()
	w.now = w.now.Add(time.Minute)
	do(w, workflows.Rebook, walker, to)
	if got, want := w.story(walker), "booked [left_without_interview confirmed+] [moved]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	w.now = begin.Add(time.Hour)
	do(w, workflows.CheckIn, walker, w.latest(walker))
	again := w.responded()
	do(w, workflows.WalkIn, again, workflows.WalkInArgs{Interview: w.session.String()})
	do(w, workflows.UndoCheckIn, again, w.latest(again))
	if got, want := w.story(again), "shortlisted [withdrawn_by_us] []"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Who comes unasked before the start is kept waiting from the start on, as everybody else.
func TestWalkInBeforeTheStart(t *testing.T) {
	w := newWorld(t)
	walker := w.responded()
	begin := w.now.Add(48 * time.Hour)
	w.now = begin.Add(-40 * time.Minute)
	do(w, workflows.WalkIn, walker, workflows.WalkInArgs{Interview: w.session.String()})
	queue, err := w.steps.Reader.InQueue(context.Background(), w.session)
	if err != nil || len(queue) != 1 {
		t.Fatal(queue, err)
	}
	if early, late := queue[0].Waited(begin), queue[0].Waited(begin.Add(10*time.Minute)); early != 0 || late != 10*time.Minute {
		t.Errorf("waited %v at the start, %v ten minutes later", early, late)
	}
}

// Noted as left by mistake: he waits again, since he came, and nobody is told of another time. Who has taken another time
// by then does not come back.
func TestHereAfterAll(t *testing.T) {
	w := newWorld(t)
	app, walker := w.arrived(), w.responded()
	w.now = w.now.Add(48*time.Hour + 5*time.Minute)
	do(w, workflows.WalkIn, walker, workflows.WalkInArgs{Interview: w.session.String()})
	onSession(w, workflows.CallNext, w.firstLane())
	for _, who := range []uuid.UUID{app, walker} {
		w.now = w.now.Add(10 * time.Minute)
		do(w, workflows.MarkLeft, who, w.latest(who))
	}
	w.advanceSession() // the call of who left is over
	for _, who := range []uuid.UUID{app, walker} {
		do(w, workflows.UndoLeft, who, w.latest(who))
	}
	w.expect(app, "arrived [arrived+] [booked invitation left_rebook dropped]")
	w.expect(walker, "arrived [walk_in] [left_rebook dropped]")
	if dropped, queued := w.mails("left_rebook", "dropped"), w.mails("left_rebook", "queued"); dropped != 2 || queued != 0 {
		t.Error(dropped, queued)
	}
	queue, err := w.steps.Reader.InQueue(context.Background(), w.session)
	if err != nil || len(queue) != 2 {
		t.Fatal(queue, err)
	}
	if next, _ := hiring.NextCalled(queue); next.ID != w.latest(app).Booking {
		t.Error("who was first is not first again")
	}
	do(w, workflows.MarkLeft, app, w.latest(app))
	next := w.another(70*time.Hour, 2, 2)
	left := w.latest(app)
	do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String()})
	for _, c := range []struct {
		who  workflows.BookingArgs
		want string
	}{{left, "has_time"}, {w.latest(app), "not_left"}} {
		if _, err := call(w, workflows.UndoLeft.Step(), inOf(w, app, c.who, w.key())); fault.CodeOf(err) != c.want {
			t.Error(err, "want", c.want)
		}
	}
}

// HR closes the day before it closes by itself, once its last time has come and nobody is expected or inside. Who still
// waits is told that we are sorry, and so is who comes after all, later.
func TestClosedByHand(t *testing.T) {
	w := newWorld(t)
	met, waits, comes := w.arrived(), w.arrived(), w.arrived()
	late, booking := w.confirmed()
	refusedOn(w, "session_not_running", workflows.CloseSession, workflows.None{})
	begin := w.now.Add(48 * time.Hour)
	w.now = begin
	w.advanceSession()
	one := onSession(w, workflows.CallNext, w.firstLane())
	onSession(w, workflows.StartInterview, workflows.CallIDArgs{Call: one.ID})
	refusedOn(w, "times_ahead", workflows.CloseSession, workflows.None{})
	w.now = begin.Add(90 * time.Minute)
	refusedOn(w, "still_talking", workflows.CloseSession, workflows.None{})
	onSession(w, workflows.FinishInterview, workflows.CallIDArgs{Call: one.ID})
	refusedOn(w, "still_expected", workflows.CloseSession, workflows.None{})
	do(w, workflows.MarkNoShow, late, booking)
	onSession(w, workflows.CloseLane, w.firstLane())
	onSession(w, workflows.AddLane, workflows.LaneArgs{Staff: w.staff.String()}) // opened again, and not used: he has called all the same
	onSession(w, workflows.CloseSession, workflows.None{})
	refusedOn(w, "session_not_running", workflows.CloseSession, workflows.None{})
	do(w, workflows.CheckIn, late, w.latest(late))
	for _, app := range []uuid.UUID{met, waits, comes, late} {
		w.advance(app)
	}
	if thanked, sorry, missed := w.mails("thanks", "queued"), w.mails("left_rebook", "queued"), w.mails("no_show", "queued"); thanked != 1 || sorry != 3 || missed != 0 {
		t.Error(thanked, "are thanked,", sorry, "are told that we are sorry,", missed, "that we missed them")
	}
	if report, kept, err := w.steps.Reader.Report(context.Background(), w.session); err != nil || !kept || report.Came != 3 || report.NoShow != 1 {
		t.Error(report, kept, err)
	}
}

func TestNobodyToMeetThem(t *testing.T) {
	w := newWorld(t)
	app := w.arrived()
	w.now = w.now.Add(48 * time.Hour)
	w.now = w.now.Add(30 * time.Minute)
	answer := onSession(w, workflows.MarkAbsent, workflows.None{})
	if answer.Count != 1 {
		t.Error(answer)
	}
	w.advance(app)
	if got, want := w.story(app), "shortlisted [interviewer_no_show+] [booked invitation left_rebook]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// The interviewer says that it took place after all.
	do(w, workflows.FileScorecard, app, w.card())
	if got := w.mails("left_rebook", "dropped"); got != 1 {
		t.Error("the apology stands")
	}
	w = newWorld(t)
	met, missed, unsaid := w.arrived(), w.arrived(), w.arrived()
	w.now = w.now.Add(48 * time.Hour)
	one := onSession(w, workflows.CallNext, w.firstLane())
	onSession(w, workflows.StartInterview, workflows.CallIDArgs{Call: one.ID})
	refusedOn(w, "lane_opened", workflows.MarkAbsent, workflows.None{})
	w.now = w.now.Add(90*time.Minute + hiring.CloseAfter)
	w.advanceSession()
	unmet := 0
	for _, app := range []uuid.UUID{met, missed, unsaid} {
		w.advance(app)
		switch w.story(app) {
		case "shortlisted [interviewer_no_show+] [booked invitation left_rebook]":
			unmet++
		case "interviewed [interviewed+] [booked invitation thanks]":
		default:
			t.Error(w.story(app))
		}
	}
	if unmet != 2 {
		t.Error(unmet, "were noted as not met")
	}
}
