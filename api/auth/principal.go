package auth

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// Kind is how somebody proved who he is.
type Kind string

// The kinds of principals.
const (
	Nobody  Kind = ""      // not signed in: a stranger or a candidate
	Browser Kind = "staff" // a member of staff by a session's cookie
	Program Kind = "token" // a program by an API token, for a member of staff
)

// Scope bounds what a token may do; a wider one includes the narrower.
type Scope string

// The scopes: Read for safe methods, Write for the others, Admin for routes that only an
// administrator may use.
const (
	Read  Scope = "read"
	Write Scope = "write"
	Admin Scope = "admin"
)

// Scopes lists the scopes, the narrowest first.
var Scopes = []Scope{Read, Write, Admin}

// Principal is who asks. The zero value is nobody.
type Principal struct {
	Kind      Kind
	StaffID   uuid.UUID // for whom a token acts, too
	SessionID uuid.UUID
	TokenID   uuid.UUID
	Name      string
	Email     string
	Roles     []staff.Role
	Scopes    []Scope // of a token
	Language  string
	Zone      string // IANA name
	Version   int    // of the account
	CSRF      string // the session's form token
}

// Signed reports whether somebody is signed in.
func (p Principal) Signed() bool { return p.Kind != Nobody }

// Actor is the journal's word for who acts: "staff/<uuid>", "token/<uuid>", or "" for nobody.
func (p Principal) Actor() string {
	switch p.Kind {
	case Browser:
		return "staff/" + p.StaffID.String()
	case Program:
		return "token/" + p.TokenID.String()
	}
	return ""
}

// Has reports whether the principal has one of these roles.
func (p Principal) Has(roles ...staff.Role) bool {
	return slices.ContainsFunc(p.Roles, func(r staff.Role) bool { return slices.Contains(roles, r) })
}

// InScope reports whether the principal's token allows s; whoever has no token is bound by roles alone.
func (p Principal) InScope(s Scope) bool {
	if p.Kind != Program {
		return true
	}
	want := slices.Index(Scopes, s)
	return want >= 0 && slices.ContainsFunc(p.Scopes, func(have Scope) bool { return slices.Index(Scopes, have) >= want })
}

// Location is the principal's time zone; nil if nobody or unknown.
func (p Principal) Location() *time.Location {
	if p.Zone == "" {
		return nil
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil
	}
	return zone
}

type contextKey struct{}

// localKey is a type of its own: no other package can put a principal there.
var localKey = contextKey{}

// Of returns who asks. Without Authenticate in front it is nobody.
func Of(c *fiber.Ctx) Principal {
	p, _ := c.Locals(localKey).(Principal)
	return p
}

// From returns who asks from a handler's context (fiber's UserContext, huma's ctx).
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(localKey).(Principal)
	return p
}

// With returns a context in which p asks.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, localKey, p)
}

// Require returns who asks if he is signed in and has one of the roles (any, if none are named).
// Faults: unauthenticated; not_found, because what one may not see is not there.
func Require(c *fiber.Ctx, roles ...staff.Role) (Principal, error) {
	p := Of(c)
	switch {
	case !p.Signed():
		return p, fault.New(fault.Unauthenticated, "unauthenticated")
	case len(roles) > 0 && !p.Has(roles...):
		return p, fault.Missing("page")
	}
	return p, nil
}
