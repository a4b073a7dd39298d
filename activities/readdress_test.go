package activities

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// without returns an application that came to a record without an address, merged into the person of another, and a
// session for it.
func (w *world) without(app uuid.UUID) (twin, session uuid.UUID) {
	w.t.Helper()
	second := w.vacancyBeside()
	session = w.sessionFor(second, 72*time.Hour, 3)
	twin = w.beside(app, second, true)
	w.exec(`UPDATE person SET email = '', phone = '+79161234567' WHERE merged_into IS NOT NULL`)
	w.exec(`INSERT INTO person_merge SELECT id, merged_into, 'system', ? FROM person WHERE merged_into IS NOT NULL`, w.now)
	return twin, session
}

func (w *world) act() store.Act {
	return store.Act{Actor: "staff/" + w.staff.String(), Key: w.key(), Business: w.now}
}

// The mails of a record without an address went to the person it was merged into. Taken out, it is nothing to him: his
// links to it end. Merged again, he is told again.
func TestAMergeMovesWhereMailsGo(t *testing.T) {
	p := newPost(t, 1)
	ctx, catalog := context.Background(), store.NewCatalog(p.db)
	app := p.shortlisted()
	twin, session := p.without(app)
	person, _, _ := p.person(app)
	record, _, _ := p.person(twin)
	box := person.String() + "@example.org"
	p.invite(app)
	p.settled()
	p.inviteTo(session, twin)
	p.settled()
	got := p.to(box)
	if len(got) != 2 || !p.opens(got[0]) || !p.opens(got[1]) {
		t.Fatal(len(got))
	}
	if out, err := catalog.UnmergePerson(ctx, p.act(), record); err != nil || out.Mails != 0 {
		t.Fatal(out, err)
	}
	var open []bool
	for _, m := range got {
		open = append(open, p.opens(m))
	}
	slices.SortFunc(open, func(a, b bool) int { return map[bool]int{true: 1}[a] - map[bool]int{true: 1}[b] })
	if !slices.Equal(open, []bool{false, true}) {
		t.Fatal("a stranger acts for him, or loses his own link:", open)
	}
	p.later(time.Hour)
	if out, err := catalog.MergePeople(ctx, p.act(), record, person); err != nil || out.Mails != 1 {
		t.Fatal(out, err)
	}
	p.settled()
	if got := p.to(box); len(got) != 3 || !p.opens(got[0]) {
		t.Fatal(len(got), p.story(twin))
	}
}

// A record is told again under its own address and under that of whom it was merged into: each time a mail goes, and what
// is counted is what goes.
func TestEveryAddressIsTold(t *testing.T) {
	w := newWorld(t)
	app := w.shortlisted()
	twin, session := w.without(app)
	w.inviteTo(session, twin)
	for n, c := range []struct {
		whose uuid.UUID
		email string
	}{{twin, "own@example.org"}, {twin, ""}, {app, "his@example.org"}, {app, "his2@example.org"}} {
		w.sent(twin)
		w.now = w.now.Add(time.Minute)
		if out := w.readdress(c.whose, c.email); out.Mails != 1 || w.mails("invitation", "queued") != 1 || w.mails("invitation", "sent") != n+1 {
			t.Error(c.email, out, w.story(twin))
		}
	}
}

// A session that both of somebody's applications may come to is woken once.
func TestASessionIsWokenOnce(t *testing.T) {
	w := newWorld(t)
	second := w.vacancyBeside()
	w.exec(`INSERT INTO interview_vacancy VALUES (?, ?)`, w.session, second)
	app := w.shortlisted()
	w.beside(app, second, false)
	mustStep(w, workflows.Fill.Step(), inOf(w, w.session, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, w.key()))
	if out := w.readdress(app, "anna@example.org"); !slices.Equal(out.Nudge, []string{"interview/" + w.session.String()}) {
		t.Error(out.Nudge)
	}
}

