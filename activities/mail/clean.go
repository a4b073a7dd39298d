package mail

import (
	"time"

	"github.com/stazh/stazh/workflows/calendar"
)

// What a mail says and what its calendar file says is cleaned by the same rules.

func line(s string) string  { return calendar.Line(s) }
func lines(s string) string { return calendar.Lines(s) }
func token(s string) string { return calendar.Token(s) }

func location(zone string) *time.Location { return calendar.Zone(zone) }
