package activities

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// The letter that offers another time to whom we sent away waits for second thoughts, and says the truth when it goes.
func TestAnotherTimeIsOfferedToWhomItIsOwed(t *testing.T) {
	p := newPost(t, 1)
	var apps []uuid.UUID
	for range 5 {
		apps = append(apps, p.arrived())
	}
	plain, withdraws, decided, moves, undone := apps[0], apps[1], apps[2], apps[3], apps[4]
	p.later(48*time.Hour + 5*time.Minute)
	for _, app := range apps {
		do(p.world, workflows.MarkLeft, app, p.latest(app))
	}
	gone := p.now
	p.later(2 * time.Minute)
	no := workflows.DecideArgs{Decision: hiring.Reject, Reason: "other", NoMail: true}
	do(p.world, workflows.Withdraw, withdraws, workflows.None{})
	do(p.world, workflows.Decide, decided, no)
	do(p.world, workflows.Decide, undone, no)
	do(p.world, workflows.Rebook, moves, workflows.RebookArgs{Interview: p.another(70*time.Hour, 2, 2).String()})
	if sent := p.mails("left_rebook", "sent"); sent != 0 {
		t.Fatal(sent, "went before second thoughts")
	}
	p.later(hiring.CloseAfter)
	p.settled()
	for app, want := range map[uuid.UUID]string{plain: "left_rebook sent]", withdraws: "left_rebook dropped", decided: "left_rebook dropped", moves: "left_rebook dropped", undone: "left_rebook dropped"} {
		if story := p.story(app); !strings.Contains(story, want) {
			t.Error(story, "lacks", want)
		}
	}
	do(p.world, workflows.UndoDecision, undone, workflows.None{})
	do(p.world, workflows.Rejoin, withdraws, workflows.None{})
	p.settled()
	if sent := p.mails("left_rebook", "sent"); sent != 3 {
		t.Error(sent, "know that another time is theirs")
	}
	// The letter names the hour until which the promise holds.
	moscow, _ := time.LoadLocation("Europe/Moscow")
	until := gone.AddDate(0, 0, hiring.DefaultPolicy().AgainDays).In(moscow).Format("15:04")
	messages, err := p.sink.Store().List(context.Background(), mailsink.Filter{Limit: 50})
	said := 0
	for _, m := range messages {
		if strings.Contains(m.Text, "вне очереди") && strings.Contains(m.Text, until) {
			said++
		}
	}
	if err != nil || said != 3 {
		t.Error(said, "letters say", until, err)
	}
}

// A provider refuses by policy what it takes for spam, and all of a domain that lacks its records: the letter waits for
// the operator for days, and not for ever.
func TestALetterThatPolicyRefuses(t *testing.T) {
	p := newPost(t, 1)
	p.sink.SetFault(mailsink.Fault{Code: 550, Stage: mailsink.AtData, Enhanced: smtp.EnhancedCode{5, 7, 26}})
	app := p.arrived()
	p.later(48*time.Hour + 5*time.Minute)
	do(p.world, workflows.MarkLeft, app, p.latest(app))
	p.later(time.Hour)
	p.tried(1)
	if waits := p.mails("left_rebook", "queued"); waits != 1 {
		t.Fatal(p.story(app))
	}
	p.later(48 * time.Hour)
	p.exec(`UPDATE outgoing_mail SET retry_at = NULL WHERE state = 'queued'`)
	p.tried(2)
	if waits := p.mails("left_rebook", "queued"); waits != 1 {
		t.Fatal(p.story(app))
	}
	p.exec(`UPDATE outgoing_mail SET retry_at = NULL, due_at = due_at - interval '2 days' WHERE state = 'queued'`)
	p.settled()
	if story := p.story(app); !strings.Contains(story, "left_rebook failed") {
		t.Error(story)
	}
}
