package mail

import (
	"strings"
	"time"

	"github.com/stazh/stazh/web/i18n"
)

// fact is one row of the table: a label with a text of one or more lines, or with a link.
type fact struct {
	Label string
	Lines []string
	Href  string
	// Strong is what must not be overlooked.
	Strong bool
}

// document is a mail's content before it becomes text or HTML: both say the same.
type document struct {
	Lang, Subject, Title, Greeting string
	Before                         []string
	Facts                          []fact
	After                          []string
	Button, Link, LinkHint         string
	Small, Sign, Footer            []string
}

func compose(kind Kind, p plan, l Letter) document {
	lang := l.lang()
	args := arguments(l, bare)
	inSubject := l
	inSubject.Vacancy = shorten(line(l.Vacancy))
	say := func(key string) string { return i18n.T(lang, "mail."+key, args...) }
	paras := func(ps []para) (out []string) {
		for _, q := range ps {
			if q.when == nil || q.when(l) {
				key := string(kind) + "." + q.key
				if q.key == "reason" {
					key = "reason." + l.Reason
				}
				out = append(out, say(key))
			}
		}
		return out
	}
	d := document{
		Lang:     lang,
		Subject:  i18n.T(lang, "mail."+string(kind)+".subject", arguments(inSubject, moment)...),
		Title:    say(string(kind) + ".title"),
		Greeting: say("greeting"),
		Before:   paras(p.before),
		After:    paras(p.after),
		Small:    paras(p.small),
		Sign:     []string{say("sign"), say("team")},
	}
	if line(l.FirstName) == "" {
		d.Greeting = say("greeting_nameless")
	}
	switch p.facts {
	case applicationFacts:
		d.Facts = applicationTable(l, say)
	case meetingFacts:
		d.Facts = meetingTable(l, say)
	}
	if l.Link != "" && kind != ErasedConfirm {
		d.Button, d.Link, d.LinkHint = say(string(kind)+".button"), l.Link, say("link_hint")
		if !p.staff {
			d.Small = append(d.Small, say("link_personal"))
		}
	}
	if p.staff {
		d.Sign = nil
		d.Footer = append(d.Footer, say("footer_staff"))
	} else {
		d.Footer = append(d.Footer, say("footer_candidate"))
	}
	if l.ReplyTo.Email != "" {
		d.Footer = append(d.Footer, say("footer_reply"))
	} else {
		d.Footer = append(d.Footer, say("footer_no_reply"))
	}
	return d
}

// arguments are all placeholders a mail text may use; a time not given is an empty text, and the
// plans see to it that no paragraph says it.
func arguments(l Letter, moment func(Letter, time.Time) string) []any {
	lang := l.lang()
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return moment(l, t)
	}
	there := l
	there.Zone = l.HeldZone
	held := ""
	if !l.HeldAt.IsZero() {
		held = moment(there, l.HeldAt)
	}
	return []any{
		"name", line(l.FirstName), "company", line(l.Company), "vacancy", line(l.Vacancy),
		"moment", at(l.StartsAt), "old", at(l.PreviousStartsAt), "wait", span(lang, l.LongestWaitMinutes),
		"reply_by", at(l.ReplyBy), "choose_by", at(l.ChooseBy), "decide_by", at(l.DecideBy),
		"expires", at(l.Expires), "changed", at(l.ChangedAt),
		"held", held, "held_place", line(l.HeldPlace),
	}
}

// subjectRunes bounds a vacancy's title in a subject: a phone shows about 40 characters of it.
const subjectRunes = 60

func shorten(s string) string {
	if r := []rune(s); len(r) > subjectRunes {
		return strings.TrimSpace(string(r[:subjectRunes-1])) + "…"
	}
	return s
}

// reason returns the catalogue key of the letter's reason, or "" when there are no words for it.
func reason(l Letter) string {
	key := "mail.reason." + l.Reason
	if l.Reason == "" || !i18n.Has(key) {
		return ""
	}
	return key
}

