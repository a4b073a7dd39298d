package activities

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

func (w *world) verdict() (*hiring.PlanVerdict, bool) {
	w.t.Helper()
	v, judged, err := w.steps.Reader.Verdict(context.Background(), w.session)
	if err != nil {
		w.t.Fatal(err)
	}
	return v, judged
}

// awaited says whether Reconcile would start the session's process.
func (w *world) awaited() (found bool) {
	w.t.Helper()
	if err := w.steps.Reader.Awaited(context.Background(), 100, func(page []store.Awaited) error {
		found = found || slices.ContainsFunc(page, func(a store.Awaited) bool { return a.ID == "interview/"+w.session.String() })
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return found
}

// A session is judged when it closes, and once more when somebody's attendance is corrected after that; what
// comes to rest without another outcome judges nothing anew.
func TestJudgedAgain(t *testing.T) {
	w := newWorld(t)
	came := w.arrived()
	late, booking := w.confirmed()
	silent, _ := w.invited()
	w.sent(silent)
	w.now = w.now.Add(48*time.Hour + 90*time.Minute)
	do(w, workflows.MarkNoShow, late, booking)
	w.now = w.now.Add(hiring.CloseAfter)
	if _, judged := w.verdict(); judged || mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Unjudged {
		t.Fatal("judged, or to be, before it is over")
	}
	w.advanceSession()
	if v, judged := w.verdict(); !judged || v == nil || v.People != 3 || v.Came != 1 || v.OneEach.Invited != 3 || w.awaited() {
		t.Fatalf("%+v, judged %v", v, judged)
	}
	w.advance(came) // not met
	w.advance(silent)
	if _, judged := w.verdict(); !judged || w.awaited() {
		t.Error("to be judged anew on the same outcomes")
	}

	before, _ := w.verdict()
	counted, _, err := w.steps.Reader.Report(context.Background(), w.session)
	if err != nil {
		t.Fatal(err)
	}
	answer := do(w, workflows.CheckIn, late, w.latest(late)) // at the last moment, after the session's process
	if !slices.Contains(answer.Nudge, "interview/"+w.session.String()) || !w.awaited() {
		t.Fatal("nobody tells the session", answer.Nudge)
	}
	facts := mustStep(w, workflows.LoadInterview, w.session.String()).Facts
	if next := facts.Next(w.now); next.Do != hiring.DoJudge {
		t.Fatal(next)
	}
	twice(w, workflows.AdvanceInterview, inOf(w, w.session, workflows.Advance{Do: hiring.DoJudge}, w.key()))
	after, judged := w.verdict()
	if !judged || after.Came != before.Came+1 || w.awaited() {
		t.Fatalf("%+v, before %+v", after, before)
	}
	if next := mustStep(w, workflows.LoadInterview, w.session.String()).Facts.Next(w.now); !next.End {
		t.Error(next)
	}
	// The day in figures is counted again, as long as it was.
	recounted, _, err := w.steps.Reader.Report(context.Background(), w.session)
	if err != nil || recounted.Came != counted.Came+1 || recounted.NoShow != counted.NoShow-1 || recounted.Idle != counted.Idle {
		t.Errorf("%+v, before %+v, %v", recounted, counted, err)
	}

	// It closed before verdicts were kept: Reconcile has it judged.
	w.exec(`DELETE FROM session_report`)
	if !w.awaited() {
		t.Fatal("nobody judges it")
	}
	w.advanceSession()
	if again, judged := w.verdict(); !judged || *again.Plan != *after.Plan || again.Came != after.Came || w.awaited() {
		t.Errorf("%+v, %v", again, judged)
	}
}

// Nobody's outcome is known: that is said once, and not asked again.
func TestNothingToJudge(t *testing.T) {
	w := newWorld(t)
	app, b := w.confirmed()
	do(w, workflows.WithdrawByUs, app, b)
	w.now = w.now.Add(48*time.Hour + 90*time.Minute + hiring.CloseAfter)
	w.advanceSession()
	if v, judged := w.verdict(); v != nil || !judged || w.awaited() {
		t.Error(v, judged)
	}
}
