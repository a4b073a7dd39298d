package activities

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// sentAway is somebody who came and left without an interview, and a session in three days with a time for two.
func sentAway(t *testing.T) (w *world, app, next uuid.UUID) {
	t.Helper()
	w = newWorld(t)
	app = w.arrived()
	w.now = w.now.Add(49 * time.Hour)
	do(w, workflows.MarkLeft, app, w.latest(app))
	return w, app, w.another(70*time.Hour, 2, 2)
}

func (w *world) reserve(session uuid.UUID) []uuid.UUID {
	w.t.Helper()
	ids, err := w.steps.Reader.Reserve(context.Background(), session, w.now, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// comesFirst reports whether the application's confirmed place comes first.
func (w *world) comesFirst(app uuid.UUID) (first bool) {
	w.t.Helper()
	if err := w.db.NewRaw(`SELECT priority FROM booking WHERE application_id = ? AND state = 'confirmed'`, app).Scan(context.Background(), &first); err != nil {
		w.t.Fatal(err)
	}
	return first
}

// Filling passes over who was promised a time that comes first, under whichever of his records, until that is over.
func TestFillingPassesOverWhoWasPromisedATime(t *testing.T) {
	w, app, next := sentAway(t)
	twin, other := w.beside(app, w.vacancy, true), w.shortlisted()
	do(w, workflows.Shortlist, twin, workflows.ShortlistArgs{})
	w.session = next
	mustStep(w, workflows.Fill.Step(), inOf(w, next, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, w.key()))
	w.settle([]uuid.UUID{app, twin, other})
	w.expect(app, "shortlisted [left_without_interview+] [booked invitation left_rebook]")
	w.expect(twin, "shortlisted [] []")
	w.expect(other, "invited [invited+] [invitation]")
	if got := w.reserve(next); len(got) != 0 {
		t.Error(got)
	}
	w.now = w.now.AddDate(0, 0, hiring.DefaultPolicy().AgainDays).Add(time.Second)
	if got := w.reserve(next); len(got) != 1 || !slices.Contains([]uuid.UUID{app, twin}, got[0]) {
		t.Error("the promise is over:", got)
	}
}

// Whatever became of an ordinary invitation, the time that he takes comes first while the promise stands.
func TestAnInvitationTakesNoPromiseAway(t *testing.T) {
	for name, take := range map[string]func(w *world, app, next uuid.UUID){
		"confirmed": func(w *world, app, next uuid.UUID) { do(w, workflows.Confirm, app, w.inSession(app, next)) },
		"another time": func(w *world, app, next uuid.UUID) {
			b := w.inSession(app, next)
			do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String(), Slot: 1, Booking: b.Booking, Version: b.Version})
		},
		"lapsed": func(w *world, app, next uuid.UUID) {
			w.sent(app)
			w.now = w.now.Add(25 * time.Hour)
			w.advance(app)
			do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String(), Slot: 1})
		},
		"declined": func(w *world, app, next uuid.UUID) {
			do(w, workflows.Cancel, app, w.inSession(app, next))
			w.now = w.now.Add(time.Minute)
			do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String(), Slot: 0})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, app, next := sentAway(t)
			w.inviteTo(next, app)
			take(w, app, next)
			if !w.comesFirst(app) {
				t.Error(w.story(app))
			}
			w.now = w.now.Add(time.Minute)
			// It was for one place: given up, the next one is like everybody's.
			do(w, workflows.Cancel, app, w.inSession(app, next))
			do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: next.String(), Slot: 1})
			if w.comesFirst(app) {
				t.Error("promised for ever")
			}
		})
	}
	w, app, next := sentAway(t)
	w.inviteTo(next, app)
	other := w.shortlisted() // has the one lane there is
	w.inviteTo(next, other)
	w.exec(`UPDATE booking SET slot = 0 WHERE application_id = ? AND interview_id = ?`, other, next)
	do(w, workflows.Confirm, other, w.inSession(other, next))
	w.exec(`UPDATE booking SET slot = 0 WHERE application_id = ? AND interview_id = ?`, app, next)
	do(w, workflows.Confirm, app, w.inSession(app, next))
	if w.comesFirst(app) {
		t.Error("first where that cannot be promised")
	}
}

// Two whom we owe a time see the same one marked: who is slower is refused there and keeps what he is owed, unless he takes
// it as it is now.
func TestATimeThatNoLongerComesFirstSpendsNoPromise(t *testing.T) {
	w := newWorld(t)
	slow, quick := w.arrived(), w.arrived()
	w.now = w.now.Add(49 * time.Hour)
	do(w, workflows.MarkLeft, slow, w.latest(slow))
	do(w, workflows.MarkLeft, quick, w.latest(quick))
	next := w.another(70*time.Hour, 2, 2)
	marked := workflows.ChooseArgs{Interview: next.String(), Slot: 1, First: true}
	do(w, workflows.Choose, quick, marked)
	refused(w, workflows.Choose, slow, marked, "no_longer_first")
	w.expect(slow, "shortlisted [left_without_interview+] [booked invitation left_rebook]")
	plain := w.shortlisted() // owed nothing, with a form of his own making
	w.inviteTo(next, plain)
	b := w.inSession(plain, next)
	refused(w, workflows.Choose, plain, workflows.ChooseArgs{Interview: next.String(), Slot: 1, Booking: b.Booking, Version: b.Version, First: true}, "no_longer_first")
	do(w, workflows.Choose, slow, workflows.ChooseArgs{Interview: next.String(), Slot: 0, First: true})
	if !w.comesFirst(slow) || !w.comesFirst(quick) {
		t.Error(w.story(slow), w.story(quick))
	}
}

// What we owe has a seat behind it: where HR has invited up to all seats, he still takes one that comes first. The session's
// rules, breaks and the number of interviewers bound it as ever.
func TestWhatWeOweHasASeatWhereAllAreTaken(t *testing.T) {
	w, app, _ := sentAway(t)
	full := w.another(60*time.Hour, 1, 0, 1)
	for range 2 {
		w.inviteTo(full, w.shortlisted())
	}
	to := func(slot int) workflows.ChooseArgs {
		return workflows.ChooseArgs{Interview: full.String(), Slot: slot, First: true}
	}
	offered := func(owed bool, want int) {
		t.Helper()
		free, err := w.steps.Reader.FreeTimes(context.Background(), w.vacancy, w.now, 10, owed)
		free = slices.DeleteFunc(free, func(f store.FreeTime) bool { return f.InterviewID != full })
		if err != nil || len(free) != want || slices.ContainsFunc(free, func(f store.FreeTime) bool { return !f.First || f.Slot == 1 }) {
			t.Error(free, err)
		}
	}
	offered(true, 2)
	offered(false, 0)
	other := w.shortlisted()
	w.inviteTo(w.another(100*time.Hour, 1), other)
	b := w.latest(other)
	refused(w, workflows.Choose, other, workflows.ChooseArgs{Interview: full.String(), Slot: 2, Booking: b.Booking, Version: b.Version}, "seat_taken")
	refused(w, workflows.Choose, app, to(1), "seat_taken") // a break
	w.now = w.now.Add(60*time.Hour + 30*time.Minute)
	refused(w, workflows.Choose, app, to(2), "notice_too_short")
	w.now = w.now.Add(-60*time.Hour - 30*time.Minute)
	do(w, workflows.Choose, app, to(2))
	if !w.comesFirst(app) {
		t.Error(w.story(app))
	}
	offered(true, 1)
}
