package mail

import (
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/calendar"
	"github.com/stazh/stazh/workflows/fault"
)

// Address is a mailbox with the name shown beside it.
type Address = calendar.Address

// Letter is everything a mail may say, as plain values read from the facts at sending time. Check says
// what each kind needs; what a kind does not use is ignored. It holds personal data: never log it.
type Letter struct {
	// Key is the mail's unique key in the outbox; the Message-ID is made of it, so a mail rendered
	// twice is one mail to every mail server.
	Key string
	// Date is the business time of the mail.
	Date time.Time
	// Language is en, bg or ru; anything else reads as English.
	Language string
	// Zone is the venue's IANA zone (staff mails: the reader's); every time is written in it.
	Zone string

	To        Address
	FirstName string // for the greeting; may be empty
	Company   string
	From      Address
	ReplyTo   Address // optional; without it the mail says that nobody reads answers
	// Link is the one page with buttons: the candidate's page, or the staff page the mail is about.
	Link string

	Vacancy string
	City    string // optional
	Venue   Venue
	// StartsAt is when this candidate's interview is planned, ArriveAt when he should be at the door;
	// zero means at StartsAt.
	StartsAt, ArriveAt time.Time
	// PreviousStartsAt is the time that no longer holds (Moved; optional).
	PreviousStartsAt time.Time
	// HeldAt is the time that holds instead, at HeldPlace in HeldZone (Replaced; optional: it may have ended since).
	HeldAt              time.Time
	HeldZone, HeldPlace string
	// LengthMinutes is one interview; LongestWaitMinutes the longest wait the plan allows.
	LengthMinutes, LongestWaitMinutes int
	// Priority: the place comes first and is never overbooked (Booked, Moved).
	Priority bool
	// ReplyBy: answer to an offer. ChooseBy: choosing again. DecideBy: our own promise (Thanks,
	// optional). Expires: the end of a staff link.
	ReplyBy, ChooseBy, DecideBy, Expires time.Time
	// Reason is a code; its words are the catalogue's mail.reason.<code>. A code without words is left out.
	Reason string

	// EventUID and EventSequence are the calendar entry's. An empty UID sends no calendar part, which
	// only kinds that may cancel an entry the candidate never had accept.
	EventUID      string
	EventSequence int

	// ChangedAt is when the password was set (PasswordChanged): the mail may come later.
	ChangedAt time.Time
}

// Venue is where the interview takes place.
type Venue struct {
	Name       string
	Address    string
	MapURL     string // optional, http or https
	Directions string // optional, several lines: how to find it, where to report
}

// Place is the venue in one line.
func (v Venue) Place() string {
	return line(strings.Join(nonEmpty(line(v.Name), line(v.Address)), ", "))
}

// Check says whether the letter has what the kind needs: an Invalid fault whose fields name Letter's
// (codes required, invalid_email, invalid_url, invalid_zone, too_small), or not_found for an unknown kind. It quotes no values.
func (l Letter) Check(kind Kind) error {
	p, ok := plans[kind]
	if !ok {
		return fault.Missing("mail_kind")
	}
	var f fault.Fields
	f.Require(l.Key != "", "key", "required")
	f.Require(!l.Date.IsZero(), "date", "required")
	f.Require(line(l.Company) != "", "company", "required")
	_, err := mailbox(l.To)
	f.Require(err == nil, "to", "invalid_email")
	_, err = mailbox(l.From)
	f.Require(err == nil, "from", "invalid_email")
	if l.ReplyTo.Email != "" {
		_, err = mailbox(l.ReplyTo)
		f.Require(err == nil, "reply_to", "invalid_email")
	}
	if l.Link != "" || p.needs&needLink != 0 {
		f.Require(webURL(l.Link), "link", "invalid_url")
	}
	if l.Venue.MapURL != "" {
		f.Require(webURL(l.Venue.MapURL), "venue.map_url", "invalid_url")
	}
	if p.needs&(needStart|needReplyBy|needChooseBy|needExpires|needChanged) != 0 || l.Zone != "" {
		_, err := time.LoadLocation(l.Zone)
		f.Require(err == nil && l.Zone != "" && l.Zone != "Local", "zone", "invalid_zone")
	}
	for _, n := range []struct {
		need  need
		ok    bool
		field string
	}{
		{needVacancy, line(l.Vacancy) != "", "vacancy"},
		{needStart, !l.StartsAt.IsZero(), "starts_at"},
		{needVenue, line(l.Venue.Name) != "" || line(l.Venue.Address) != "", "venue"},
		{needLength, l.LengthMinutes > 0, "length_minutes"},
		{needWait, l.LongestWaitMinutes > 0, "longest_wait_minutes"},
		{needReplyBy, !l.ReplyBy.IsZero(), "reply_by"},
		{needChooseBy, !l.ChooseBy.IsZero(), "choose_by"},
		{needExpires, !l.Expires.IsZero(), "expires"},
		{needUID, token(l.EventUID) != "", "event_uid"},
		{needChanged, !l.ChangedAt.IsZero(), "changed_at"},
	} {
		f.Require(p.needs&n.need == 0 || n.ok, n.field, "required")
	}
	f.Require(l.EventSequence >= 0, "event_sequence", "too_small")
	f.Require(l.LengthMinutes >= 0, "length_minutes", "too_small")
	f.Require(l.LongestWaitMinutes >= 0, "longest_wait_minutes", "too_small")
	return f.Err()
}

// mailbox parses an address strictly: exactly one address and nothing else in the field.
func mailbox(a Address) (*mail.Address, error) {
	parsed, err := mail.ParseAddress(a.Email)
	if err != nil {
		return nil, err
	}
	if parsed.Address != a.Email || token(a.Email) != a.Email || strings.ContainsAny(a.Email, "<>,;:") {
		return nil, fault.New(fault.Invalid, "invalid_email")
	}
	return &mail.Address{Name: line(a.Name), Address: a.Email}, nil
}

// webURL says whether s is an absolute http(s) address without credentials or control characters.
func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		line(s) == s && !strings.ContainsAny(s, " \"<>\\")
}

func (l Letter) lang() string {
	if i18n.Known(l.Language) {
		return l.Language
	}
	return i18n.Default
}

// arrival is when the candidate should be at the door.
func (l Letter) arrival() time.Time {
	if l.ArriveAt.IsZero() {
		return l.StartsAt
	}
	return l.ArriveAt
}
