package mail

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"html/template"
	"net/mail"
	"strings"
	"time"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/calendar"
)

//go:embed letter.html
var files embed.FS

var page = template.Must(template.ParseFS(files, "letter.html"))

// Rendered is a mail ready to send. It may be sent any number of times, each time with the same
// Message-ID, and copied. Its fields are for tests and for showing the mail; Send reads its own.
type Rendered struct {
	Kind      Kind
	MessageID string // without the angle brackets
	Subject   string
	Text      string
	HTML      string
	Calendar  []byte // nil when the kind carries none

	method            calendar.Method
	lang              string
	date              time.Time
	from, to, replyTo *mail.Address
	utf8              bool
}

// MessageID returns the Message-ID for an outbox key: base32 of its SHA-256 at the sender's domain.
// It is a function of the key alone, so two processes that send one mail give it one id; and it tells
// nobody what the key holds.
// A domain that is not ASCII may not stand there and becomes one of the reserved names (RFC 2606).
func MessageID(key, domain string) string {
	if domain == "" || !ascii(domain) {
		domain = "stazh.invalid"
	}
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])) + "@" + domain
}

// Render writes the mail of the kind in the letter's language: subject, text, HTML and, for the kinds
// with a calendar entry, the calendar file. The error is Letter.Check's; nothing else fails.
func Render(kind Kind, l Letter) (Rendered, error) {
	if err := l.Check(kind); err != nil {
		return Rendered{}, err
	}
	p := plans[kind]
	d := compose(kind, p, l)
	r := Rendered{
		Kind:    kind,
		Subject: line(strings.ReplaceAll(d.Subject, "\u00a0", " ")),
		Text:    d.text(),
		lang:    l.lang(),
		date:    l.Date,
	}
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		return Rendered{}, err
	}
	r.HTML = b.String()
	// Check has parsed these already.
	r.from, _ = mailbox(l.From)
	r.to, _ = mailbox(l.To)
	if l.ReplyTo.Email != "" {
		r.replyTo, _ = mailbox(l.ReplyTo)
	}
	r.utf8 = !ascii(r.from.Address + r.to.Address)
	r.MessageID = MessageID(l.Key, r.from.Address[strings.LastIndexByte(r.from.Address, '@')+1:])
	if p.method != "" && l.EventUID != "" {
		r.method = p.method
		r.Calendar = calendar.File(l.Event(kind), p.method)
	}
	return r, nil
}

// Event returns the letter's calendar entry: from the arrival until the longest wait and the interview
// are over, because a candidate who has to wait must not have planned something else. kind decides
// only whether it is tentative; an empty kind is a booked one. It is what the candidate page offers
// for download too, built there from the same words.
//
// The candidate's link is not in it: calendars are shown to colleagues, and the link acts in his name.
func (l Letter) Event(kind Kind) calendar.Event {
	lang := l.lang()
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	start := l.arrival()
	if l.StartsAt.Before(start) {
		start = l.StartsAt
	}
	where := l.Venue.Place()
	about := []string{i18n.T(lang, "mail.event.about", "vacancy", line(l.Vacancy), "company", line(l.Company))}
	// The entry starts with the arrival, so both times are said in words, with the zone.
	if !l.StartsAt.IsZero() {
		about = append(about, i18n.T(lang, "mail.fact.when")+": "+moment(l, l.StartsAt))
	}
	if a := l.arrival(); !a.Equal(l.StartsAt) {
		about = append(about, i18n.T(lang, "mail.fact.arrive")+": "+i18n.Clock(lang, a, location(l.Zone)))
	}
	if l.LongestWaitMinutes > 0 {
		about = append(about, i18n.T(lang, "mail.event.wait", "wait", span(lang, l.LongestWaitMinutes)))
	}
	if s := lines(l.Venue.Directions); s != "" {
		about = append(about, s)
	}
	if l.Venue.MapURL != "" {
		about = append(about, l.Venue.MapURL)
	}
	about = append(about, i18n.T(lang, "mail.event.button"))
	return calendar.Event{
		UID:         token(l.EventUID),
		Sequence:    l.EventSequence,
		Stamp:       l.Date,
		Start:       start,
		End:         l.StartsAt.Add(minutes(l.LongestWaitMinutes) + minutes(max(l.LengthMinutes, 1))),
		Zone:        l.Zone,
		Summary:     i18n.T(lang, "mail.event.summary", "vacancy", line(l.Vacancy), "company", line(l.Company)),
		Location:    where,
		Description: strings.Join(about, "\n"),
		Organizer:   Address{Name: l.Company, Email: l.From.Email},
		Attendee:    l.To,
		Tentative:   kind == Invitation,
	}
}

func nonEmpty(ss ...string) []string {
	var out []string
	for _, s := range ss {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
