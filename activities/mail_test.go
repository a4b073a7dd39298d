package activities

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail"
	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
)

// post is a world with senders and a mail server.
type post struct {
	*world
	sink *mailsink.Sink
	log  *safeBuffer
	keys link.Keys
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}
func (s *safeBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }

// newPost starts n senders, as so many worker processes would.
func newPost(t *testing.T, n int) *post {
	t.Helper()
	w := newWorld(t)
	// Steps are given w.now; the sender reads the business clock, so that must stand there too.
	if err := store.NewCatalog(w.db).SetSpeed(context.Background(), time.Now(), 1, false); err != nil {
		t.Fatal(err)
	}
	w.exec(`UPDATE business_clock SET origin_wall = ?, origin_business = ?`, time.Now(), w.now)
	sink, err := mailsink.Listen("127.0.0.1:0", &mailsink.Memory{})
	if err != nil {
		t.Fatal(err)
	}
	p := &post{world: w, sink: sink, log: &safeBuffer{}, keys: link.Keys{1: bytes.Repeat([]byte("k"), 32)}}
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	for range n {
		wait.Go(func() {
			if err := p.sender().Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(func() { cancel(); wait.Wait(); _ = sink.Close() })
	return p
}

func (p *post) sender() *Sender {
	host, port, _ := net.SplitHostPort(p.sink.Addr())
	number, _ := strconv.Atoi(port)
	return &Sender{
		Outbox: store.NewOutbox(p.db), Keys: p.keys, PublicURL: "https://jobs.example.org",
		From:   mail.Address{Name: "Stazh", Email: "jobs@example.org"},
		Dialer: mail.Dialer{Host: host, Port: number, TLS: mail.NoTLS, Timeout: 5 * time.Second},
		Wall:   time.Now, Log: slog.New(slog.NewTextHandler(p.log, nil)),
	}
}

// settled waits until no mail that is due is queued.
func (p *post) settled() {
	p.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var left int
		if err := p.db.NewRaw(`SELECT count(*) FROM outgoing_mail WHERE state = 'queued' AND due_at <= ?`, p.now.Add(time.Minute)).Scan(context.Background(), &left); err != nil {
			p.t.Fatal(err)
		}
		if left == 0 {
			return
		}
	}
	p.t.Fatal("mail stays queued")
}

func (p *post) count(state string) (n int) {
	p.t.Helper()
	if err := p.db.NewRaw(`SELECT count(*) FROM outgoing_mail WHERE state = ?`, state).Scan(context.Background(), &n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// each expects every Message-ID at the server exactly so many times, and returns how many there are.
func (p *post) each(times int) int {
	p.t.Helper()
	counts, err := p.sink.Store().Counts(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	for id, n := range counts {
		if n != times {
			p.t.Errorf("%s came %d times", id, n)
		}
	}
	return len(counts)
}

func TestEveryMailGoesOnce(t *testing.T) {
	p := newPost(t, 3)
	var people []uuid.UUID
	for range 15 {
		people = append(people, p.shortlisted())
	}
	p.invite(people...)
	for _, app := range people {
		do(p.world, workflows.Confirm, app, p.latest(app))
	}
	p.settled()
	// A confirmation overtakes an invitation that has not gone yet: then only the confirmation goes.
	if got := p.each(1); got != p.count("sent") || p.count("sent")+p.count("dropped") != 30 || p.count("failed") != 0 {
		t.Fatal(got, p.count("sent"), p.count("dropped"))
	}
	messages, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if !strings.Contains(m.Text, "https://jobs.example.org/c/") || !strings.Contains(m.Text, "Анна") {
			t.Fatal("the letter has no link or name", m.Subject)
		}
	}
	if strings.Contains(p.log.String(), "example.org") || strings.Contains(p.log.String(), "Анна") {
		t.Fatal("personal text in the log")
	}
}

func TestSMTPHasABadHour(t *testing.T) {
	p := newPost(t, 2)
	p.sink.SetFault(mailsink.Fault{Code: 451, Times: 4})
	first, _ := p.invited()
	p.settled()
	p.sink.SetFault(mailsink.Fault{})
	if err := p.sink.Down(); err != nil {
		t.Fatal(err)
	}
	second, _ := p.invited()
	time.Sleep(2 * mailIdle) // let the senders meet the closed door; nothing is asserted on the time
	if p.count("sent") != 1 {
		t.Fatal("nothing can have gone while the server is down")
	}
	if err := p.sink.Up(); err != nil {
		t.Fatal(err)
	}
	p.settled()
	p.sink.SetFault(mailsink.Fault{Delay: 300 * time.Millisecond})
	third, _ := p.invited()
	p.settled()
	if p.each(1) != 3 || p.count("sent") != 3 {
		t.Fatal(p.count("sent"))
	}
	_, _, _ = first, second, third
	if strings.Contains(p.log.String(), "example.org") {
		t.Fatal("personal text in the log")
	}
}

func TestAnAnswerLostIsTheOnlyRepeat(t *testing.T) {
	p := newPost(t, 1)
	p.sink.SetFault(mailsink.Fault{LoseAnswer: true, Times: 1})
	p.invited()
	p.settled()
	if p.each(2) != 1 {
		t.Fatal("one Message-ID, whatever happens")
	}
}

func TestARefusedMailIsNotTriedForEver(t *testing.T) {
	p := newPost(t, 1)
	p.sink.SetFault(mailsink.Fault{Code: 550, Stage: mailsink.AtRecipient})
	p.invited()
	p.settled()
	if p.count("failed") != 1 || p.each(0) != 0 {
		t.Fatal(p.count("failed"))
	}
}

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
