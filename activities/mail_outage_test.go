package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// later lets business time pass for senders and steps.
func (p *post) later(d time.Duration) {
	p.t.Helper()
	p.now = p.now.Add(d)
	p.exec(`UPDATE business_clock SET origin_wall = ?, origin_business = ?`, time.Now(), p.now)
}

// tried waits until every queued mail was tried so often.
func (p *post) tried(times int) {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var left int
		if err := p.db.NewRaw(`SELECT count(*) FROM outgoing_mail WHERE state = 'queued' AND (attempts < ? OR code IN ('', 'sending'))`, times).Scan(context.Background(), &left); err != nil {
			p.t.Fatal(err)
		}
		if left == 0 {
			return
		}
	}
	p.t.Fatal("not tried")
}

func (p *post) replyBy(app uuid.UUID) time.Time {
	p.t.Helper()
	list, err := p.steps.Reader.Bookings(context.Background(), app)
	if err != nil || len(list) == 0 || list[0].ReplyBy == nil {
		p.t.Fatal(list, err)
	}
	return *list[0].ReplyBy
}

// The server takes no mail for longer than the time to answer: nobody has failed to answer, and who is told at last
// has as much time as is left, in the letter and in fact.
func TestNoTimeRunsOutWhileTheInvitationWaits(t *testing.T) {
	p := newPost(t, 1)
	p.sink.SetFault(mailsink.Fault{Code: 451})
	app, _ := p.invited()
	p.tried(1)
	promised := p.replyBy(app)
	p.later(25 * time.Hour)
	facts := mustStep(p.world, workflows.LoadApplication, app.String()).Facts
	next := facts.Next(p.now)
	in := inOf(p.world, app, workflows.Advance{Do: next.Do, Subject: next.Subject}, "lapse")
	in.By.Actor = workflows.System
	twice(p.world, workflows.AdvanceApplication, in)
	p.advance(app)
	p.expect(app, "invited [invited+] [invitation]")
	if by := p.replyBy(app); !by.After(p.now) || !by.After(promised) {
		t.Fatal(by)
	}
	p.later(2 * time.Hour)
	p.sink.SetFault(mailsink.Fault{})
	p.exec(`UPDATE outgoing_mail SET retry_at = NULL`)
	p.settled()
	start := p.now.Add(-27 * time.Hour).Add(48 * time.Hour)
	if by := p.replyBy(app); !by.Equal(start.Add(-12 * time.Hour)) {
		t.Fatal("12 hours before the start, not", by)
	}
	messages, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 10})
	if err != nil || len(messages) != 1 {
		t.Fatal(messages, err)
	}
	moscow, _ := time.LoadLocation("Europe/Moscow")
	if want := p.replyBy(app).In(moscow).Format("15:04"); !strings.Contains(messages[0].Text, want) {
		t.Error("the letter does not say", want, messages[0].Text)
	}
	p.later(time.Hour)
	p.advance(app)
	p.expect(app, "invited [invited+] [invitation sent]")
	p.later(8*time.Hour + time.Minute)
	p.advance(app)
	if story := p.story(app); !strings.HasPrefix(story, "no_answer [no_answer] [invitation sent no_answer") {
		t.Error(story) // he was asked, and had his time
	}
}

// A letter that leaves late gives its reader the whole time, not what the wait has left of it.
func TestALateInvitationGivesTheWholeTime(t *testing.T) {
	p := newPost(t, 1)
	p.exec(`UPDATE interview SET starts_at = starts_at + interval '5 days', ends_at = ends_at + interval '5 days'`)
	p.exec(`UPDATE slot SET starts_at = starts_at + interval '5 days'`)
	p.sink.SetFault(mailsink.Fault{Code: 451})
	app, _ := p.invited()
	p.tried(1)
	p.later(23 * time.Hour)
	p.sink.SetFault(mailsink.Fault{})
	p.exec(`UPDATE outgoing_mail SET retry_at = NULL`)
	p.settled()
	if left := p.replyBy(app).Sub(p.now); left < 24*time.Hour || left > 25*time.Hour {
		t.Fatal(left)
	}
	p.later(2 * time.Hour) // when it would have run out
	p.advance(app)
	p.expect(app, "invited [invited+] [invitation sent]")
}

