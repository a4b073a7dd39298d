package web

import (
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/workflows/hiring"
)

// A page says what time it is where that is not the time on the wall, in words and with the zone.
func TestClockThatIsNotReal(t *testing.T) {
	wall := time.Date(2026, 11, 26, 19, 0, 0, 0, time.UTC)
	moscow := zoneOf("Europe/Moscow")
	clock := hiring.Clock{}
	frame := New(Options{
		Dev: true, Zone: moscow, Now: func() time.Time { return clock.At(wall.Add(time.Minute)) }, Clock: func() hiring.Clock { return clock },
		Principal: func(c *fiber.Ctx) Principal {
			if c.Get("X-Roles") == "" {
				return nil
			}
			return person{[]string{"hr"}}
		},
	})
	app := fiber.New(fiber.Config{ErrorHandler: frame.Problem})
	frame.Mount(app)
	for _, real := range []hiring.Clock{{}, {Wall: wall, Business: wall, Speed: 1}} {
		clock = real
		for _, path := range []string{"/styleguide", "/styleguide/candidate"} {
			if _, page := do(t, app, "GET", path, "", "X-Roles", "hr"); strings.Contains(page, "data-clock") {
				t.Errorf("%s shows the real time as another: %+v", path, real)
			}
		}
	}
	for lang, words := range map[string][]string{
		"en": {"Business time:", "Sun 29 Nov", "11:00", "Moscow time (UTC"},
		"bg": {"Време в системата:", "11:00", "московско време"},
		"ru": {"Время в системе:", "11:00", "московское время"},
	} {
		// Faster, or only moved on: what -speed and -until make of it.
		for _, other := range []hiring.Clock{
			{Wall: wall, Business: time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC), Speed: 60},
			{Wall: wall, Business: time.Date(2026, 11, 29, 7, 59, 0, 0, time.UTC), Speed: 1},
		} {
			clock = other
			for _, c := range []struct{ path, roles string }{{"/styleguide", "hr"}, {"/styleguide", ""}, {"/styleguide/candidate", ""}} {
				_, page := do(t, app, "GET", c.path, "", "X-Roles", c.roles, "Cookie", "lang="+lang)
				if !strings.Contains(page, "data-clock") {
					t.Errorf("%s %s: no clock", lang, c.path)
					continue
				}
				_, shown, _ := strings.Cut(page, "data-clock")
				shown, _, _ = strings.Cut(shown, "</p>")
				wantPage(t, strings.ReplaceAll(shown, "\u00a0", " "), words...)
			}
		}
	}
}
