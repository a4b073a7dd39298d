package activities

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// story says how an application stands: its state, its bookings, its mails.
func (w *world) story(app uuid.UUID) string {
	w.t.Helper()
	var state string
	var bookings, mails []string
	ctx := context.Background()
	for query, into := range map[string]any{
		`SELECT state FROM application WHERE id = ?`: &state,
		`SELECT state || CASE WHEN holds_seat THEN '+' ELSE '' END FROM booking WHERE application_id = ? ORDER BY booked_at, id`:                              &bookings,
		`SELECT kind || CASE state WHEN 'queued' THEN '' ELSE ' ' || state END FROM outgoing_mail WHERE application_id = ? ORDER BY created_at, due_at, kind`: &mails,
	} {
		if err := w.db.NewRaw(query, app).Scan(ctx, into); err != nil {
			w.t.Fatal(err)
		}
	}
	return fmt.Sprint(state, " ", bookings, " ", mails)
}

func (w *world) expect(app uuid.UUID, want string) {
	w.t.Helper()
	if got := w.story(app); got != want {
		w.t.Errorf("got  %s\nwant %s", got, want)
	}
}

func (w *world) taken() (n int) {
	w.t.Helper()
	if err := w.db.NewRaw(`SELECT sum(taken) FROM slot`).Scan(context.Background(), &n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func TestWhatTheProcessDoesByItself(t *testing.T) {
	w := newWorld(t)
	silent, _ := w.invited()
	coming, b := w.invited()
	do(w, workflows.Confirm, coming, b)
	w.expect(silent, "invited [invited+] [invitation]")
	w.sent(silent)
	if w.taken() != 2 {
		t.Fatal(w.taken())
	}
	w.now = w.now.Add(25 * time.Hour)
	w.advance(silent)
	w.expect(silent, "no_answer [no_answer] [invitation sent no_answer]")
	w.advance(coming)
	w.expect(coming, "booked [confirmed+] [booked invitation reminder_day]")
	if w.taken() != 1 {
		t.Fatal("the silent one's seat is free again", w.taken())
	}
	// A late yes gets a free seat.
	do(w, workflows.Choose, silent, workflows.ChooseArgs{Interview: w.session.String(), Slot: 1})
	w.expect(silent, "booked [no_answer confirmed+] [invitation sent booked no_answer]")
	w.now = w.now.Add(21 * time.Hour) // two hours before the first slot
	w.advance(coming)
	w.expect(coming, "booked [confirmed+] [booked invitation reminder_day reminder_hours]")
	// The reminder asks whether he comes: one yes is taken, and changes nothing else.
	if got := do(w, workflows.Confirm, coming, w.latest(coming)); got.Code != "sure" {
		t.Fatal(got)
	}
	refused(w, workflows.Confirm, coming, w.latest(coming), "not_invited")
	w.expect(coming, "booked [confirmed+] [booked invitation reminder_day reminder_hours]")
	w.now = w.now.Add(2*time.Hour + 20*time.Minute)
	w.advance(coming)
	w.expect(coming, "no_show [no_show+] [booked invitation reminder_day reminder_hours no_show]")
	// Forty of a hundred sales applicants come late: the no-show is taken back, its mail never goes.
	w.now = w.now.Add(15 * time.Minute)
	do(w, workflows.CheckIn, coming, w.latest(coming))
	w.expect(coming, "arrived [arrived_late+] [booked invitation reminder_day reminder_hours no_show dropped]")
}

func TestTheFirstYesWins(t *testing.T) {
	w := newWorld(t)
	other := uuid.New()
	second := uuid.New()
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, 'o@example.org', 'Olga', '{interviewer}', ?)`, other, w.now)
	mustStep(w, workflows.Schedule.Step(), inOf(w, second, workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: w.now.Add(72 * time.Hour), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{other.String()}, Room: 12, WaitMinutes: 60},
	}, w.key()))
	app := w.shortlisted()
	w.invite(app)
	mustStep(w, workflows.Invite.Step(), inOf(w, second, workflows.InviteArgs{Applications: []string{app.String()}}, w.key()))
	w.advance(app)
	w.expect(app, "invited [invited+ invited+] [invitation invitation]")
	do(w, workflows.Confirm, app, w.latest(app))
	w.advance(app)
	var left int
	if err := w.db.NewRaw(`SELECT count(*) FROM booking WHERE application_id = ? AND state = 'withdrawn_by_us' AND NOT holds_seat`, app).Scan(context.Background(), &left); err != nil || left != 1 {
		t.Fatal(left, err)
	}
	if w.taken() != 1 {
		t.Fatal("one seat of two is kept", w.taken())
	}
	// An offer that was on its way when the person said yes elsewhere is given back in silence.
	late := w.shortlisted()
	w.invite(late)
	mustStep(w, workflows.Confirm.Step(), inOf(w, late, w.latest(late), w.key()))
	wave := mustStep(w, workflows.Schedule.Step(), inOf(w, uuid.New(), workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: w.now.Add(96 * time.Hour), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{other.String()}, Room: 12, WaitMinutes: 60},
	}, w.key())).Answer.ID
	_, err := call(w, workflows.Invite.Step(), inOf(w, uuid.MustParse(wave), workflows.InviteArgs{Applications: []string{late.String()}}, w.key()))
	if fault.CodeOf(err) != "nobody_to_invite" {
		t.Fatal(err)
	}
}

func TestMoveTakesTheNewSeatAndFreesTheOld(t *testing.T) {
	w := newWorld(t)
	app, b := w.confirmed()
	before, err := w.steps.Reader.Bookings(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	do(w, workflows.Choose, app, workflows.ChooseArgs{Booking: b.Booking, Version: b.Version, Interview: w.session.String(), Slot: 2})
	after, err := w.steps.Reader.Bookings(context.Background(), app)
	if err != nil || len(after) != 1 {
		t.Fatal(after, err)
	}
	a, z := before[0], after[0]
	if z.UID != a.UID || z.Sequence != a.Sequence+1 || z.Slot != 2 || z.Moves != 1 || z.RemindedDay || z.StartsAt.Sub(a.StartsAt) != time.Hour {
		t.Fatalf("%+v", z)
	}
	if w.taken() != 1 {
		t.Fatal(w.taken())
	}
	_, err = call(w, workflows.Choose.Step(), inOf(w, app, workflows.ChooseArgs{Booking: b.Booking, Version: z.Version, Interview: w.session.String(), Slot: 2}, w.key()))
	if fault.CodeOf(err) != "same_time" {
		t.Fatal(err)
	}
	do(w, workflows.Choose, app, workflows.ChooseArgs{Booking: b.Booking, Version: z.Version, Interview: w.session.String(), Slot: 0})
	_, err = call(w, workflows.Choose.Step(), inOf(w, app, workflows.ChooseArgs{Booking: b.Booking, Version: w.latest(app).Version, Interview: w.session.String(), Slot: 1}, w.key()))
	if fault.CodeOf(err) != "no_moves_left" {
		t.Fatal(err)
	}
	// After a cancel a new booking is a new calendar entry.
	do(w, workflows.Cancel, app, w.latest(app))
	do(w, workflows.Choose, app, workflows.ChooseArgs{Interview: w.session.String(), Slot: 0})
	again, err := w.steps.Reader.Bookings(context.Background(), app)
	if err != nil || len(again) != 2 || again[0].UID == again[1].UID {
		t.Fatal(again, err)
	}
}

// Fifty people ask for seven free seats at the same moment.
func TestSevenSeatsForFifty(t *testing.T) {
	w := newWorld(t)
	w.exec(`UPDATE slot SET seats = 60 WHERE number = 0`)
	var people []uuid.UUID
	for range 50 {
		people = append(people, w.shortlisted())
	}
	w.invite(people...)
	w.sent(people...)
	w.now = w.now.Add(25 * time.Hour)
	for _, app := range people {
		w.advance(app)
	}
	if w.taken() != 0 {
		t.Fatal(w.taken())
	}
	w.exec(`UPDATE slot SET seats = CASE number WHEN 2 THEN 7 ELSE 0 END`)
	var booked, taken atomic.Int32
	var wait sync.WaitGroup
	for n, app := range people {
		wait.Go(func() {
			in := workflows.In[workflows.ChooseArgs]{
				ID: app.String(), By: workflows.By{Actor: "candidate/" + app.String(), Key: fmt.Sprint("once-", n)}, At: w.now,
				Args: workflows.ChooseArgs{Interview: w.session.String(), Slot: 2},
			}
			_, err := call(w, workflows.Choose.Step(), in)
			switch {
			case err == nil:
				booked.Add(1)
			case fault.CodeOf(err) == "seat_taken":
				taken.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if booked.Load() != 7 || taken.Load() != 43 || w.taken() != 7 {
		t.Fatal(booked.Load(), taken.Load(), w.taken())
	}
}

func TestASessionCalledOffTellsItsPeople(t *testing.T) {
	w := newWorld(t)
	invited, _ := w.invited()
	w.sent(invited)
	unsent, _ := w.invited()
	confirmed, _ := w.confirmed()
	waiting := w.shortlisted()
	mustStep(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{waiting.String()}}, w.key()))
	answer := mustStep(w, workflows.CancelSession.Step(), inOf(w, w.session, workflows.None{}, w.key())).Answer
	if len(answer.Nudge) != 4 {
		t.Fatal(answer)
	}
	for _, app := range []uuid.UUID{invited, unsent, confirmed, waiting} {
		w.advance(app)
	}
	w.expect(invited, "shortlisted [withdrawn_by_us] [invitation sent withdrawn]")
	w.expect(unsent, "shortlisted [withdrawn_by_us] [invitation dropped]") // who was not invited is not told that it is off
	w.expect(confirmed, "shortlisted [withdrawn_by_us] [booked invitation withdrawn]")
	w.expect(waiting, "shortlisted [withdrawn_by_us] []")
	if w.taken() != 0 {
		t.Fatal(w.taken())
	}
	_, err := call(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{w.shortlisted().String()}}, w.key()))
	if fault.CodeOf(err) != "session_closed" {
		t.Fatal(err)
	}
}

func TestOneInterviewerCannotBeInTwoPlaces(t *testing.T) {
	w := newWorld(t)
	_, err := call(w, workflows.Schedule.Step(), inOf(w, uuid.New(), workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{w.vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: w.now.Add(49 * time.Hour), SlotMinutes: 30, Seats: []int{1}, Lanes: []string{w.staff.String()}, Room: 12, WaitMinutes: 60},
	}, w.key()))
	if fault.CodeOf(err) != "interviewer_busy" {
		t.Fatal(err)
	}
}

func TestUndoneDecisions(t *testing.T) {
	w := newWorld(t)
	early := w.interviewed()
	do(w, workflows.Decide, early, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
	w.expect(early, "decided [interviewed+] [booked invitation decision_reject thanks dropped]")
	undo := inOf(w, early, workflows.None{}, w.key())
	twice(w, workflows.UndoDecision.Step(), undo)
	w.expect(early, "interviewed [interviewed+] [booked invitation decision_reject dropped thanks]")
	// The step sent again after the thanks have gone changes nothing; nor does another decision, undone.
	w.exec(`UPDATE outgoing_mail SET state = 'sent', code = '' WHERE kind = 'thanks'`)
	mustStep(w, workflows.UndoDecision.Step(), undo)
	do(w, workflows.Decide, early, workflows.DecideArgs{Decision: hiring.Reserve, Reason: "next_vacancy", NoMail: true})
	do(w, workflows.UndoDecision, early, workflows.None{})
	w.expect(early, "interviewed [interviewed+] [booked invitation decision_reject dropped thanks sent]")
	// Decided once more and undone: taken back and restored again, still one mail. Another reason to drop stays.
	again := w.interviewed()
	for range 2 {
		do(w, workflows.Decide, again, workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"})
		do(w, workflows.UndoDecision, again, workflows.None{})
	}
	w.expect(again, "interviewed [interviewed+] [booked invitation decision_hire dropped decision_hire dropped thanks]")
	w.exec(`UPDATE outgoing_mail SET state = 'dropped', code = 'erased' WHERE kind = 'thanks' AND application_id = ?`, again)
	do(w, workflows.Decide, again, workflows.DecideArgs{Decision: hiring.Hire, Reason: "fits"})
	do(w, workflows.UndoDecision, again, workflows.None{})
	if n := w.mails("thanks", "dropped"); n != 1 {
		t.Error(n, "thanks that were dropped for another reason")
	}
	late := w.interviewed()
	do(w, workflows.Decide, late, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
	w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE kind = 'decision_reject' AND state = 'queued'`)
	if a := do(w, workflows.UndoDecision, late, workflows.None{}); a.Code != "undone_told" {
		t.Fatal(a)
	}
	w.expect(late, "interviewed [interviewed+] [booked decision_undone invitation decision_reject sent thanks dropped]")
}

func TestAKeyIsForOneThing(t *testing.T) {
	w := newWorld(t)
	app, b := w.invited()
	in := inOf(w, app, b, "same")
	mustStep(w, workflows.Confirm.Step(), in)
	if _, err := call(w, workflows.Cancel.Step(), in); fault.CodeOf(err) != "key_reused" {
		t.Fatal("another step", err)
	}
	in.Args.Version++
	if _, err := call(w, workflows.Confirm.Step(), in); fault.CodeOf(err) != "key_reused" {
		t.Fatal("other arguments", err)
	}
	in.By.Actor = "candidate/" + app.String()
	if _, err := call(w, workflows.Confirm.Step(), in); fault.CodeOf(err) != "not_invited" {
		t.Fatal("another person's key is his own", err)
	}
}
