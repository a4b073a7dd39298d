package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
)

// member is api/auth's principal as pages need it.
type member struct{ p auth.Principal }

func (m member) ID() string           { return m.p.StaffID.String() }
func (m member) Name() string         { return m.p.Name }
func (m member) Language() string     { return m.p.Language }
func (m member) Zone() *time.Location { return m.p.Location() }
func (m member) CSRF() string         { return m.p.CSRF }

func (m member) Roles() []string {
	roles := make([]string, len(m.p.Roles))
	for i, r := range m.p.Roles {
		roles[i] = string(r)
	}
	return roles
}

// signedIn is who asks according to api/auth; nil for nobody.
func signedIn(c *fiber.Ctx) Principal {
	p := auth.Of(c)
	if !p.Signed() {
		return nil
	}
	return member{p}
}
