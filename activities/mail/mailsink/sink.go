// Package mailsink is an SMTP server that delivers nothing: it keeps every mail it accepts for people (the
// mailbox page of cmd/dev) and tests to look at, and it can be made to misbehave as real servers do. It is the counter at which "none lost, never two Message-IDs for one mail" is checked.
//
//	sink, err := mailsink.Listen("127.0.0.1:0", &mailsink.Memory{})
//	defer sink.Close()
//	... send to sink.Addr() ...
//	m, err := sink.Wait(ctx, mailsink.Filter{To: "ann@example.com", Subject: "invitation"})
package mailsink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// maxBytes bounds one mail: the same as the big providers' 25 MB.
const maxBytes = 25 << 20

// Fault is one way to misbehave. The zero value is none.
type Fault struct {
	// Code refuses: 4xx "later", 5xx "never". It answers at Stage.
	Code  int
	Stage Stage
	// Enhanced is the code of RFC 3463 that goes with it; zero says no more than its class.
	Enhanced smtp.EnhancedCode
	// Delay is waited before each answer to the mail's content.
	Delay time.Duration
	// Held keeps a refusal of the recipient back until it is closed.
	Held <-chan struct{}
	// LoseAnswer keeps the mail, then cuts the connection instead of answering 250: the one case in which a
	// sender cannot know.
	LoseAnswer bool
	// Times is after how many mails (or refusals) the fault is over; 0 is until the next SetFault.
	Times int
}

// Stage is the SMTP command at which a refusal is given.
type Stage int

// The stages. AtData, the zero value, is after the whole content was sent.
const (
	AtData Stage = iota
	AtRecipient
	AtSender
	AtGreeting // before any command, as an overloaded server does
)

// Stats counts what a sink did since Listen.
type Stats struct {
	Connections int // opened
	Accepted    int // kept
	Refused     int // answered with 4xx or 5xx because of a Fault
	Lost        int // kept with the answer lost because of a Fault (also in Accepted)
}

// Sink is a listening SMTP server. Its methods may be called from any goroutine.
type Sink struct {
	store Store
	addr  string

	mu      sync.Mutex
	server  *smtp.Server // nil while down
	door    net.Listener
	fault   Fault
	stats   Stats
	arrived chan struct{} // closed and renewed with each accepted mail
}

// Listen starts a sink on host:port; port 0 picks a free one, which then stays the same over Down and Up.
func Listen(addr string, store Store) (*Sink, error) {
	s := &Sink{store: store, addr: addr, arrived: make(chan struct{})}
	return s, s.Up()
}

// Addr is host:port.
func (s *Sink) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// Store returns the store given to Listen.
func (s *Sink) Store() Store { return s.store }

// Stats returns the counts so far.
func (s *Sink) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// SetFault makes the sink misbehave from the next command on; Fault{} makes it good again.
func (s *Sink) SetFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Up listens again after Down; on a listening sink it does nothing.
func (s *Sink) Up() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return nil
	}
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(s.open))
	server.Domain = "localhost"
	server.MaxMessageBytes = maxBytes
	server.MaxRecipients = 100
	server.EnableSMTPUTF8 = true
	server.ReadTimeout, server.WriteTimeout = 5*time.Minute, time.Minute
	// Its log quotes addresses; a cut connection is nothing to report here.
	server.ErrorLog = log.New(io.Discard, "", 0)
	s.server, s.door = server, &door{Listener: l, sink: s}
	serve := s.door
	go func() { _ = server.Serve(serve) }() // ends with Down
	return nil
}

// Down refuses connections and cuts the open ones, as a machine that went away.
func (s *Sink) Down() error {
	s.mu.Lock()
	server, door := s.server, s.door
	s.server = nil
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	// Both: the server knows its listener only once its goroutine has run.
	err := errors.Join(door.Close(), server.Close())
	if errors.Is(err, net.ErrClosed) || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// Close ends the sink; what it kept stays in its store.
func (s *Sink) Close() error { return s.Down() }

// Wait returns the newest mail that matches, as soon as there is one, or ctx's error.
func (s *Sink) Wait(ctx context.Context, f Filter) (Message, error) {
	f.Limit = 1
	for {
		s.mu.Lock()
		arrived := s.arrived
		s.mu.Unlock()
		found, err := s.store.List(ctx, f)
		if err != nil {
			return Message{}, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("no such mail: %w", ctx.Err())
		}
	}
}

// door is the listener. A refusal at the greeting happens here, because the library greets everybody.
type door struct {
	net.Listener
	sink *Sink
}

func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		d.sink.mu.Lock()
		d.sink.stats.Connections++
		d.sink.mu.Unlock()
		refusal := d.sink.refuse(AtGreeting)
		if refusal == nil {
			return c, nil
		}
		_ = c.SetDeadline(time.Now().Add(time.Second))
		_, _ = fmt.Fprintf(c, "%d refused on purpose\r\n", refusal.Code)
		_ = c.Close()
	}
}

func (s *Sink) open(c *smtp.Conn) (smtp.Session, error) {
	return &session{sink: s, conn: c}, nil
}

// refuse returns the answer when the fault refuses at this stage.
func (s *Sink) refuse(stage Stage) *smtp.SMTPError {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault.Code == 0 || s.fault.Stage != stage {
		return nil
	}
	code, enhanced := s.fault.Code, s.fault.Enhanced
	if enhanced == (smtp.EnhancedCode{}) {
		enhanced[0] = code / 100
	}
	s.stats.Refused++
	s.used()
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: "refused on purpose"}
}

// used counts the fault down; s.mu is held.
func (s *Sink) used() {
	if s.fault.Times == 0 {
		return
	}
	if s.fault.Times--; s.fault.Times == 0 {
		s.fault = Fault{}
	}
}

// session is one connection.
type session struct {
	sink *Sink
	conn *smtp.Conn
	from string
	to   []string
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	x.from = from
	if err := x.sink.refuse(AtSender); err != nil {
		return err
	}
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.sink.mu.Lock()
	held := x.sink.fault.Held
	x.sink.mu.Unlock()
	if held != nil {
		<-held
	}
	if err := x.sink.refuse(AtRecipient); err != nil {
		return err
	}
	x.to = append(x.to, address(to))
	return nil
}

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s := x.sink
	s.mu.Lock()
	delay := s.fault.Delay
	s.mu.Unlock()
	if delay > 0 {
		time.Sleep(delay)
	}
	if err := s.refuse(AtData); err != nil {
		return err
	}
	m := Parse(raw)
	m.From, m.To, m.Received = x.from, x.to, time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := s.store.Add(ctx, m); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "cannot be kept now"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Accepted++
	close(s.arrived)
	s.arrived = make(chan struct{})
	lose := s.fault.LoseAnswer
	if s.fault != (Fault{}) && s.fault.Code == 0 {
		s.used()
	}
	if lose {
		s.stats.Lost++
		_ = x.conn.Conn().Close()
	}
	return nil
}

func (x *session) Reset() { x.from, x.to = "", nil }

func (x *session) Logout() error { return nil }
