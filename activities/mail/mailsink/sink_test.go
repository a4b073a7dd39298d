package mailsink_test

import (
	"bytes"
	"context"
	"errors"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/text/encoding/charmap"

	"github.com/stazh/stazh/activities/mail/mailsink"
)

func listen(t *testing.T) (*mailsink.Sink, *mailsink.Memory) {
	t.Helper()
	store := &mailsink.Memory{}
	sink, err := mailsink.Listen("127.0.0.1:0", store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	return sink, store
}

// send sends a small mail over a connection of its own, and returns go-mail's verdict.
func send(t *testing.T, sink *mailsink.Sink, to, subject, id string) error {
	t.Helper()
	m := gomail.NewMsg()
	if err := errors.Join(m.From("hr@example.com"), m.To(to)); err != nil {
		t.Fatal(err)
	}
	m.Subject(subject)
	m.SetMessageIDWithValue(id)
	m.SetBodyString(gomail.TypeTextPlain, "hello")
	return dial(t, sink).DialAndSend(m)
}

func dial(t *testing.T, sink *mailsink.Sink) *gomail.Client {
	t.Helper()
	host, port, _ := strings.Cut(sink.Addr(), ":")
	n := 0
	for _, digit := range port {
		n = n*10 + int(digit-'0')
	}
	c, err := gomail.NewClient(host, gomail.WithPort(n), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithTimeout(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMailTakenApart(t *testing.T) {
	sink, _ := listen(t)
	m := gomail.NewMsg()
	if err := errors.Join(m.FromFormat("Стаж", "hr@example.com"), m.To("Ann@Example.com"), m.Bcc("second@example.com")); err != nil {
		t.Fatal(err)
	}
	m.Subject("Покана за интервю — Пловдив")
	m.SetMessageIDWithValue("key-1@stazh")
	m.SetBodyString(gomail.TypeTextPlain, "Потвърдете: http://localhost:1/a?x=1. И още http://localhost:1/only-text")
	m.AddAlternativeString(gomail.TypeTextHTML, `<p><a href="http://localhost:1/a?x=1">Да</a> <a href='mailto:x@y'>пишете</a><a href="https://b.example/?a=1&amp;b=2">b</a></p>`)
	if err := m.AttachReader("покана.ics", strings.NewReader("BEGIN:VCALENDAR\r\n"),
		gomail.WithFileContentType("text/calendar; method=REQUEST")); err != nil {
		t.Fatal(err)
	}
	if err := dial(t, sink).DialAndSend(m); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	got, err := sink.Wait(ctx, mailsink.Filter{To: "ANN@example.com", Subject: "покана"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "Покана за интервю — Пловдив" || got.MessageID != "key-1@stazh" || got.Sender != "Стаж <hr@example.com>" ||
		got.From != "hr@example.com" || got.Date.IsZero() || got.ID != 1 {
		t.Errorf("headers: %+v", got)
	}
	if !slices.Equal(got.To, []string{"ann@example.com", "second@example.com"}) {
		t.Errorf("recipients %v", got.To)
	}
	if !strings.HasPrefix(got.Text, "Потвърдете") || !strings.Contains(got.HTML, ">Да</a>") {
		t.Errorf("text %q html %q", got.Text, got.HTML)
	}
	want := []string{"http://localhost:1/a?x=1", "https://b.example/?a=1&b=2", "http://localhost:1/only-text"}
	if !slices.Equal(got.Links, want) {
		t.Errorf("links %q", got.Links)
	}
	if len(got.Attachments) != 1 || got.Attachments[0].Name != "покана.ics" || !strings.HasPrefix(got.Attachments[0].Type, "text/calendar") ||
		string(got.Attachments[0].Content) != "BEGIN:VCALENDAR\r\n" {
		t.Errorf("attachments %+v", got.Attachments)
	}
}

func TestParseUglyMail(t *testing.T) {
	cyrillic, err := charmap.Windows1251.NewEncoder().String("Здравейте")
	if err != nil {
		t.Fatal(err)
	}
	m := mailsink.Parse([]byte("Subject: old\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n" + cyrillic))
	if m.Text != "Здравейте" || m.Subject != "old" {
		t.Errorf("%q %q", m.Subject, m.Text)
	}
	m = mailsink.Parse([]byte("Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN\r\n--x--\r\n"))
	if len(m.Attachments) != 1 || m.Attachments[0].Name != "invitation.ics" || !m.Attachments[0].Inline {
		t.Errorf("calendar part: %+v", m.Attachments)
	}
	for _, raw := range []string{"", "\x00\xff", "Content-Type: multipart/mixed\r\n\r\n", "no header at all"} {
		if m := mailsink.Parse([]byte(raw)); !bytes.Equal(m.Raw, []byte(raw)) || m.Links == nil || m.Attachments == nil {
			t.Errorf("%q became %+v", raw, m)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault mailsink.Fault
		code  int // the reply the sender sees; 0 is a cut or accepted mail
		temp  bool
	}{
		{"later, at the content", mailsink.Fault{Code: 451}, 451, true},
		{"never, at the content", mailsink.Fault{Code: 554}, 554, false},
		{"never, at the recipient", mailsink.Fault{Code: 550, Stage: mailsink.AtRecipient}, 550, false},
		{"later, at the sender", mailsink.Fault{Code: 450, Stage: mailsink.AtSender}, 450, true},
		{"later, at the greeting", mailsink.Fault{Code: 421, Stage: mailsink.AtGreeting}, 421, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			sink, store := listen(t)
			c.fault.Times = 1
			sink.SetFault(c.fault)
			err := send(t, sink, "a@example.com", "one", "one@x")
			if code(err) != c.code {
				t.Errorf("the sender saw %v, want code %d", err, c.code)
			}
			if list, _ := store.List(t.Context(), mailsink.Filter{}); len(list) != 0 {
				t.Error("a refused mail was kept")
			}
			if err := send(t, sink, "a@example.com", "one", "one@x"); err != nil {
				t.Errorf("the fault outlived its times: %v", err)
			}
			if got := sink.Stats(); got.Refused != 1 || got.Accepted != 1 {
				t.Errorf("stats %+v", got)
			}
		})
	}
}

// code digs the SMTP reply code out of go-mail's errors.
func code(err error) int {
	var send *gomail.SendError
	if errors.As(err, &send) {
		return send.ErrorCode()
	}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}

func TestLostAnswer(t *testing.T) {
	sink, store := listen(t)
	sink.SetFault(mailsink.Fault{LoseAnswer: true, Times: 1})
	if err := send(t, sink, "a@example.com", "one", "one@x"); err == nil {
		t.Error("the sender got an answer")
	}
	if err := send(t, sink, "a@example.com", "one", "one@x"); err != nil {
		t.Fatal(err)
	}
	counts, err := store.Counts(t.Context())
	if err != nil || counts["one@x"] != 2 || len(counts) != 1 {
		t.Errorf("counts %v, %v", counts, err)
	}
	if got := sink.Stats(); got.Lost != 1 || got.Accepted != 2 {
		t.Errorf("stats %+v", got)
	}
}

func TestSlow(t *testing.T) {
	sink, _ := listen(t)
	sink.SetFault(mailsink.Fault{Delay: 200 * time.Millisecond})
	began := time.Now()
	if err := send(t, sink, "a@example.com", "one", "one@x"); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

func TestDownAndUp(t *testing.T) {
	sink, store := listen(t)
	address := sink.Addr()
	if err := sink.Down(); err != nil {
		t.Fatal(err)
	}
	if err := send(t, sink, "a@example.com", "one", "one@x"); err == nil {
		t.Error("a sink that is down accepted a mail")
	}
	if err := sink.Up(); err != nil || sink.Addr() != address {
		t.Fatalf("%v, %s", err, sink.Addr())
	}
	if err := send(t, sink, "a@example.com", "one", "one@x"); err != nil {
		t.Fatal(err)
	}
	if list, _ := store.List(t.Context(), mailsink.Filter{}); len(list) != 1 {
		t.Errorf("%d mails", len(list))
	}
}

func TestWaitEnds(t *testing.T) {
	sink, _ := listen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := sink.Wait(ctx, mailsink.Filter{To: "nobody@example.com"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
