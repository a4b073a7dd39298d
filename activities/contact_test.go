package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
)

// readdress gives an application's person another address.
func (w *world) readdress(app uuid.UUID, email string) store.Corrected {
	w.t.Helper()
	ctx := context.Background()
	a, err := w.steps.Reader.Application(ctx, app)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.steps.Reader.Person(ctx, a.PersonID)
	if err != nil {
		w.t.Fatal(err)
	}
	to := p.Contact()
	to.Email = email
	if email == "" {
		to.Phone = "+79161234567"
	}
	out, err := store.NewCatalog(w.db).CorrectPerson(ctx, store.Act{Actor: "staff/" + w.staff.String(), Key: w.key(), Business: w.now}, p.ID, p.Version, to)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// to returns the mails that came to an address, the latest first.
func (p *post) to(email string) []mailsink.Message {
	p.t.Helper()
	all, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 100})
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(m mailsink.Message) bool { return !slices.Contains(m.To, email) })
}

// opens reports whether a link in the mail still leads to the candidate's page.
func (p *post) opens(m mailsink.Message) bool {
	p.t.Helper()
	for _, address := range m.Links {
		if _, token, ok := strings.Cut(address, "/c/"); ok {
			id, err := link.ID(token)
			if err != nil {
				p.t.Fatal(err)
			}
			page, err := p.steps.Reader.CandidatePage(context.Background(), id)
			return err == nil && p.keys.Verify(token, link.Application, page.Generation) == nil
		}
	}
	p.t.Fatal("no link")
	return false
}

// Whose address was refused gives the place back and is passed over; with another address he is in reach again, and the
// session that fills itself invites him at once.
func TestAnotherAddressBringsHimWithinReach(t *testing.T) {
	p := newPost(t, 1)
	p.sink.SetFault(mailsink.Fault{Code: 550, Enhanced: smtp.EnhancedCode{5, 1, 1}, Stage: mailsink.AtRecipient})
	app, _ := p.invited()
	p.settled()
	p.advance(app)
	p.expect(app, "shortlisted [withdrawn_by_us] [invitation failed]")
	mustStep(p.world, workflows.Fill.Step(), inOf(p.world, p.session, workflows.FillArgs{Mode: hiring.FillAuto, Settings: hiring.DefaultPlanSettings()}, p.key()))
	p.settle([]uuid.UUID{app})
	ctx := context.Background()
	unreached := func() int {
		t.Helper()
		list, err := p.steps.Reader.Unreached(ctx, 5)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if p.expect(app, "shortlisted [withdrawn_by_us] [invitation failed]"); unreached() != 1 {
		t.Fatal("mail is thought to reach him")
	}
	p.sink.SetFault(mailsink.Fault{})
	p.later(time.Minute)
	out := p.readdress(app, "anna@example.org")
	if unreached() != 0 || out.Mails != 0 || !slices.Equal(out.Nudge, []string{"interview/" + p.session.String()}) {
		t.Fatal(unreached(), out)
	}
	p.settle([]uuid.UUID{app})
	p.settled()
	if p.latest(app); len(p.to("anna@example.org")) != 1 {
		t.Fatal(p.story(app))
	}
}

// What waits goes to the new address; an open invitation or time that went to the old one is told again, and the old link
// is worth nothing to whose address it was.
func TestWhatTheOldAddressHas(t *testing.T) {
	p := newPost(t, 1)
	invited, _ := p.invited()
	confirmed, _ := p.confirmed()
	bare := p.shortlisted()
	p.settled()
	all, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	p.later(time.Hour)
	for app, want := range map[uuid.UUID]int{invited: 1, confirmed: 1, bare: 0} {
		if out := p.readdress(app, app.String()+"@new.example.org"); out.Mails != want {
			t.Error(out, want)
		}
	}
	p.settled()
	for _, m := range all {
		if p.opens(m) {
			t.Error("the old link still works:", m.Subject)
		}
	}
	for _, app := range []uuid.UUID{invited, confirmed} {
		got := p.to(app.String() + "@new.example.org")
		if len(got) != 1 || !p.opens(got[0]) || len(got[0].Attachments) == 0 {
			t.Fatal(p.story(app), len(got))
		}
	}
	do(p.world, workflows.Confirm, invited, p.latest(invited)) // what it says is in force

	// In an outage nothing has gone: it goes once, to the new one.
	p.sink.SetFault(mailsink.Fault{Code: 451})
	waiting, _ := p.invited()
	p.tried(1)
	if out := p.readdress(waiting, "waiting@new.example.org"); out.Mails != 0 {
		t.Error(out)
	}
	p.sink.SetFault(mailsink.Fault{})
	p.exec(`UPDATE outgoing_mail SET retry_at = NULL`)
	p.settled()
	if got := p.to("waiting@new.example.org"); len(got) != 1 || !p.opens(got[0]) {
		t.Error(len(got))
	}
	// Without an address there is nobody to tell.
	p.later(time.Minute)
	if out := p.readdress(confirmed, ""); out.Mails != 0 {
		t.Error(out)
	}
	if p.settled(); p.opens(p.to(confirmed.String() + "@new.example.org")[0]) {
		t.Error("the link to an address taken away still works")
	}
}

// The server refuses the address just when it is corrected: that says nothing of the new one. He was invited there, so he is
// told when the place is taken back, whichever of the two letters went.
func TestARefusalOfTheAddressBefore(t *testing.T) {
	p := newPost(t, 1)
	refused := make(chan struct{})
	p.sink.SetFault(mailsink.Fault{Code: 550, Enhanced: smtp.EnhancedCode{5, 1, 1}, Stage: mailsink.AtRecipient, Held: refused, Times: 1})
	app, _ := p.invited()
	p.onItsWay()
	if out := p.readdress(app, "anna@example.org"); out.Mails != 1 {
		t.Error("what may have gone to the old one is not told again", out)
	}
	close(refused)
	p.settled()
	var codes []string
	if err := p.db.NewRaw(`SELECT code FROM outgoing_mail WHERE application_id = ? AND state = 'failed'`, app).Scan(context.Background(), &codes); err != nil || !slices.Equal(codes, []string{store.RefusedThen}) {
		t.Fatal(codes, err)
	}
	if unreached, err := p.steps.Reader.Unreached(context.Background(), 5); err != nil || len(unreached) != 0 {
		t.Error("mail is thought not to reach him", err)
	}
	if got := p.to("anna@example.org"); len(got) != 1 || !p.opens(got[0]) {
		t.Fatal(p.story(app))
	}
	mustStep(p.world, workflows.CancelSession.Step(), inOf(p.world, p.session, workflows.None{}, p.key()))
	p.settle([]uuid.UUID{app})
	p.settled()
	if len(p.to("anna@example.org")) != 2 || p.mails("withdrawn", "sent") != 1 {
		t.Error("he comes to a session that was called off:", p.story(app))
	}
}

// An invitation that was told again is taken back with the first: none of those that wait goes.
func TestBothInvitationsAreTakenBack(t *testing.T) {
	w := newWorld(t)
	app, _ := w.invited()
	w.sent(app)
	if out := w.readdress(app, "anna@example.org"); out.Mails != 1 {
		t.Fatal(out)
	}
	w.exec(`UPDATE outgoing_mail SET state = 'queued', code = '' WHERE application_id = ?`, app)
	do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reserve, Reason: "headcount_filled"})
	if w.mails("invitation", "dropped") != 2 || w.mails("withdrawn", "queued") != 0 {
		t.Error(w.story(app))
	}
}

