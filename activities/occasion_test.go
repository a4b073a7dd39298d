package activities

import (
	"testing"
	"time"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// A check-in taken back after the grace makes a no-show again, at the hour of the first: under the first
// one's key nothing would be done, and the process would ask for ever.
func TestANoShowTwice(t *testing.T) {
	w := newWorld(t)
	app, _ := w.confirmed()
	w.exec(`UPDATE booking SET reminded_day = true, reminded_hours = true`)
	w.atSession(time.Hour, func() {
		w.advance(app)
		w.expect(app, "no_show [no_show+] [booked invitation no_show]")
		do(w, workflows.CheckIn, app, w.latest(app))
		do(w, workflows.UndoCheckIn, app, w.latest(app))
		w.advance(app)
		w.expect(app, "no_show [no_show+] [booked invitation no_show no_show dropped]")
	})
}

// A process that woke by the old policy finds nothing to do, and does it when the new one says so.
func TestAReminderPutOffByANewPolicy(t *testing.T) {
	w := newWorld(t)
	app, _ := w.confirmed()
	w.exec(`UPDATE booking SET booked_at = booked_at - interval '5 days'`)
	w.now = w.now.Add(24 * time.Hour)
	old := mustStep(w, workflows.LoadApplication, app.String()).Facts.Next(w.now)
	if old.Do != hiring.DoRemindDay {
		t.Fatalf("%+v", old)
	}
	take := func() string {
		in := inOf(w, app, workflows.Advance{Do: old.Do, Subject: old.Subject}, old.Do+old.Occasion)
		in.By.Actor = workflows.System
		return mustStep(w, workflows.AdvanceApplication, in).Answer.Code
	}
	w.exec(`INSERT INTO policy VALUES (2, '{"remind_day_hours": 12}', NULL, ?)`, w.now)
	if code := take(); code != "nothing_due" {
		t.Fatal(code)
	}
	w.exec(`INSERT INTO policy VALUES (3, '{}', NULL, ?)`, w.now)
	if code := take(); code != "reminder_day" || w.mails("reminder_day", "queued") != 1 {
		t.Fatal(code)
	}
}

// A session that is filled, stopped and filled again is planned again.
func TestFillingBegunAgain(t *testing.T) {
	w, people := filling(t, 40, hiring.FillPropose)
	w.settle(people)
	onSession(w, workflows.StopFilling, workflows.None{})
	onSession(w, workflows.Fill, workflows.FillArgs{Mode: hiring.FillPropose, Settings: hiring.DefaultPlanSettings()})
	before := len(w.plans())
	w.settle(people)
	if after := len(w.plans()); after != before+1 {
		t.Fatalf("%d plans, then %d", before, after)
	}
}
