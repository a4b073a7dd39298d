package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// policy lets a page load only what we serve, run no inline script or style, send forms only to us,
// and stand in nobody's frame. data: is for the tiny images a browser draws in form controls.
const policy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Headers sets the security headers on every answer; use it before all routes. A handler may set a
// stricter value after it.
func (f *Frame) Headers(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if f.opt.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
	}
	return c.Next()
}

// RefuseEncoded answers 415 to a compressed request before anything reads its body: 510 KiB of gzip
// becomes 2.2 GiB in memory before a size limit sees it.
func RefuseEncoded(c *fiber.Ctx) error {
	if e := strings.TrimSpace(c.Get(fiber.HeaderContentEncoding)); e != "" && !strings.EqualFold(e, "identity") {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}