// So late that there is no time to answer the place is ours again. Nobody is told of what he was not told of, and
// nobody's turning up is judged by it.
func TestTooLateToInviteIsNobodysFault(t *testing.T) {
	p := newPost(t, 1)
	p.sink.SetFault(mailsink.Fault{Code: 451})
	app, _ := p.invited()
	p.tried(1)
	p.later(34 * time.Hour)
	p.advance(app)
	p.expect(app, "shortlisted [withdrawn_by_us] [invitation dropped]")
	var code string
	if err := p.db.NewRaw(`SELECT code FROM outgoing_mail WHERE application_id = ?`, app).Scan(context.Background(), &code); err != nil || code != "too_late" {
		t.Error(code, err)
	}
	if p.taken() != 0 {
		t.Error("the seat is not free")
	}
	if _, _, taught := hiring.BookingWithdrawn.Invited(false); taught {
		t.Error("it teaches show rates")
	}
	p.sink.SetFault(mailsink.Fault{})
	p.exec(`UPDATE outgoing_mail SET retry_at = NULL`)
	p.settled()
	if p.each(1) != 0 {
		t.Error("a mail went")
	}
}

// An address that takes no mail: the process hears of it at once and gives the place back, and no wave
// invites the person again, until a mail reaches him.
func TestAnAddressThatTakesNoMail(t *testing.T) {
	p := newPost(t, 0)
	p.sink.SetFault(mailsink.Fault{Code: 550, Stage: mailsink.AtRecipient})
	app, _ := p.invited()
	s := p.sender()
	nudged := make(chan string, 10)
	s.Nudge = func(_ context.Context, subject string) { nudged <- subject }
	transport, err := s.Dialer.Transport()
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close()
	if _, err := s.batch(context.Background(), transport); err != nil {
		t.Fatal(err)
	}
	if got := <-nudged; got != "application/"+app.String() {
		t.Error(got)
	}
	p.advance(app)
	p.expect(app, "shortlisted [withdrawn_by_us] [invitation failed]")
	reserve := func() bool {
		ids, err := p.steps.Reader.Reserve(context.Background(), p.session, p.now, 10)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(ids, app)
	}
	if p.taken() != 0 || reserve() {
		t.Error("taken", p.taken(), "in the reserve", reserve())
	}
	p.later(time.Minute)
	p.invite(app) // by hand: HR has asked for another address
	p.exec(`UPDATE outgoing_mail SET state = 'sent' WHERE state = 'queued'`)
	do(p.world, workflows.WithdrawByUs, app, p.latest(app))
	if !reserve() {
		t.Error("he can be reached again")
	}
}

// One line when it begins and one when it is over, however many mails wait; a wrong password, a sender that the server
// does not know, or a relay that does not serve us, is an outage as any.
func TestAnOutageIsTwoLines(t *testing.T) {
	for name, f := range map[string]mailsink.Fault{
		"smtp_4xx": {Code: 451}, "smtp_login": {Code: 535, Stage: mailsink.AtGreeting}, "smtp_sender": {Code: 553, Stage: mailsink.AtSender},
		"smtp_relay": {Code: 554, Stage: mailsink.AtRecipient, Enhanced: smtp.EnhancedCode{5, 7, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPost(t, 1)
			p.sink.SetFault(f)
			for range 5 {
				p.invited()
			}
			p.tried(2)
			if got := p.count("queued"); got != 5 {
				t.Fatal("queued", got)
			}
			queue, err := p.steps.Reader.MailQueue(context.Background(), p.now.Add(10*time.Minute))
			if err != nil || queue.Overdue != 5 || queue.Code != name || !queue.Since.Equal(p.now) {
				t.Fatalf("%+v %v", queue, err)
			}
			if queue, err := p.steps.Reader.MailQueue(context.Background(), p.now.Add(time.Minute)); err != nil || queue.Overdue != 0 {
				t.Fatalf("at once: %+v %v", queue, err)
			}
			unsure := func() int {
				w, err := p.steps.Reader.Waiting(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				return w.Unsure
			}
			if unsure() != 0 {
				t.Error(unsure(), "are waited for who were not invited")
			}
			p.sink.SetFault(mailsink.Fault{})
			p.exec(`UPDATE outgoing_mail SET retry_at = NULL`)
			p.settled()
			if unsure() != 5 {
				t.Error("without an answer", unsure())
			}
			log := p.log.String()
			if n := strings.Count(log, "level=WARN"); n != 2 || !strings.Contains(log, "code="+name+" reply="+fmt.Sprint(f.Code)) || strings.Contains(log, "example.org") {
				t.Error(n, log)
			}
		})
	}
}
