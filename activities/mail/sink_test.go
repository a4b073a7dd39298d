package mail

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// sink is a mail server in this process whose answers the test chooses.
type sink struct {
	mu       sync.Mutex
	sessions int
	conns    []*smtp.Conn
	got      []received
	// rcpt and data answer the n-th RCPT and message (counted from 1 over the server's life).
	rcpt         func(n int, to string) error
	data         func(n int, conn *smtp.Conn) error
	rcpts, datas int
	password     string
	certificates []tls.Certificate
	implicit     bool
}

type received struct {
	from, to string
	utf8     bool
	raw      []byte
}

type sinkSession struct {
	s        *sink
	conn     *smtp.Conn
	from, to string
	utf8     bool
	in       bool
}

func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	s.conns = append(s.conns, c)
	return &sinkSession{s: s, conn: c}, nil
}

func (x *sinkSession) Mail(from string, o *smtp.MailOptions) error {
	if x.s.password != "" && !x.in {
		return &smtp.SMTPError{Code: 530, Message: "Authentication required"}
	}
	x.from, x.utf8 = from, o.UTF8
	return nil
}

func (x *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	x.s.rcpts++
	n, f := x.s.rcpts, x.s.rcpt
	x.s.mu.Unlock()
	x.to = to
	if f != nil {
		return f(n, to)
	}
	return nil
}

func (x *sinkSession) Data(r io.Reader) error {
	x.s.mu.Lock()
	x.s.datas++
	n, f := x.s.datas, x.s.data
	x.s.mu.Unlock()
	if f != nil {
		if err := f(n, x.conn); err != nil {
			return err
		}
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.s.got = append(x.s.got, received{x.from, x.to, x.utf8, raw})
	return nil
}

func (x *sinkSession) Reset()        {}
func (x *sinkSession) Logout() error { return nil }

func (x *sinkSession) AuthMechanisms() []string {
	if x.s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (x *sinkSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "stazh" || password != x.s.password {
			return &smtp.SMTPError{Code: 535, Message: "no such user stazh"}
		}
		x.in = true
		return nil
	}), nil
}

// serve starts the sink and returns how to reach it.
func serve(t *testing.T, s *sink) Dialer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth, srv.EnableSMTPUTF8 = "sink.example", true, true
	srv.ErrorLog = quiet{}
	port := l.Addr().(*net.TCPAddr).Port
	if s.certificates != nil {
		srv.TLSConfig = &tls.Config{Certificates: s.certificates}
		srv.AllowInsecureAuth = false
		if s.implicit {
			l = tls.NewListener(l, srv.TLSConfig)
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return Dialer{Host: "127.0.0.1", Port: port, TLS: NoTLS, HELO: "stazh.example", Timeout: 5 * time.Second}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func transport(t *testing.T, d Dialer) *Transport {
	t.Helper()
	tr, err := d.Transport()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tr.Close() })
	return tr
}
