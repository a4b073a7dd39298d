package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// tokenPrefix begins every API token, so that a scanner of repositories knows a leaked one.
const tokenPrefix = "stz_"

// sawEvery is how often the use of a session or token is written down.
const sawEvery = time.Minute

// CookieName is the session cookie's name: __Host- makes the browser refuse it from other hosts, other
// paths and plain http.
func (a *Accounts) CookieName() string {
	if a.secure {
		return "__Host-stazh"
	}
	return "stazh"
}

// Authenticate is the middleware that finds out who asks. An Authorization header decides alone: a bad
// token is fault unauthenticated bad_token, never "nobody". A cookie that opens nothing is nobody, and is
// taken away. Static files are not asked about.
func (a *Accounts) Authenticate(c *fiber.Ctx) error {
	if strings.HasPrefix(c.Path(), "/static/") {
		return c.Next()
	}
	var p Principal
	var err error
	ctx := c.UserContext()
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		p, err = a.program(ctx, header)
	} else if secret := c.Cookies(a.CookieName()); secret != "" {
		if p, err = a.browser(ctx, secret); err == nil && !p.Signed() {
			a.SetCookie(c, Signed{})
		}
	}
	if err != nil {
		return err
	}
	c.Locals(localKey, p)
	c.SetUserContext(With(ctx, p))
	return c.Next()
}

// Again finds out anew who asks, for a stream that has been open for a while: by the Authorization
// header and the session's cookie of the request that opened it. Fault unauthenticated when nobody does.
func (a *Accounts) Again(ctx context.Context, header, secret string) (Principal, error) {
	var p Principal
	var err error
	if header != "" {
		p, err = a.program(ctx, header)
	} else {
		p, err = a.browser(ctx, secret)
	}
	if err == nil && !p.Signed() {
		err = fault.New(fault.Unauthenticated, "unauthenticated")
	}
	return p, err
}

func (a *Accounts) program(ctx context.Context, header string) (Principal, error) {
	bad := fault.New(fault.Unauthenticated, "bad_token")
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, tokenPrefix) || len(secret) > 100 {
		return Principal{}, bad
	}
	now := a.Now()
	sum := sha256.Sum256([]byte(secret))
	t, who, err := a.Reader.TokenByHash(ctx, sum[:], now)
	if fault.KindOf(err) == fault.NotFound {
		return Principal{}, bad
	}
	if err != nil {
		return Principal{}, err
	}
	if t.UsedAt == nil || now.Sub(*t.UsedAt) >= sawEvery {
		if err := a.Catalog.SawToken(ctx, t.ID, now); err != nil {
			return Principal{}, err
		}
	}
	p := principal(who)
	p.Kind, p.TokenID = Program, t.ID
	for _, s := range t.Scopes {
		p.Scopes = append(p.Scopes, Scope(s))
	}
	return p, nil
}

func (a *Accounts) browser(ctx context.Context, secret string) (Principal, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(raw) != secretLen {
		return Principal{}, nil
	}
	now := a.Now()
	s, who, err := a.Reader.SessionByHash(ctx, hashOf(raw), now, now.Add(-a.Idle))
	if fault.KindOf(err) == fault.NotFound {
		return Principal{}, nil
	}
	if err != nil {
		return Principal{}, err
	}
	if now.Sub(s.SeenAt) >= sawEvery {
		if err := a.Catalog.SawSession(ctx, s.ID, now); err != nil {
			return Principal{}, err
		}
	}
	p := principal(who)
	p.Kind, p.SessionID, p.CSRF = Browser, s.ID, formToken(raw)
	return p, nil
}

func principal(s store.Staff) Principal {
	p := Principal{StaffID: s.ID, Name: s.Name, Email: s.Email, Language: s.Language, Zone: s.Zone, Version: s.Version}
	for _, r := range s.Roles {
		p.Roles = append(p.Roles, staff.Role(r))
	}
	return p
}

// SetCookie gives the browser its session's cookie, or takes it away (the zero Signed).
func (a *Accounts) SetCookie(c *fiber.Ctx, s Signed) {
	cookie := &fiber.Cookie{
		Name: a.CookieName(), Value: s.Secret, Path: "/", HTTPOnly: true, Secure: a.secure,
		SameSite: fiber.CookieSameSiteLaxMode, Expires: s.Expires,
	}
	if s.Secret == "" {
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(cookie)
}

// secretLen is how many random bytes a cookie or token has.
const secretLen = 32

func hashOf(raw []byte) []byte {
	sum := sha256.Sum256(raw)
	return sum[:]
}

// formToken is derived from the cookie's bytes: whoever cannot read the cookie cannot make it.
func formToken(raw []byte) string {
	return base64.RawURLEncoding.EncodeToString(tag(raw, "form"))
}
