package activities

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// another schedules a second session, so long after now, at the world's venue.
func (w *world) another(after time.Duration, seats ...int) uuid.UUID {
	w.t.Helper()
	return w.sessionFor(w.vacancy, after, seats...)
}

// sessionFor schedules one for a vacancy.
func (w *world) sessionFor(vacancy uuid.UUID, after time.Duration, seats ...int) uuid.UUID {
	w.t.Helper()
	id, lane := uuid.New(), uuid.New()
	w.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, ?, 'Olga', '{interviewer}', ?)`, lane, lane.String()+"@example.org", w.now)
	mustStep(w, workflows.Schedule.Step(), inOf(w, id, workflows.ScheduleArgs{
		Venue: w.venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: w.now.Add(after), SlotMinutes: 30, Seats: seats, Lanes: []string{lane.String()}, Room: 12, WaitMinutes: 60},
	}, w.key()))
	return id
}

func (w *world) inviteTo(session, app uuid.UUID) {
	w.t.Helper()
	mustStep(w, workflows.Invite.Step(), inOf(w, session, workflows.InviteArgs{Applications: []string{app.String()}}, w.key()))
	w.advance(app)
}

// inSession is the person's latest booking in a session.
func (w *world) inSession(app, session uuid.UUID) workflows.BookingArgs {
	w.t.Helper()
	var b workflows.BookingArgs
	if err := w.db.NewRaw(`SELECT id::text AS booking, version FROM booking WHERE application_id = ? AND interview_id = ? ORDER BY booked_at DESC LIMIT 1`, app, session).
		Scan(context.Background(), &b.Booking, &b.Version); err != nil {
		w.t.Fatal(err)
	}
	return b
}

// letters are the mails of an application and what became of them, by kind.
func (w *world) letters(app uuid.UUID) (list string) {
	w.t.Helper()
	if err := w.db.NewRaw(`SELECT string_agg(kind || ' ' || state, ', ' ORDER BY kind, state) FROM outgoing_mail WHERE application_id = ?`, app).Scan(context.Background(), &list); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// A venue without an address is named alone.
func TestTheTimeThatHoldsIsAtAVenueWithoutAddress(t *testing.T) {
	p := newPost(t, 1)
	p.exec(`UPDATE venue SET address = ''`)
	other := p.another(72*time.Hour, 1)
	app := p.shortlisted()
	p.invite(app)
	p.inviteTo(other, app)
	p.settled()
	do(p.world, workflows.Confirm, app, p.inSession(app, p.session))
	p.settled()
	m, err := p.sink.Store().List(context.Background(), mailsink.Filter{Subject: "больше не действует", Limit: 1})
	if err != nil || len(m) != 1 || !strings.Contains(m[0].Text, "; Office.") {
		t.Error(m, err)
	}
}

// Who accepts one of two invitations is not told that we had to cancel.
func TestTheOtherInvitationEndsWithoutAnApology(t *testing.T) {
	p := newPost(t, 1)
	other := p.another(72*time.Hour, 1)
	app := p.shortlisted()
	p.invite(app)
	p.inviteTo(other, app)
	p.settled() // both invitations are out
	do(p.world, workflows.Confirm, app, p.inSession(app, p.session))
	p.settled()
	list, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var letter *mailsink.Message
	for i, m := range list {
		if strings.Contains(m.Subject, "отменить") || strings.Contains(m.Text, "извинения") {
			t.Error("an apology", m.Text)
		}
		if strings.Contains(m.Subject, "больше не действует") {
			letter = &list[i]
		}
	}
	if len(list) != 4 || letter == nil {
		t.Fatal(len(list), letter)
	}
	// Thursday's time is gone, Wednesday's holds, and its entry leaves the calendar.
	for _, want := range []string{"(чт, 26 нояб., 12:00, ", "Теперь действует: ср, 25 нояб., 12:00, ", "; Office, Tverskaya 1.", "исчезнет из календаря"} {
		if !strings.Contains(letter.Text, want) {
			t.Errorf("the letter does not say %q:\n%s", want, letter.Text)
		}
	}
	if !strings.Contains(string(letter.Raw), "text/calendar; method=CANCEL") {
		t.Error("the entry stays in the calendar")
	}
	// Then he cancels the one he took: that is what his application is about, not the other.
	do(p.world, workflows.Cancel, app, p.inSession(app, p.session))
	page, err := p.steps.Reader.CandidatePage(context.Background(), app)
	if err != nil || page.InterviewID == nil || *page.InterviewID != p.session || page.BookingState != hiring.BookingCancelled {
		t.Error(page.InterviewID, page.BookingState, err)
	}
}

func TestNoLetterAboutATimeNobodyWasToldOf(t *testing.T) {
	w := newWorld(t)
	app := w.shortlisted()
	w.invite(app)
	w.inviteTo(w.another(72*time.Hour, 1), app)
	do(w, workflows.Confirm, app, w.inSession(app, w.session))
	if got := w.letters(app); got != "booked queued, invitation dropped, invitation queued" {
		t.Error(got)
	}
	// Two sessions at one hour and place are one time to him, told or not.
	twin := w.shortlisted()
	w.invite(twin)
	w.inviteTo(w.another(48*time.Hour, 1), twin)
	w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE application_id = ?`, twin)
	do(w, workflows.Confirm, twin, w.inSession(twin, w.session))
	if got := w.letters(twin); got != "booked queued, invitation sent, invitation sent" {
		t.Error(got)
	}
}

func TestWhoWalksInElsewhereIsToldOfNoCancelling(t *testing.T) {
	w := newWorld(t)
	today := w.another(2*time.Hour, 1)
	app, _ := w.invited()
	w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE application_id = ?`, app)
	w.now = w.now.Add(2 * time.Hour)
	do(w, workflows.WalkIn, app, workflows.WalkInArgs{Interview: today.String()})
	w.expect(app, "arrived [withdrawn_by_us walk_in] [invitation sent replaced]")
}

// A time he accepted is in his calendar: its entry goes even if he comes at that hour and place, to the session beside it.
func TestAnAcceptedTimeLeavesTheCalendar(t *testing.T) {
	p := newPost(t, 1)
	beside := p.another(48*time.Hour, 1)
	app, _ := p.confirmed()
	p.settled()
	p.later(48*time.Hour - time.Minute)
	do(p.world, workflows.WalkIn, app, workflows.WalkInArgs{Interview: beside.String()})
	p.expect(app, "arrived [withdrawn_by_us walk_in] [booked sent invitation dropped replaced]")
	p.settled()
	list, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 10})
	if err != nil || len(list) != 2 || !slices.ContainsFunc(list, func(m mailsink.Message) bool { return strings.Contains(string(m.Raw), "text/calendar; method=CANCEL") }) {
		t.Error(len(list), err)
	}
}

// A decision's own letter waits for second thoughts: the letter that calls the interview off does not tell it.
func TestAPlaceEndedByADecisionDoesNotTellIt(t *testing.T) {
	w := newWorld(t)
	app, _ := w.invited()
	w.sent(app)
	do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "requirements_not_met"})
	var reasons []string
	if err := w.db.NewRaw(`SELECT kind || ' ' || (params->>'reason') FROM outgoing_mail WHERE application_id = ? AND kind <> 'invitation' ORDER BY kind`, app).Scan(context.Background(), &reasons); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(reasons, ", "); got != "decision_reject requirements, withdrawn decision" {
		t.Error(got)
	}
}
