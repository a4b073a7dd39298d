package activities

import (
	"log/slog"
	"sync"
	"time"

	"github.com/stazh/stazh/activities/mail"
)

// warnAgain is how long a server that takes some mails and puts others off is not warned of anew.
const warnAgain = 10 * time.Minute

// trouble says in the log when the mail server begins to take no mail and when it takes some again, not each mail:
// an outage is one event, and which mails wait stands in the outbox.
type trouble struct {
	mu     sync.Mutex
	since  time.Time // zero: mails go
	warned time.Time
}

func (t *trouble) met(log *slog.Logger, err error, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.since.IsZero() || at.Sub(t.warned) < warnAgain {
		return
	}
	t.since, t.warned = at, at
	log.Warn("the mail server takes no mail; what is queued is tried again until it does", "code", mail.Code(err), "reply", mail.Reply(err))
}

func (t *trouble) over(log *slog.Logger, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since.IsZero() {
		return
	}
	log.Warn("the mail server takes mail again", "after", at.Sub(t.since).Round(time.Second))
	t.since = time.Time{}
}
