package web

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
)

// Tone colours a message, a badge or a figure.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "danger"
)

// Flash is a message for the next page: a catalogue key and plain arguments (numbers, codes), never
// personal text, because it travels in a cookie. The cookie is not signed: whoever forges his own can
// only make his own page show one of our sentences.
type Flash struct {
	Key  string            `json:"k"`
	Tone Tone              `json:"t,omitempty"` // zero: Success
	Args map[string]string `json:"a,omitempty"`
}

const flashCookie = "flash"

var flashKey = regexp.MustCompile(`^(flash|fault|[a-z_]+)\.[a-z0-9_.]{1,80}$`)

// Text returns the message's words.
func (m Flash) Text(lang string) string { return i18n.TMap(lang, m.Key, m.Args) }

// SetFlash leaves a message for the next page; it is gone in a minute if none comes.
func (f *Frame) SetFlash(c *fiber.Ctx, m Flash) {
	b, err := json.Marshal(m)
	if err != nil {
		return // strings only: cannot happen
	}
	c.Cookie(f.flashCookie(base64.RawURLEncoding.EncodeToString(b), 60, time.Time{}))
}

// flashCookie lives seconds, or is deleted by an expiry in the past (a negative Max-Age is not sent).
func (f *Frame) flashCookie(value string, seconds int, expires time.Time) *fiber.Cookie {
	return &fiber.Cookie{
		Name: flashCookie, Value: value, Path: "/", MaxAge: seconds, Expires: expires,
		HTTPOnly: true, Secure: f.opt.Secure, SameSite: fiber.CookieSameSiteLaxMode,
	}
}

// takeFlash reads the message and removes it. What is not a message of ours is dropped.
func (f *Frame) takeFlash(c *fiber.Ctx) *Flash {
	raw := c.Cookies(flashCookie)
	if raw == "" {
		return nil
	}
	c.Cookie(f.flashCookie("", 0, time.Unix(1, 0)))
	b, err := base64.RawURLEncoding.DecodeString(raw)
	var m Flash
	if err != nil || len(b) > 1000 || json.Unmarshal(b, &m) != nil || !flashKey.MatchString(m.Key) || !i18n.Has(m.Key) {
		return nil
	}
	switch m.Tone {
	case Neutral, Info, Success, Warning, Danger:
	default:
		m.Tone = Success
	}
	for _, name := range i18n.Arguments(m.Key) {
		if _, ok := m.Args[name]; !ok {
			return nil
		}
	}
	return &m
}
