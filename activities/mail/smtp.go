package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// TLSMode says how the connection to the mail server is protected.
type TLSMode string

// The modes, as they stand in the configuration.
const (
	StartTLS    TLSMode = "starttls" // begins in clear and must change to TLS before anything is said
	ImplicitTLS TLSMode = "tls"      // TLS from the first byte (port 465)
	NoTLS       TLSMode = "none"     // clear text: a sink on this machine
)

// Dialer is where and how mail goes out. It is plain configuration, safe to copy and share.
type Dialer struct {
	Host string
	Port int
	TLS  TLSMode
	// User and Password; an empty User sends without login. Go-mail refuses to say a password in
	// clear text except to localhost.
	User, Password string
	// HELO is the name we greet with; empty is the machine's host name.
	HELO string
	// Timeout bounds the dial, and each mail; zero is 30 s. The sender's lease must be longer than
	// twice this, as a mail may dial anew.
	Timeout time.Duration
	// RootCAs replaces the system's certificate authorities when not nil.
	RootCAs *x509.CertPool
}

const defaultTimeout = 30 * time.Second

// Transport sends mails over one kept connection. Each sender goroutine has its own: go-mail's client
// failed 15-20 % of sends when shared (its issue 380). Calls are serialised, so a shared one is slow
// but never wrong.
type Transport struct {
	dialer Dialer
	mu     sync.Mutex
	mailer *gomail.Client
	client *smtp.Client
	conn   net.Conn
}

// Transport checks the configuration and returns a transport that dials at its first mail. The error
// says which setting is wrong.
func (d Dialer) Transport() (*Transport, error) {
	if d.Timeout <= 0 {
		d.Timeout = defaultTimeout
	}
	opts := []gomail.Option{
		gomail.WithPort(d.Port),
		gomail.WithTimeout(d.Timeout),
		// The RSET after a mail can fail after the server's 250 and tells nothing: MAIL resets by itself.
		gomail.WithoutRset(),
	}
	switch d.TLS {
	case StartTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		opts = append(opts, gomail.WithSSL())
	case NoTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, errors.New("mail: TLS mode is none of starttls, tls, none")
	}
	config := &tls.Config{ServerName: d.Host, MinVersion: tls.VersionTLS12, RootCAs: d.RootCAs}
	opts = append(opts, gomail.WithTLSConfig(config))
	if d.HELO != "" {
		opts = append(opts, gomail.WithHELO(d.HELO))
	}
	if d.User != "" {
		// The library's discovery takes a connection from a dial function of ours for clear text and
		// then offers no password; the explicit list does not ask. In clear, PLAIN refuses by itself
		// to speak to any host but this machine.
		login := gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
		if d.TLS == NoTLS {
			login = gomail.WithSMTPAuth(gomail.SMTPAuthPlain)
		}
		opts = append(opts, login, gomail.WithUsername(d.User), gomail.WithPassword(d.Password))
	}
	t := &Transport{dialer: d}
	opts = append(opts, gomail.WithDialContextFunc(t.dialer.connect(config, &t.conn)))
	mailer, err := gomail.NewClient(d.Host, opts...)
	if err != nil {
		return nil, fmt.Errorf("mail: SMTP settings: %w", err)
	}
	t.mailer = mailer
	return t, nil
}

// connect dials and leaves the connection in *keep, so that a cancelled Send can cut it and a failed
// greeting can close it (the library leaks it there).
func (d Dialer) connect(config *tls.Config, keep *net.Conn) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var conn net.Conn
		var err error
		if d.TLS == ImplicitTLS {
			conn, err = (&tls.Dialer{NetDialer: &net.Dialer{}, Config: config}).DialContext(ctx, network, address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		}
		*keep = conn
		return conn, err
	}
}

// Send delivers one mail and returns nil once the server has said 250 to its content, whatever
// happens to the connection after that: the answer decides whether a candidate gets the mail twice.
// Any other outcome is a *Failure (see Temporary and Code). A kept connection the server has closed in
// the meantime is dialled anew within the call. An ended ctx cuts the connection.
func (t *Transport) Send(ctx context.Context, r Rendered) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.to == nil {
		return &Failure{Class: CodeMessage}
	}
	fresh := t.client == nil
	f := t.attempt(ctx, r)
	if f != nil && !fresh && ctx.Err() == nil && t.client == nil && f.stale() {
		f = t.attempt(ctx, r)
	}
	if f == nil {
		return nil
	}
	if ctx.Err() != nil {
		return &Failure{Class: CodeStopped, temp: true}
	}
	return f.Failure
}

// outcome is a failure and how far the mail had come.
type outcome struct {
	*Failure
	reason gomail.SendErrReason
}

// stale says that nothing of the mail's content was handed over and the kept connection is to blame.
func (o *outcome) stale() bool {
	early := o.reason == gomail.ErrConnCheck || o.reason == gomail.ErrSMTPMailFrom
	return early && (o.Class == CodeDropped || o.Reply == 421)
}

func (t *Transport) attempt(ctx context.Context, r Rendered) *outcome {
	if err := t.ready(ctx); err != nil {
		return &outcome{Failure: err, reason: gomail.ErrAmbiguous}
	}
	stop := context.AfterFunc(ctx, func(conn net.Conn) func() {
		return func() { _ = conn.Close() }
	}(t.conn))
	defer stop()
	// SMTPUTF8 only where an address needs it: asked for without need, the next server on the way may
	// refuse a mail it could well deliver.
	t.client.SkipSMTPUTF8(!r.utf8)
	msg := r.message()
	err := t.mailer.SendWithSMTPClient(t.client, msg)
	if err == nil || msg.IsDelivered() {
		if err != nil {
			t.drop()
		}
		return nil
	}
	o := &outcome{Failure: judge(err, r.utf8), reason: gomail.ErrAmbiguous}
	var se *gomail.SendError
	if errors.As(err, &se) {
		o.reason = se.Reason
	}
	// A refusal by reply leaves the connection in order (the library sends RSET); all else does not.
	if o.Reply == 0 || o.Reply == 421 || o.reason == gomail.ErrWriteContent {
		t.drop()
	}
	return o
}

// ready makes sure of a connection, dialling when there is none.
func (t *Transport) ready(ctx context.Context) *Failure {
	if t.client != nil {
		return nil
	}
	t.conn = nil
	client, err := t.mailer.DialToSMTPClientWithContext(ctx)
	if err != nil {
		f := dialFailure(err, t.conn != nil)
		t.drop()
		return f
	}
	t.client = client
	return nil
}

func (t *Transport) drop() {
	if t.conn != nil {
		_ = t.conn.Close()
	}
	t.conn, t.client = nil, nil
}

// Close says QUIT and ends the kept connection. The transport may be used again; it dials anew.
func (t *Transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client != nil {
		_ = t.client.UpdateDeadline(min(t.dialer.Timeout, 2*time.Second))
		_ = t.client.Quit() // a server that is gone already is closed enough
	}
	t.drop()
	return nil
}

// ascii says whether s is plain ASCII.
func ascii(s string) bool {
	for _, r := range s {
		if r > unicode.MaxASCII {
			return false
		}
	}
	return true
}
