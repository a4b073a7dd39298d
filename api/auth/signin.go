package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
)

// Client is where a request comes from.
type Client struct {
	IP      string // as Fiber has it; of a list the last, which our own proxy wrote
	Browser string // the User-Agent header
	Cookie  string // the session cookie it brought, "" for none: signing in ends that session
}

// Signed is a session just begun, for SetCookie.
type Signed struct {
	Secret  string // the cookie's value
	Expires time.Time
	StaffID uuid.UUID
}

// SignIn verifies an address and password and begins a session. Faults: unauthenticated
// bad_credentials, the same and after the same time for an unknown address, a wrong password, an
// account without a password and a disabled one; too_many.
func (a *Accounts) SignIn(ctx context.Context, email, password string, from Client) (Signed, error) {
	now := a.Now()
	email = strings.ToLower(strings.TrimSpace(email))
	account, address := a.limitKey("signin-account", email), a.limitKey("signin-address", network(from.IP))
	if err := a.Catalog.Hit(ctx, address, a.PerAddress, now); err != nil {
		return Signed{}, err
	}
	if err := a.Catalog.Hit(ctx, account, a.PerAccount, now); err != nil {
		a.Log.Warn("sign-in refused", "why", fault.CodeOf(err))
		return Signed{}, err
	}
	who, err := a.Reader.StaffByEmail(ctx, email)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Signed{}, err
	}
	hash := who.PasswordHash
	if who.DisabledAt != nil {
		hash = ""
	}
	ok, old, err := a.hashes.matches(ctx, password, hash)
	if err != nil {
		return Signed{}, err
	}
	if !ok {
		if who.ID != uuid.Nil {
			a.Log.Warn("sign-in failed", "staff", who.ID)
		}
		return Signed{}, fault.New(fault.Unauthenticated, "bad_credentials")
	}
	if old {
		if err := a.rehash(ctx, who, password); err != nil {
			return Signed{}, err
		}
	}
	if err := a.Catalog.Forgive(ctx, account); err != nil {
		return Signed{}, err
	}
	if err := a.Catalog.Unhit(ctx, address, a.PerAddress, now); err != nil {
		return Signed{}, err
	}
	return a.begin(ctx, who, from)
}

func (a *Accounts) rehash(ctx context.Context, who store.Staff, password string) error {
	fresh, err := a.hashes.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.Catalog.Rehash(ctx, who.ID, who.PasswordHash, fresh)
}

// begin starts a session for somebody who has just proved who he is.
func (a *Accounts) begin(ctx context.Context, who store.Staff, from Client) (Signed, error) {
	raw := make([]byte, secretLen)
	_, _ = rand.Read(raw) // never fails (crypto/rand since Go 1.24)
	now := a.Now()
	n := store.Session{
		Hash: hashOf(raw), ID: uuid.New(), StaffID: who.ID, Generation: who.Generation, IP: clip(Nearest(from.IP), 45), Browser: clip(from.Browser, 300),
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(a.Absolute),
	}
	var replaces []byte
	if older, err := base64.RawURLEncoding.DecodeString(from.Cookie); err == nil && len(older) == secretLen {
		replaces = hashOf(older)
	}
	act := a.act("staff/"+who.ID.String(), "sign_in/"+n.ID.String())
	if err := a.Catalog.StartSession(ctx, act, n, replaces); err != nil {
		return Signed{}, err
	}
	return Signed{Secret: base64.RawURLEncoding.EncodeToString(raw), Expires: n.ExpiresAt, StaffID: who.ID}, nil
}

// clip makes text from a header safe to keep: valid, without NUL, at most n bytes.
func clip(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// SignOut ends the principal's session. Nobody, or a session ended already, is fine.
func (a *Accounts) SignOut(ctx context.Context, p Principal) error {
	if p.Kind != Browser {
		return nil
	}
	err := a.Catalog.EndSession(ctx, a.act(p.Actor(), "sign_out/"+p.SessionID.String()), p.StaffID, p.SessionID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
