package activities

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// What a yes changes under the person's other application stands in the history of that one, once however often the step
// runs, and its chain holds.
func TestTheOtherApplicationsHistoryTellsIt(t *testing.T) {
	w := newWorld(t)
	app, twin, _ := w.both(quarterLater, true)
	in := inOf(w, app, w.inSession(app, w.session), w.key())
	in.By.Actor = "candidate/" + app.String()
	twice(w, workflows.Confirm.Step(), in)
	events, err := w.steps.Reader.JournalOf(context.Background(), "application/"+twin.String())
	if err != nil || len(events) != 2 || events[0].Step != gaveWay || events[0].Code != "gave_way" || events[0].Actor != in.By.Actor || events[1].Code != "invited" {
		t.Errorf("%+v %v", events, err)
	}
	if rows, broken, err := w.steps.Reader.VerifyJournal(context.Background()); err != nil || len(broken) != 0 || rows < 5 {
		t.Error(rows, broken, err)
	}
	w.expect(twin, "shortlisted [withdrawn_by_us] [invitation dropped]")
}

// Whoever is back on the other vacancy's shortlist is news to the sessions that are filled from it.
func TestTheOtherVacancysSessionsAreWoken(t *testing.T) {
	w := newWorld(t)
	app, twin, other := w.both(quarterLater, false)
	var second uuid.UUID
	if err := w.db.NewRaw(`SELECT vacancy_id FROM application WHERE id = ?`, twin).Scan(context.Background(), &second); err != nil {
		t.Fatal(err)
	}
	filled := w.sessionFor(second, 2*quarterLater, 1, 1)
	mustStep(w, workflows.Fill.Step(), inOf(w, filled, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, w.key()))
	mustStep(w, workflows.Fill.Step(), inOf(w, other, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, w.key()))
	got := do(w, workflows.Confirm, app, w.inSession(app, w.session)).Nudge
	want := []string{"application/" + twin.String(), "interview/" + filled.String(), "interview/" + other.String()}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("woken are %v, not %v", got, want)
	}
}