// onItsWay waits until a sender has begun with a mail.
func (p *post) onItsWay() {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var begun int
		if err := p.db.NewRaw(`SELECT count(*) FROM outgoing_mail WHERE state = 'queued' AND code = 'sending'`).Scan(context.Background(), &begun); err != nil {
			p.t.Fatal(err)
		}
		if begun > 0 {
			return
		}
	}
	p.t.Fatal("no mail is on its way")
}

// Corrections and steps of the same people at the same moment wait for each other in one order.
func TestCorrectingWhileStepsRun(t *testing.T) {
	w := newWorld(t)
	var people []uuid.UUID
	for range 12 {
		people = append(people, w.shortlisted())
	}
	w.invite(people...)
	w.sent(people...)
	catalog := store.NewCatalog(w.db)
	var wait sync.WaitGroup
	for n, app := range people {
		b, confirm, cancel, invite := w.latest(app), w.key(), w.key(), w.key()
		wait.Go(func() {
			if out, err := call(w, workflows.Confirm.Step(), inOf(w, app, b, confirm)); err == nil {
				b.Version = out.Answer.Version
			}
			_, err := call(w, workflows.Cancel.Step(), inOf(w, app, b, cancel))
			if fault.KindOf(err) == fault.Internal {
				t.Error(err)
			}
			_, err = call(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{app.String(), people[(n+1)%len(people)].String()}}, invite))
			if fault.KindOf(err) == fault.Internal {
				t.Error(err)
			}
		})
		wait.Go(func() {
			ctx := context.Background()
			a, err := w.steps.Reader.Application(ctx, app)
			if err != nil {
				t.Error(err)
			}
			for version := range 3 {
				act := store.Act{Actor: "system", Key: fmt.Sprint(app, version), Business: w.now}
				to := store.Contact{Name: "Анна Иванова", Email: fmt.Sprintf("%s-%d@example.org", app, version)}
				if _, err := catalog.CorrectPerson(ctx, act, a.PersonID, version+1, to); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}