// What the address refused beside invitations goes to the new one, if it is still true; a letter on its way just then too.
func TestWhatTheOldAddressRefused(t *testing.T) {
	w := newWorld(t)
	// refused makes the latest mail of the kind one that the address refused.
	refused := func(app uuid.UUID, kind string) uuid.UUID {
		w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE application_id = ?`, app)
		w.exec(`UPDATE outgoing_mail SET state = 'failed', code = 'smtp_address', attempts = 3, settled_at = ? WHERE application_id = ? AND kind = ?`, w.now, app, kind)
		return app
	}
	left := func() uuid.UUID {
		app := w.arrived()
		w.atSession(time.Hour, func() { do(w, workflows.MarkLeft, app, w.latest(app)) })
		return refused(app, "left_rebook")
	}
	missed := func() uuid.UUID {
		app, b := w.confirmed()
		w.atSession(time.Hour, func() { do(w, workflows.MarkNoShow, app, b) })
		return refused(app, "no_show")
	}
	rejected := func() uuid.UUID {
		app := w.interviewed()
		do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
		return refused(app, "decision_reject")
	}
	for name, c := range map[string]struct {
		kind string
		app  uuid.UUID
		then func(uuid.UUID)
		want int
	}{
		"he left, and is owed a time":                    {"left_rebook", left(), nil, 1},
		"he is invited since, and owed one all the same": {"left_rebook", left(), func(app uuid.UUID) { w.inviteTo(w.another(96*time.Hour, 3), app) }, 1},
		"he did not come":                                {"no_show", missed(), nil, 1},
		"he came after all":                              {"no_show", missed(), func(app uuid.UUID) { do(w, workflows.CheckIn, app, w.latest(app)) }, 0},
		"he is rejected":                                 {"decision_reject", rejected(), nil, 1},
		"he is not rejected":                             {"decision_reject", rejected(), func(app uuid.UUID) { do(w, workflows.UndoDecision, app, workflows.None{}) }, 0},
		"he is rejected for another time": {"decision_reject", rejected(), func(app uuid.UUID) {
			do(w, workflows.UndoDecision, app, workflows.None{})
			do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation", NoMail: true})
		}, 0},
	} {
		w.atSession(2*time.Hour, func() {
			if c.then != nil {
				c.then(c.app)
			}
			w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE state = 'queued'`)
			out := w.readdress(c.app, c.app.String()+"@new.example.org")
			if out.Mails-w.mails("invitation", "queued") != c.want || w.mails(c.kind, "queued") != c.want {
				t.Error(name, out, w.story(c.app))
			}
		})
	}
	app, b := w.confirmed()
	do(w, workflows.WithdrawByUs, app, b)
	refused(app, "withdrawn")
	w.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE state = 'queued'`)
	if out := w.readdress(app, ""); out.Mails != 0 {
		t.Error("without an address there is nobody to tell", out)
	}
	if out := w.readdress(app, "anna@example.org"); out.Mails != 1 || w.mails("withdrawn", "queued") != 1 {
		t.Error("he comes to a time that was taken back", w.story(app))
	}
}

func TestALetterRefusedJustThenGoesToTheNewAddress(t *testing.T) {
	p := newPost(t, 1)
	app, _ := p.confirmed()
	p.settled()
	refused := make(chan struct{})
	p.sink.SetFault(mailsink.Fault{Code: 550, Enhanced: smtp.EnhancedCode{5, 1, 1}, Stage: mailsink.AtRecipient, Held: refused, Times: 1})
	mustStep(p.world, workflows.CancelSession.Step(), inOf(p.world, p.session, workflows.None{}, p.key()))
	p.settle([]uuid.UUID{app})
	p.onItsWay()
	p.readdress(app, "anna@example.org")
	close(refused)
	p.settled()
	if got := p.to("anna@example.org"); len(got) != 1 || !p.opens(got[0]) || p.mails("withdrawn", "sent") != 1 {
		t.Error(len(got), p.story(app))
	}
}
