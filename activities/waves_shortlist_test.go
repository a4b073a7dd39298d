package activities

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

func TestFillingWithoutAReserve(t *testing.T) {
	w, _ := filling(t, 0, hiring.FillAuto)
	w.settle(nil)
	if plans := w.plans(); len(plans) != 1 || plans[0].State != "figures" || len(plans[0].Invite) != 0 || plans[0].Quiet != hiring.QuietShortlist {
		t.Fatalf("%+v", plans)
	}
	// Whoever has got an address since is found by the clock.
	mute := w.responded()
	w.exec(`UPDATE application SET state = 'shortlisted', changed_at = ? WHERE id = ?`, w.now.Add(-time.Hour), mute)
	w.now = w.now.Add(30 * time.Minute)
	w.settle([]uuid.UUID{mute})
	if w.inState(hiring.BookingInvited) != 0 {
		t.Fatal("nothing was heard of him")
	}
	w.now = w.now.Add(31 * time.Minute)
	w.settle([]uuid.UUID{mute})
	if w.inState(hiring.BookingInvited) != 1 {
		t.Fatal("the clock looks again")
	}
}

// Putting people on the shortlist wakes the sessions that are filled from it, and those who come together are planned once.
func TestTheShortlistWakesFilling(t *testing.T) {
	w, _ := filling(t, 0, hiring.FillAuto)
	w.settle(nil)
	plans := len(w.plans())
	w.now = w.now.Add(time.Minute)
	first, second := w.responded(), w.responded()
	for _, app := range []uuid.UUID{first, second} {
		if got := do(w, workflows.Shortlist, app, workflows.ShortlistArgs{}).Nudge; len(got) != 1 || got[0] != "interview/"+w.session.String() {
			t.Fatal(got)
		}
	}
	people := []uuid.UUID{first, second}
	w.settle(people)
	if w.inState(hiring.BookingInvited) != 2 || len(w.plans()) != plans+1 || w.plans()[0].Cause != "shortlist" {
		t.Fatal(w.inState(hiring.BookingInvited), len(w.plans()))
	}
	// A moment later the next one waits until others may have come; a new rank is news too.
	w.now = w.now.Add(5 * time.Second)
	third := w.shortlisted()
	people = append(people, third)
	w.settle(people)
	if w.inState(hiring.BookingInvited) != 2 {
		t.Fatal("planned twice in a moment")
	}
	if got := do(w, workflows.Shortlist, third, workflows.ShortlistArgs{Rank: ptr(1)}).Nudge; len(got) != 1 {
		t.Fatal(got)
	}
	w.now = w.now.Add(15 * time.Second)
	w.settle(people)
	if w.inState(hiring.BookingInvited) != 3 {
		t.Fatal("the third is not invited")
	}
	// Nobody is woken for a session that is not filled.
	mustStep(w, workflows.StopFilling.Step(), inOf(w, w.session, workflows.None{}, w.key()))
	if got := do(w, workflows.Shortlist, w.responded(), workflows.ShortlistArgs{}).Nudge; len(got) != 0 {
		t.Fatal(got)
	}
}

// Many put there at once wake them too, once a step.
func TestABulkShortlistWakesFilling(t *testing.T) {
	w, _ := filling(t, 0, hiring.FillPropose)
	var people []uuid.UUID
	for range 3 {
		people = append(people, w.responded())
	}
	b := &intakeBench{TB: t, db: w.db, steps: w.steps, catalog: store.NewCatalog(w.db)}
	id, err := b.catalog.NewShortlist(context.Background(), b.act(), people)
	b.must(err)
	batch, nudges := b.work(id, workflows.StartBatch, startBatch)
	if batch.Added != 3 || len(nudges) != 1 || nudges[0] != "interview/"+w.session.String() {
		t.Error(batch.Added, nudges)
	}
}
