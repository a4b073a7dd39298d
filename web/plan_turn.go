package web

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
)

const (
	oneMoreWithin = time.Second     // of computing what one more in each time does
	deskWithin    = 2 * time.Second // of waiting for a turn; and of computing, then the best found so far is shown, and it says so
	deskAgain     = "2"             // seconds after which a desk that got no turn asks again
)

// deskTurns is how many desks compute at once: a page asks on every touch of the slider.
var deskTurns = turns{free: make(chan struct{}, 2), newest: map[string]*context.CancelFunc{}}

// turns shares the planner out. Of one form only the newest question is computed: the one before is given up, for
// its asker has typed on. The browser does drop it, but the server would never hear of that.
type turns struct {
	free   chan struct{}
	mu     sync.Mutex
	newest map[string]*context.CancelFunc // by form
}

// take waits for a turn. The context it returns ends when the form asks anew; done gives the turn back. The fault
// is planner_busy when others keep the planner for longer than a page waits, or the form has asked anew.
func (t *turns) take(ctx context.Context, form string) (_ context.Context, done func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	one := &cancel
	if form != "" {
		t.mu.Lock()
		if before := t.newest[form]; before != nil {
			(*before)()
		}
		t.newest[form] = one
		t.mu.Unlock()
	}
	leave := func() {
		cancel()
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.newest[form] == one {
			delete(t.newest, form)
		}
	}
	select {
	case t.free <- struct{}{}:
		return ctx, func() { <-t.free; leave() }, nil
	case <-time.After(deskWithin):
	case <-ctx.Done():
	}
	leave()
	return nil, nil, plannerBusy()
}

func plannerBusy() error {
	return fault.New(fault.TooMany, "planner_busy", "retry_after", deskAgain)
}

// asker names the form on somebody's screen that a desk is asked for; "" for a page's first showing.
func asker(c *fiber.Ctx) string {
	if id := c.FormValue("_command"); id != "" {
		return auth.Of(c).Actor() + " " + id
	}
	return ""
}

// busyStatus is the status of a page whose desk found the planner busy.
func busyStatus(c *fiber.Ctx) int {
	c.Set(fiber.HeaderRetryAfter, deskAgain)
	return fiber.StatusTooManyRequests
}
