package auth_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// A link clicked in two windows at once sets one password.
func TestLinkIsUsedOnce(t *testing.T) {
	h, ctx := open(t), context.Background()
	s := h.person("anna@example.com", staff.HR)
	if err := h.Forgotten(ctx, "anna@example.com", auth.Client{}); err != nil {
		t.Fatal(err)
	}
	token := h.linkToken(s.ID)
	var group sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		group.Go(func() { _, errs[i] = h.SetPassword(ctx, token, fmt.Sprintf("%s %d", good, i), auth.Client{}) })
	}
	group.Wait()
	won := -1
	for i, err := range errs {
		switch code := fault.CodeOf(err); {
		case err == nil && won < 0:
			won = i
		case code != "link_used":
			t.Errorf("%d: %v", i, err)
		}
	}
	if won < 0 {
		t.Fatal("nobody set a password")
	}
	if _, err := h.SignIn(ctx, "anna@example.com", fmt.Sprintf("%s %d", good, won), auth.Client{}); err != nil {
		t.Fatal(err)
	}
	now, err := h.reader.StaffByID(ctx, s.ID)
	if err != nil || now.Generation != s.Generation+1 {
		t.Fatal(now.Generation, err)
	}
}

// Two windows that change the password at once: the second is told, and neither signs the other's browser
// back in.
func TestPasswordChangedTwice(t *testing.T) {
	h, ctx := open(t), context.Background()
	h.person("anna@example.com", staff.HR)
	app, _ := h.app()
	one, two := principal(t, app, h.signIn("anna@example.com").Secret), principal(t, app, h.signIn("anna@example.com").Secret)
	var group sync.WaitGroup
	errs := make([]error, 2)
	for i, p := range []auth.Principal{one, two} {
		group.Go(func() { errs[i] = h.ChangePassword(ctx, p, "k", good, fmt.Sprintf("seven quiet otters %d", i)) })
	}
	group.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatal("one of them", errs)
	}
	sessions, err := h.Sessions(ctx, one)
	if err != nil || len(sessions) != 1 {
		t.Fatal(sessions, err)
	}
	if n := len(h.changes(one.StaffID)); n != 1 {
		t.Fatal("mails about one change:", n)
	}
}

func TestSweep(t *testing.T) {
	h, ctx := open(t), context.Background()
	s := h.person("anna@example.com", staff.HR)
	h.signIn("anna@example.com")
	if err := h.Forgotten(ctx, "anna@example.com", auth.Client{IP: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	token := h.linkToken(s.ID)
	count := func(table string) (n int) {
		t.Helper()
		if err := h.db.NewRaw("SELECT count(*) FROM "+table).Scan(ctx, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		after                    time.Duration
		sessions, links, limiter int
	}{{0, 1, 1, 3}, {24 * time.Hour, 0, 1, 0}, {40 * 24 * time.Hour, 0, 0, 0}} {
		if _, err := h.catalog.SweepAccounts(ctx, h.now.Add(step.after-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if a, b, c := count("staff_session"), count("staff_link"), count("limiter"); a != step.sessions || b != step.links || c > step.limiter {
			t.Fatalf("after %v: %d sessions, %d links, %d windows", step.after, a, b, c)
		}
	}
	h.now = h.now.Add(time.Hour)
	_, err := h.OpenLink(ctx, token)
	wantCode(t, err, "not_found")
	if _, _, err := h.reader.StaffLink(ctx, store.StaffLink{}.ID); fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
}