// moment writes a time in the venue's zone with the zone's name.
func moment(l Letter, t time.Time) string { return i18n.Moment(l.lang(), t, location(l.Zone)) }

// bare is moment without brackets, as sentences put it into brackets of their own.
func bare(l Letter, t time.Time) string {
	return strings.NewReplacer(" (", ", ", ")", "").Replace(moment(l, t))
}

// momentLong is moment with weekday and month in full, for the table.
func momentLong(l Letter, t time.Time) string {
	loc := location(l.Zone)
	return i18n.DayLong(l.lang(), t, loc) + ", " + i18n.Clock(l.lang(), t, loc) + ", " + i18n.Zone(l.lang(), t, loc)
}

// span writes a number of minutes; none is "0 min", where the catalogue's smallest unit is a second.
func span(lang string, minutes int) string {
	if minutes == 0 {
		return "0\u00a0" + i18n.T(lang, "unit.min")
	}
	return i18n.Duration(lang, time.Duration(minutes)*time.Minute)
}

func applicationTable(l Letter, say func(string) string) []fact {
	t := []fact{{Label: say("fact.vacancy"), Lines: []string{line(l.Vacancy)}}}
	if c := line(l.City); c != "" {
		t = append(t, fact{Label: say("fact.city"), Lines: []string{c}})
	}
	return t
}

func meetingTable(l Letter, say func(string) string) []fact {
	lang := l.lang()
	t := []fact{{Label: say("fact.when"), Lines: []string{momentLong(l, l.StartsAt)}, Strong: true}}
	if a := l.arrival(); !a.Equal(l.StartsAt) {
		clock := i18n.Clock(lang, a, location(l.Zone))
		if i18n.Day(lang, a, location(l.Zone)) != i18n.Day(lang, l.StartsAt, location(l.Zone)) {
			clock = momentLong(l, a)
		}
		t = append(t, fact{Label: say("fact.arrive"), Lines: []string{clock}, Strong: true})
	}
	if l.LengthMinutes > 0 {
		t = append(t, fact{Label: say("fact.length"), Lines: []string{span(lang, l.LengthMinutes)}})
	}
	if l.LongestWaitMinutes > 0 {
		t = append(t, fact{Label: say("fact.wait"), Lines: []string{span(lang, l.LongestWaitMinutes)}})
	}
	t = append(t, fact{Label: say("fact.where"), Lines: nonEmpty(line(l.Venue.Name), line(l.Venue.Address))})
	if d := lines(l.Venue.Directions); d != "" {
		t = append(t, fact{Label: say("fact.directions"), Lines: strings.Split(d, "\n")})
	}
	if l.Venue.MapURL != "" {
		t = append(t, fact{Label: say("fact.map"), Lines: []string{say("fact.map_open")}, Href: l.Venue.MapURL})
	}
	return t
}

// text writes the document as the mail's plain part.
func (d document) text() string {
	var b strings.Builder
	block := func(s string) {
		if s != "" {
			b.WriteString(s + "\n\n")
		}
	}
	blocks := func(ss []string) {
		for _, s := range ss {
			block(s)
		}
	}
	block(d.Title)
	block(d.Greeting)
	blocks(d.Before)
	for _, f := range d.Facts {
		v := strings.Join(f.Lines, "\n  ")
		if f.Href != "" {
			v = f.Href
		}
		b.WriteString(f.Label + ": " + v + "\n")
	}
	if len(d.Facts) > 0 {
		b.WriteString("\n")
	}
	blocks(d.After)
	if d.Link != "" {
		block(d.Button + ":\n" + d.Link)
	}
	block(strings.Join(d.Sign, "\n"))
	blocks(d.Small)
	// "-- " begins the signature (RFC 3676 section 4.3).
	b.WriteString("-- \n" + strings.Join(d.Footer, "\n") + "\n")
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}
