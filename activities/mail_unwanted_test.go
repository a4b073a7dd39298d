package activities

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
)

// Whose password was changed is told once, with the moment of the change however late the mail goes.
func TestAChangedPasswordIsTold(t *testing.T) {
	p := newPost(t, 2)
	ctx := context.Background()
	who, err := p.steps.Reader.StaffByID(ctx, p.staff)
	if err != nil {
		t.Fatal(err)
	}
	p.sink.SetFault(mailsink.Fault{Code: 451, Times: 1})
	act := store.Act{Actor: "staff/" + p.staff.String(), Key: "change", Wall: time.Now(), Business: p.now.Add(-3 * time.Hour)}
	for range 2 {
		if err := store.NewCatalog(p.db).ChangePassword(ctx, act, p.staff, who.Generation, "hash", uuid.Nil); err != nil {
			t.Fatal(err)
		}
	}
	p.settled()
	if p.each(1) != 1 {
		t.Fatal("one change, one mail")
	}
	messages, err := p.sink.Store().List(ctx, mailsink.Filter{Limit: 10})
	if err != nil || len(messages) != 1 {
		t.Fatal(messages, err)
	}
	zone, err := time.LoadLocation(who.Zone)
	if err != nil {
		t.Fatal(err)
	}
	if m := messages[0]; !strings.Contains(m.Text, act.Business.In(zone).Format("15:04")) || !strings.Contains(m.Text, "https://jobs.example.org/sign-in") {
		t.Fatal(m.Text)
	}
}

func TestUnwantedMailIsDropped(t *testing.T) {
	w := newWorld(t)
	app := w.interviewed()
	do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "competence"})
	w.exec(`UPDATE person SET email = ''`)
	other, b := w.invited()
	w.exec(`UPDATE person SET email = '' WHERE id = (SELECT person_id FROM application WHERE id = ?)`, other)
	moved, c := w.confirmed()
	do(w, workflows.Cancel, moved, c)
	_ = b
	s := &Sender{Outbox: store.NewOutbox(w.db), Keys: link.Keys{1: bytes.Repeat([]byte("k"), 32)}, Wall: time.Now, Log: slog.Default()}
	var queued []store.OutgoingMail
	if err := w.db.NewSelect().Model(&queued).Where("state = 'queued'").OrderExpr("created_at, kind").Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range queued {
		_, code, err := s.letter(context.Background(), m, w.now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		id := "other"
		if *m.ApplicationID == moved {
			id = "moved"
		}
		got[id+" "+m.Kind] = code
	}
	for mail, want := range map[string]string{
		"other decision_reject": "no_address",
		"moved booked":          "outdated",
		"moved cancelled":       "",
	} {
		if code, there := got[mail]; !there || code != want {
			t.Errorf("%s: %q", mail, code)
		}
	}
	late := queued[0]
	late.NotAfter = ptr(w.now)
	if _, code, _ := s.letter(context.Background(), late, w.now.Add(time.Hour)); code != "too_late" {
		t.Error(code)
	}
}

// A mail taken back between a sender's claim and its turn in the batch does not go; one that is on its
// way may have gone, so the person is told that it was a mistake.
func TestADecisionUndoneWhileItsMailIsClaimed(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	outbox := store.NewOutbox(w.db)
	undo := func(begun bool) (store.OutgoingMail, workflows.Answer) {
		app := w.interviewed()
		do(w, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
		claimed, err := outbox.Claim(ctx, w.now.Add(time.Hour), time.Now(), mailLease, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range claimed {
			if m.Kind != "decision_reject" || *m.ApplicationID != app {
				continue
			}
			if begun {
				if ok, err := outbox.Begin(ctx, m.ID); err != nil || !ok {
					t.Fatal(ok, err)
				}
			}
			return m, do(w, workflows.UndoDecision, app, workflows.None{})
		}
		t.Fatal("the decision's mail is not due")
		return store.OutgoingMail{}, workflows.Answer{}
	}
	waiting, answer := undo(false)
	if answer.Code != "undone" {
		t.Error(answer)
	}
	if ok, err := outbox.Begin(ctx, waiting.ID); ok || err != nil {
		t.Error("it is sent although it was taken back", err)
	}
	going, answer := undo(true)
	if answer.Code != "undone_told" {
		t.Error(answer)
	}
	if err := outbox.Settle(ctx, going.ID, "sent", "", w.now); err != nil {
		t.Fatal(err)
	}
	if n := w.mails("decision_reject", "sent"); n != 1 {
		t.Errorf("%d marked sent, of the one that went", n)
	}
	if err := outbox.Settle(ctx, waiting.ID, "failed", "550", w.now); err != nil || w.mails("decision_reject", "dropped") != 1 {
		t.Error("a mail taken back became another thing", err)
	}
}

// Thanks that a decision took back while a sender held them go once after all when it is undone.
func TestThanksGoOnceAfterUndo(t *testing.T) {
	p := newPost(t, 0)
	app := p.interviewed()
	ctx := context.Background()
	outbox := store.NewOutbox(p.db)
	day := p.now.Add(3 * 24 * time.Hour)
	claimed, err := outbox.Claim(ctx, day, time.Now(), mailLease, 100)
	if err != nil || len(claimed) == 0 {
		t.Fatal(claimed, err)
	}
	do(p.world, workflows.Decide, app, workflows.DecideArgs{Decision: hiring.Reject, Reason: "motivation"})
	do(p.world, workflows.UndoDecision, app, workflows.None{})
	if again, err := outbox.Claim(ctx, day, time.Now(), mailLease, 100); err != nil || len(again) != 0 {
		t.Fatal("claimed by a second sender:", again, err)
	}
	for _, m := range claimed {
		if m.Kind != "thanks" {
			continue
		}
		if ok, err := outbox.Begin(ctx, m.ID); err != nil || !ok {
			t.Fatal("it is not sent", err)
		}
		if err := outbox.Settle(ctx, m.ID, "sent", "", day); err != nil {
			t.Fatal(err)
		}
	}
	if later, err := outbox.Claim(ctx, day, time.Now().Add(2*mailLease), mailLease, 100); err != nil || p.mails("thanks", "sent") != 1 {
		t.Error(later, err)
	} else {
		for _, m := range later {
			if m.Kind == "thanks" {
				t.Error("a second time")
			}
		}
	}
}
