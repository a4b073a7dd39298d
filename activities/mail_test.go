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
