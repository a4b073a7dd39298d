package activities

import (
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/mail"
)

// warnAgain is how long a server that takes some mails and puts others off is not warned of anew.
const warnAgain = 10 * time.Minute

// troubled is how many mails, with none that went between them, are put off before the server counts as taking none: one
// recipient who is greylisted is no outage, however often he is tried.
const troubled = 3

// trouble says in the log when the mail server begins to take no mail and when it takes some again, not each mail:
// an outage is one event, and which mails wait stands in the outbox.
type trouble struct {
	mu     sync.Mutex
	since  time.Time // zero: mails go
	warned time.Time
	put    map[uuid.UUID]bool // put off since the last that went; no more than troubled
}

func (t *trouble) met(log *slog.Logger, id uuid.UUID, err error, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.since.IsZero() {
		return
	}
	code := mail.Code(err)
	if everyone := code == mail.CodeUnreachable || code == mail.CodeLogin || code == mail.CodeSender; !everyone && len(t.put) < troubled {
		if t.put[id] {
			return
		}
		if t.put == nil {
			t.put = map[uuid.UUID]bool{}
		}
		t.put[id] = true
		if len(t.put) < troubled {
			log.Info("a mail is put off and tried again", "mail", id, "code", code, "reply", mail.Reply(err))
			return
		}
	}
	if at.Sub(t.warned) < warnAgain {
		return
	}
	t.since, t.warned = at, at
	log.Warn("the mail server takes no mail; what is queued is tried again until it does", "code", code, "reply", mail.Reply(err))
}

func (t *trouble) over(log *slog.Logger, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.put)
	if t.since.IsZero() {
		return
	}
	log.Warn("the mail server takes mail again", "after", at.Sub(t.since).Round(time.Second))
	t.since = time.Time{}
}
