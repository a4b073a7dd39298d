package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/staff"
)

func TestLinks(t *testing.T) {
	h, ctx := open(t), context.Background()
	admin := h.person("admin@example.com", staff.Admin)
	p := auth.Principal{Kind: auth.Browser, StaffID: admin.ID}
	s, err := h.Invite(ctx, p, "k", store.NewStaff{Email: "new@example.com", Name: "Boris", Language: "bg", Zone: "Europe/Sofia", Roles: []staff.Role{staff.HR}})
	if err != nil {
		t.Fatal(err)
	}
	token := h.linkToken(s.ID)
	for range 2 { // reading changes nothing
		if state, err := h.OpenLink(ctx, token); err != nil || state.Ended != "" || state.Purpose != store.Invitation || state.Name != "Boris" {
			t.Fatal(state, err)
		}
	}
	for _, bad := range []string{"", "x", flip(token), strings.Repeat("A", len(token))} {
		_, err := h.OpenLink(ctx, bad)
		wantCode(t, err, "not_found")
		_, err = h.SetPassword(ctx, bad, good, auth.Client{})
		wantCode(t, err, "not_found")
		wantCode(t, h.RenewLink(ctx, bad, auth.Client{}), "not_found")
	}
	_, err = h.SetPassword(ctx, token, "short", auth.Client{})
	wantField(t, err, "password", "too_short:12")
	signed, err := h.SetPassword(ctx, token, good, auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	app, _ := h.app()
	if got := principal(t, app, signed.Secret); got.StaffID != s.ID || got.Actor() != "staff/"+s.ID.String() {
		t.Fatal(got)
	}
	_, err = h.SetPassword(ctx, token, good, auth.Client{})
	wantCode(t, err, "link_used")
	if state, err := h.OpenLink(ctx, token); err != nil || state.Ended != "used" {
		t.Fatal(state, err)
	}

	if n := len(h.changes(s.ID)); n != 1 {
		t.Fatal("mails about one password set by a link:", n)
	}

	// Forgotten: the new password ends every session; a second link sent before ends too.
	h.now = h.now.Add(time.Hour)
	for range 2 {
		if err := h.Forgotten(ctx, "NEW@example.com ", auth.Client{}); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(time.Second)
	}
	var ids []uuid.UUID
	if err := h.db.NewRaw("SELECT id FROM staff_link WHERE purpose = 'reset' ORDER BY created_at").Scan(ctx, &ids); err != nil || len(ids) != 2 {
		t.Fatal(ids, err)
	}
	first, who, _ := h.reader.StaffLink(ctx, ids[0])
	second, _, _ := h.reader.StaffLink(ctx, ids[1])
	one, two := h.LinkURL(first, who)[len("https://stazh.example/password/"):], h.LinkURL(second, who)[len("https://stazh.example/password/"):]
	if _, err := h.SetPassword(ctx, one, good+" again", auth.Client{}); err != nil {
		t.Fatal(err)
	}
	if n := len(h.changes(s.ID)); n != 2 {
		t.Fatal("mails about two passwords:", n)
	}
	if principal(t, app, signed.Secret).Signed() {
		t.Fatal("the older session lives on")
	}
	if state, err := h.OpenLink(ctx, two); err != nil || state.Ended != "used" {
		t.Fatal(state, err)
	}
	wantCode(t, h.RenewLink(ctx, "x"+two[1:], auth.Client{}), "not_found")

	// Expired, renewed.
	h.now = h.now.Add(time.Hour)
	if err := h.RenewLink(ctx, two, auth.Client{}); err != nil {
		t.Fatal(err)
	}
	token = h.linkToken(s.ID)
	h.now = h.now.Add(4 * time.Hour)
	if state, err := h.OpenLink(ctx, token); err != nil || state.Ended != "expired" {
		t.Fatal(state, err)
	}
	_, err = h.SetPassword(ctx, token, good, auth.Client{})
	wantCode(t, err, "link_expired")
	if err := h.Disable(ctx, p, "dis", s.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.OpenLink(ctx, token)
	wantCode(t, err, "not_found")
}

func TestForgottenTellsNothing(t *testing.T) {
	h, ctx := open(t, func(o *auth.Options) { o.MailAddress = store.Limit{Tries: 6, Window: time.Hour} }), context.Background()
	h.person("anna@example.com", staff.HR)
	for range 5 { // three mails an hour, the same answer each time
		if err := h.Forgotten(ctx, "anna@example.com", auth.Client{IP: "192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Forgotten(ctx, "nobody@example.com", auth.Client{IP: "192.0.2.1"}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, h.Forgotten(ctx, "nobody@example.com", auth.Client{IP: "192.0.2.1"}), "too_many")
	n, err := h.db.NewSelect().Model((*store.OutgoingMail)(nil)).Where("kind = 'password_reset'").Count(ctx)
	if err != nil || n != 3 {
		t.Fatal(n, err)
	}
}

func TestChangePassword(t *testing.T) {
	h, ctx := open(t), context.Background()
	h.person("anna@example.com", staff.HR)
	app, _ := h.app()
	here, there := h.signIn("anna@example.com").Secret, h.signIn("anna@example.com").Secret
	p := principal(t, app, here)
	fresh := "seven quiet otters"
	wantField(t, h.ChangePassword(ctx, p, "k", "wrong", fresh), "old", "wrong_password")
	wantField(t, h.ChangePassword(ctx, p, "k", good, "petrova anna 1"), "password", "weak_password")
	wantCode(t, h.ChangePassword(ctx, auth.Principal{Kind: auth.Program, StaffID: p.StaffID}, "k", good, fresh), "token_scope")
	if err := h.ChangePassword(ctx, p, "k", good, fresh); err != nil {
		t.Fatal(err)
	}
	// The same form again changes nothing and writes no second mail; its params carry nobody's words.
	wantField(t, h.ChangePassword(ctx, p, "k", good, fresh), "old", "wrong_password")
	if mails := h.changes(p.StaffID); len(mails) != 1 || len(mails[0].Params) != 0 || !mails[0].CreatedAt.Equal(h.now) {
		t.Fatal(mails)
	}
	if !principal(t, app, here).Signed() || principal(t, app, there).Signed() {
		t.Fatal("this session stays, others end")
	}
	_, err := h.SignIn(ctx, "anna@example.com", good, auth.Client{})
	wantCode(t, err, "bad_credentials")
	if _, err := h.SignIn(ctx, "anna@example.com", fresh, auth.Client{}); err != nil {
		t.Fatal(err)
	}
}

func TestCheckPassword(t *testing.T) {
	for password, code := range map[string]string{
		"": "required", "short": "too_short:12", strings.Repeat("xy z", 60): "too_long:200", "password1234": "weak_password", "aaaaaaaaaaaaaaa": "weak_password",
		"qwertyuiop123": "weak_password", "Anna.Petrova1": "weak_password", "йцукенгшщзхъ": "weak_password", "Пароль2026!!": "weak_password", "abcdefghijklmnop": "weak_password",
		"nul\x00 nul nul nul": "invalid_text", "bad \xff utf eight": "invalid_text", "abababababab": "weak_password",
		good: "", "тихий зелёный чайник": "", "gT7#mPq9!xZw": "", "correct horse battery": "",
	} {
		if got := auth.CheckPassword(password, "Anna Petrova", "anna@example.com"); got != code {
			t.Errorf("%q: %q, want %q", password, got, code)
		}
	}
}

// flip changes a character of a token's signature.
func flip(token string) string {
	other := "A"
	if token[40] == 'A' {
		other = "B"
	}
	return token[:40] + other + token[41:]
}

// changes are the mails that tell somebody of a password set.
func (h *house) changes(id uuid.UUID) (mails []store.OutgoingMail) {
	h.t.Helper()
	if err := h.db.NewSelect().Model(&mails).Where("staff_id = ? AND kind = 'password_changed'", id).Scan(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	return mails
}
