package auth_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

func TestSignIn(t *testing.T) {
	h, ctx := open(t), context.Background()
	anna := h.person("anna@example.com", staff.HR)
	h.person("off@example.com", staff.HR)
	off, _ := h.reader.StaffByEmail(ctx, "off@example.com")
	invited, err := h.Invite(ctx, auth.Principal{Kind: auth.Browser, StaffID: anna.ID}, "k", store.NewStaff{Email: "new@example.com", Name: "New", Language: "bg", Zone: "Europe/Sofia", Roles: []staff.Role{staff.HR}})
	if err != nil || !invited.Invited() {
		t.Fatal(err)
	}
	if err := h.Disable(ctx, auth.Principal{Kind: auth.Browser, StaffID: anna.ID}, "d", off.ID); err != nil {
		t.Fatal(err)
	}
	from := auth.Client{IP: "192.0.2.1"}
	for name, try := range map[string][2]string{
		"unknown": {"nobody@example.com", good}, "wrong": {"anna@example.com", "wrong"}, "disabled": {"off@example.com", good},
		"no password yet": {"new@example.com", ""}, "empty": {"", ""}, "huge": {"anna@example.com", strings.Repeat("x", 1<<20)},
	} {
		_, err := h.SignIn(ctx, try[0], try[1], from)
		if fault.KindOf(err) != fault.Unauthenticated || fault.CodeOf(err) != "bad_credentials" || len(fault.As(err).Details) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.SignIn(ctx, " ANNA@example.com ", good, from); err != nil {
		t.Fatal(err)
	}
}

func TestSignInIsLimited(t *testing.T) {
	h, ctx := open(t, func(o *auth.Options) {
		o.PerAccount, o.PerAddress = store.Limit{Tries: 3, Window: time.Minute}, store.Limit{Tries: 6, Window: time.Minute}
	}), context.Background()
	anna := h.person("anna@example.com", staff.HR)
	try := func(email, password, ip string) error {
		_, err := h.SignIn(ctx, email, password, auth.Client{IP: ip})
		return err
	}
	for range 10 { // good ones are not counted
		if err := try("anna@example.com", good, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		wantCode(t, try("anna@example.com", "wrong", "192.0.2.1"), "bad_credentials")
	}
	wantCode(t, try("Anna@example.com", good, "192.0.2.2"), "too_many")
	// A link by mail opens the account again at once.
	if err := h.Forgotten(ctx, "anna@example.com", auth.Client{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SetPassword(ctx, h.linkToken(anna.ID), good, auth.Client{}); err != nil {
		t.Fatal(err)
	}
	if err := try("anna@example.com", good, "192.0.2.2"); err != nil {
		t.Fatal(err)
	}
	// One /64 of IPv6 counts as one address, and so does one behind a proxy, whatever it claims to be.
	for i := range 6 {
		wantCode(t, try(uuid.NewString(), "x", "198.51.100."+string(rune('1'+i))+", 2001:db8::"+string(rune('1'+i))), "bad_credentials")
	}
	wantCode(t, try("anna@example.com", good, "2001:db8::ffff"), "too_many")
	if err := try("anna@example.com", good, "2001:db8:0:1::1"); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Minute)
	if err := try("anna@example.com", good, "2001:db8::ffff"); err != nil {
		t.Fatal(err)
	}
}

func TestSessionIsRotated(t *testing.T) {
	h, ctx := open(t), context.Background()
	h.person("anna@example.com", staff.HR)
	app, _ := h.app()
	// A cookie somebody else planted is never taken over.
	planted := strings.Repeat("A", 43)
	signed, err := h.SignIn(ctx, "anna@example.com", good, auth.Client{Cookie: planted})
	if err != nil || signed.Secret == planted {
		t.Fatal(signed, err)
	}
	if principal(t, app, planted).Signed() {
		t.Fatal("the planted cookie opens the account")
	}
	again, err := h.SignIn(ctx, "anna@example.com", good, auth.Client{Cookie: signed.Secret})
	if err != nil {
		t.Fatal(err)
	}
	if principal(t, app, signed.Secret).Signed() || !principal(t, app, again.Secret).Signed() {
		t.Fatal("signing in again must end the older session and begin one")
	}
	_, _, res := send(t, app, ask{method: "GET", path: "/open", cookie: signed.Secret})
	set := res.Header.Get("Set-Cookie")
	for _, part := range []string{"__Host-stazh=;", "expires=Thu, 01 Jan 1970", "path=/", "HttpOnly", "secure", "SameSite=Lax"} {
		if !strings.Contains(set, part) {
			t.Errorf("a dead cookie is taken away: %q lacks %q", set, part)
		}
	}
	p := principal(t, app, again.Secret)
	for range 2 {
		if err := h.SignOut(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if principal(t, app, again.Secret).Signed() {
		t.Fatal("signed out")
	}
}

func TestSessionEnds(t *testing.T) {
	h := open(t, func(o *auth.Options) { o.Absolute, o.Idle = 5*time.Hour, 2*time.Hour })
	h.person("anna@example.com", staff.HR)
	app, _ := h.app()
	start := h.now
	idle, used := h.signIn("anna@example.com").Secret, h.signIn("anna@example.com").Secret
	for _, step := range []struct {
		after      time.Duration
		idle, used bool
	}{{90 * time.Minute, false, true}, {3 * time.Hour, false, true}, {4*time.Hour + 59*time.Minute, false, true}, {5 * time.Hour, false, false}} {
		h.now = start.Add(step.after)
		if got := principal(t, app, used).Signed(); got != step.used {
			t.Fatalf("after %v used: %v", step.after, got)
		}
		if step.after > 2*time.Hour {
			if got := principal(t, app, idle).Signed(); got != step.idle {
				t.Fatalf("after %v idle: %v", step.after, got)
			}
		}
	}
}

func TestCookieInDevelopment(t *testing.T) {
	h := open(t, func(o *auth.Options) { o.Origin = "http://127.0.0.1:8080" })
	if h.CookieName() != "stazh" {
		t.Fatal(h.CookieName())
	}
}

func TestAccountsShape(t *testing.T) {
	h, ctx := open(t), context.Background()
	admin := h.person("admin@example.com", staff.Admin)
	p := auth.Principal{Kind: auth.Browser, StaffID: admin.ID}
	_, err := h.Invite(ctx, p, "k", store.NewStaff{Email: "Boss <a@b.example>", Name: " ", Language: "de", Zone: "Mars", Roles: []staff.Role{"king"}})
	for field, code := range map[string]string{"email": "invalid_email", "name": "required", "language": "invalid_choice", "zone": "invalid_zone", "roles": "invalid_choice"} {
		wantField(t, err, field, code)
	}
	_, err = h.Change(ctx, p, "k", admin.ID, store.StaffChange{Version: 1, Name: strings.Repeat("я", 201), Language: "ru", Zone: "Europe/Moscow"})
	wantField(t, err, "name", "too_long:200")
	wantField(t, err, "roles", "required")
	_, err = h.Change(ctx, p, "k", admin.ID, store.StaffChange{Version: 1, Name: "A", Language: "ru", Zone: "Europe/Moscow", Roles: []staff.Role{staff.HR}})
	wantCode(t, err, "last_admin")
	s, err := h.ChangeOwn(ctx, p, "k", store.StaffChange{Version: 1, Name: "A", Language: "ru", Zone: "Europe/Moscow", Roles: []staff.Role{staff.HR}})
	if err != nil || !s.Has(staff.Admin) || s.Has(staff.HR) {
		t.Fatal("nobody changes his own roles this way", s, err)
	}
	_, _, err = h.CreateToken(ctx, p, "t", auth.NewToken{Scope: "all", Days: 400})
	for field, code := range map[string]string{"name": "required", "scope": "invalid_choice", "days": "too_large:366"} {
		wantField(t, err, field, code)
	}
	wantCode(t, h.Disable(ctx, p, "d", admin.ID), "last_admin")
	if err := errors.Join(h.SetLanguage(ctx, p, "bg"), h.SendLink(ctx, p, "s", admin.ID), h.Enable(ctx, p, "e", admin.ID)); err != nil {
		t.Fatal(err)
	}
}

func TestOwnSessions(t *testing.T) {
	h, ctx := open(t), context.Background()
	h.person("anna@example.com", staff.HR)
	h.person("boris@example.com", staff.HR)
	app, _ := h.app()
	a, b, c := h.signIn("anna@example.com"), h.signIn("anna@example.com"), h.signIn("anna@example.com")
	p, other := principal(t, app, a.Secret), principal(t, app, h.signIn("boris@example.com").Secret)
	list, err := h.Sessions(ctx, p)
	if err != nil || len(list) != 3 || list[0].Hash != nil || list[0].Browser != "Test" {
		t.Fatal(list, err)
	}
	bID := principal(t, app, b.Secret).SessionID
	wantCode(t, h.EndSession(ctx, other, "k", bID), "not_found")
	if err := h.EndSession(ctx, p, "k", bID); err != nil {
		t.Fatal(err)
	}
	if principal(t, app, b.Secret).Signed() || !principal(t, app, c.Secret).Signed() {
		t.Fatal("one ended")
	}
	if err := h.EndOthers(ctx, p, "o"); err != nil {
		t.Fatal(err)
	}
	if principal(t, app, c.Secret).Signed() || !principal(t, app, a.Secret).Signed() {
		t.Fatal("the others ended")
	}
}
