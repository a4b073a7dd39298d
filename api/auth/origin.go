package auth

import (
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/fault"
)

// The places of a session's form token.
const (
	FormField  = "_csrf"
	FormHeader = "X-CSRF-Token"
)

// sameSite refuses an unsafe request that another site made a browser send. Fault forbidden
// "forbidden". The order is that of net/http's CrossOriginProtection: Sec-Fetch-Site where the browser
// sends it, else Origin; neither means no browser, or one too old to tell, whose session's requests are
// still held by the form token.
func (a *Accounts) sameSite(c *fiber.Ctx, to Access) error {
	p := Of(c)
	if p.Kind == Program {
		return nil
	}
	refused := fault.New(fault.Forbidden, "forbidden")
	switch site := c.Get("Sec-Fetch-Site"); {
	case site == "same-origin" || site == "none":
	case site != "":
		return refused
	default:
		if origin := c.Get(fiber.HeaderOrigin); !a.ours(origin, c.Hostname(), to) {
			return refused
		}
	}
	if p.Kind != Browser || to.kind != signedIn {
		return nil
	}
	token := c.Get(FormHeader)
	if token == "" {
		token = c.FormValue(FormField)
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(p.CSRF)) != 1 {
		return refused
	}
	return nil
}

// ours judges an Origin header. "null" is what a browser sends from a page with Referrer-Policy
// no-referrer, as candidates' pages have; there the link in the path is the credential, and whoever
// knows it needs no trick.
func (a *Accounts) ours(origin, host string, to Access) bool {
	switch {
	case origin == "":
		return true
	case origin == "null":
		return to.kind == candidate
	case strings.EqualFold(origin, strings.TrimRight(a.Origin, "/")):
		return true
	}
	_, rest, ok := strings.Cut(origin, "://")
	return ok && !a.secure && strings.EqualFold(rest, host) // development, reached by another name
}
