package mail

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

func rendered(t *testing.T, kind Kind, lang string, change ...func(*Letter)) Rendered {
	t.Helper()
	l := sample(lang)
	for _, c := range change {
		c(&l)
	}
	r, err := Render(kind, l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestMailsArriveAsRenderedOverOneConnection(t *testing.T) {
	s := &sink{}
	d := serve(t, s)
	tr := transport(t, d)
	var sent []Rendered
	for _, kind := range Kinds() {
		for _, lang := range []string{"en", "bg", "ru"} {
			r := rendered(t, kind, lang)
			if err := tr.Send(t.Context(), r); err != nil {
				t.Fatal(kind, lang, err)
			}
			sent = append(sent, r)
		}
	}
	if s.sessions != 1 || len(s.got) != len(sent) {
		t.Fatalf("%d sessions, %d of %d mails", s.sessions, len(s.got), len(sent))
	}
	for i, r := range sent {
		g := s.got[i]
		if g.from != "hr@romashka.example" || g.to != "maria@example.com" || g.utf8 {
			t.Errorf("envelope %s -> %s, SMTPUTF8 %v", g.from, g.to, g.utf8)
		}
		h, parts := parse(t, g.raw)
		if h.Get("Message-Id") != "<"+r.MessageID+">" {
			t.Errorf("Message-ID %s", h.Get("Message-Id"))
		}
		crlf := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
		if crlf(parts[0].body) != r.Text || crlf(parts[1].body) != r.HTML {
			t.Errorf("%s: the text or HTML arrived changed", r.Kind)
		}
		if r.Calendar != nil && (len(parts) != 4 || parts[2].body != string(r.Calendar) || parts[3].body != string(r.Calendar)) {
			t.Errorf("%s: the calendar file arrived changed", r.Kind)
		}
		for l := range bytes.Lines(g.raw) {
			if len(l) > 1000 || !ascii(string(l)) { // RFC 5321 section 4.5.3.1.6
				t.Errorf("%s: an unsendable line: %q", r.Kind, l)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		reply     int
		class     string
		temporary bool
	}{
		{450, CodeTemporary, true},
		{451, CodeTemporary, true},
		{550, CodePermanent, false},
		{553, CodePermanent, false},
	} {
		s := &sink{}
		refuse := &smtp.SMTPError{Code: c.reply, Message: "mailbox maria@example.com refused by Ivan"}
		s.rcpt = func(n int, _ string) error {
			if n == 1 {
				return refuse
			}
			return nil
		}
		s.data = func(n int, _ *smtp.Conn) error {
			if n == 1 {
				return refuse
			}
			return nil
		}
		d := serve(t, s)
		tr := transport(t, d)
		for _, stage := range []string{"RCPT", "DATA"} {
			err := tr.Send(t.Context(), rendered(t, Booked, "ru"))
			class := c.class
			if class == CodePermanent && stage == "RCPT" {
				class = CodeAddress
			}
			if err == nil || Code(err) != class || Temporary(err) != c.temporary {
				t.Errorf("%d at %s: %v, %s, temporary %v", c.reply, stage, err, Code(err), Temporary(err))
			}
			var f *Failure
			if !errors.As(err, &f) || f.Reply != c.reply {
				t.Errorf("%d at %s: reply is lost: %v", c.reply, stage, err)
			}
			if strings.ContainsAny(err.Error(), "@") || strings.Contains(err.Error(), "Ivan") {
				t.Errorf("the error quotes the server: %v", err)
			}
			if errors.Unwrap(err) != nil {
				t.Error("a library error is wrapped")
			}
		}
		if err := tr.Send(t.Context(), rendered(t, Booked, "ru")); err != nil {
			t.Errorf("after the refusals: %v", err)
		}
		if s.sessions != 1 || len(s.got) != 1 {
			t.Errorf("%d sessions, %d mails", s.sessions, len(s.got))
		}
	}
}

func TestConnectionDroppedInTheMiddle(t *testing.T) {
	s := &sink{}
	s.data = func(n int, c *smtp.Conn) error {
		if n == 2 {
			_ = c.Conn().Close()
			return io.ErrUnexpectedEOF
		}
		return nil
	}
	d := serve(t, s)
	tr := transport(t, d)
	send := func() error { return tr.Send(t.Context(), rendered(t, Invitation, "bg")) }
	if err := send(); err != nil {
		t.Fatal(err)
	}
	if err := send(); Code(err) != CodeDropped || !Temporary(err) {
		t.Errorf("dropped in DATA: %v", err)
	}
	if err := send(); err != nil {
		t.Errorf("redial: %v", err)
	}
	if len(s.got) != 2 || s.sessions != 2 {
		t.Errorf("%d mails, %d sessions", len(s.got), s.sessions)
	}
}

func TestServerClosedTheIdleConnection(t *testing.T) {
	s := &sink{}
	d := serve(t, s)
	tr := transport(t, d)
	if err := tr.Send(t.Context(), rendered(t, Thanks, "en")); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	_ = s.conns[0].Conn().Close()
	s.mu.Unlock()
	if err := tr.Send(t.Context(), rendered(t, Thanks, "en")); err != nil {
		t.Errorf("not dialled anew: %v", err)
	}
	if len(s.got) != 2 || s.sessions != 2 {
		t.Errorf("%d mails, %d sessions", len(s.got), s.sessions)
	}
}

func TestLogin(t *testing.T) {
	s := &sink{password: "correct horse"}
	d := serve(t, s)
	for _, c := range []struct{ user, password, class string }{
		{"", "", CodeLogin},
		{"stazh", "wrong", CodeLogin},
		{"stazh", "correct horse", ""},
	} {
		d.User, d.Password = c.user, c.password
		err := transport(t, d).Send(t.Context(), rendered(t, Booked, "en"))
		if Code(err) != c.class || (err != nil && !Temporary(err)) {
			t.Errorf("%q %q: %v (%s)", c.user, c.password, err, Code(err))
		}
		if err != nil && (strings.Contains(err.Error(), "stazh") || strings.Contains(err.Error(), "wrong")) {
			t.Errorf("the error quotes the login: %v", err)
		}
	}
}

func TestTLS(t *testing.T) {
	// httptest has a certificate for 127.0.0.1; its server is not used.
	web := httptest.NewTLSServer(http.NotFoundHandler())
	defer web.Close()
	for _, mode := range []TLSMode{StartTLS, ImplicitTLS} {
		s := &sink{password: "correct horse", certificates: web.TLS.Certificates, implicit: mode == ImplicitTLS}
		d := serve(t, s)
		d.TLS, d.User, d.Password = mode, "stazh", "correct horse"
		if err := transport(t, d).Send(t.Context(), rendered(t, Booked, "en")); Code(err) != CodeUnreachable {
			t.Errorf("%s: an unknown authority was trusted: %v", mode, err)
		}
		d.RootCAs = x509.NewCertPool()
		d.RootCAs.AddCert(web.Certificate())
		tr := transport(t, d)
		for range 2 {
			if err := tr.Send(t.Context(), rendered(t, Booked, "en")); err != nil {
				t.Errorf("%s: %v", mode, err)
			}
		}
		if len(s.got) != 2 {
			t.Errorf("%s: %d mails", mode, len(s.got))
		}
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	d := Dialer{Host: "127.0.0.1", Port: port, TLS: NoTLS, Timeout: time.Second}
	if err := transport(t, d).Send(t.Context(), rendered(t, Booked, "en")); Code(err) != CodeUnreachable || !Temporary(err) {
		t.Errorf("%v", err)
	}
	// A server without STARTTLS, where TLS is asked for, gets neither login nor mail.
	s := &sink{}
	d = serve(t, s)
	d.TLS = StartTLS
	if err := transport(t, d).Send(t.Context(), rendered(t, Booked, "en")); Code(err) != CodeUnreachable || len(s.got) != 0 {
		t.Errorf("%v, %d mails", err, len(s.got))
	}
}

func TestAddressesBeyondASCIIAskForSMTPUTF8(t *testing.T) {
	s := &sink{}
	d := serve(t, s)
	tr := transport(t, d)
	for _, to := range []string{"мария@пример.рф", "maria@example.com"} {
		if err := tr.Send(t.Context(), rendered(t, Booked, "ru", func(l *Letter) { l.To.Email = to })); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.got) != 2 || !s.got[0].utf8 || s.got[1].utf8 || s.got[0].to != "мария@пример.рф" {
		t.Errorf("%+v", s.got)
	}
}

func TestSettings(t *testing.T) {
	for _, d := range []Dialer{
		{Host: "", Port: 25, TLS: NoTLS},
		{Host: "mail.example", Port: 0, TLS: NoTLS},
		{Host: "mail.example", Port: 70000, TLS: NoTLS},
		{Host: "mail.example", Port: 25},
		{Host: "mail.example", Port: 25, TLS: "maybe"},
	} {
		if _, err := d.Transport(); err == nil {
			t.Errorf("%+v was taken", d)
		}
	}
	tr := transport(t, Dialer{Host: "127.0.0.1", Port: 1, TLS: NoTLS})
	if err := tr.Send(t.Context(), Rendered{}); Code(err) != CodeMessage || Temporary(err) {
		t.Errorf("an empty mail: %v", err)
	}
	if Temporary(nil) || Code(nil) != "" || !Temporary(errors.New("?")) || Code(errors.New("?")) != CodeUnknown {
		t.Error("errors of other origin")
	}
}
