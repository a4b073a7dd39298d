package web

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

type candidatePage struct {
	candidateRow
	Person     store.Person
	Note       store.ResponseNote
	Bookings   []bookingRow
	Mails      []mailRow
	Unreached  bool // his address takes no mail
	Missed     bool // the last invitation was refused by an address he no longer has, and he may be invited again
	Events     []Event
	Others     []otherRow
	Probable   []store.Person
	Known      store.Person // whom the record was merged into, else the record's own
	Merged     []mergedRow
	Twice      string // another open application of the person for this vacancy
	May        bool
	Correct    bool // what is known of the person
	CanUndo    bool
	Experience string
	More       map[string]any // what other processes add; see applicationMore
}

// otherRow is another application of the person, and the times he has under it, in words.
type otherRow struct {
	candidateRow
	Times string
}

type bookingRow struct {
	store.BookingRow
	Place  *time.Location
	Tone   Tone
	Status string
}

type mailRow struct {
	At     time.Time // sent or dropped, else due
	Kind   string
	Status string
	Tone   Tone
}

// applicationMore is what processes after intake show on an application's page (scorecards, decisions):
// templates/parts/application_more.html renders it with the page as its dot.
var applicationMore = func(*Pages, *fiber.Ctx, store.ApplicationRow) (map[string]any, error) { return nil, nil }

func (p *Pages) application(c *fiber.Ctx) error {
	id, err := idIn(c, "id")
	if err != nil {
		return err
	}
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	a, err := p.Reader.ApplicationRow(ctx, id)
	if err != nil {
		return err
	}
	body := candidatePage{candidateRow: rowOf(lang, a), May: p.recruits(c), CanUndo: hiring.CheckUndoDecision(a.State) == nil}
	if body.Person, err = p.Reader.Person(ctx, a.PersonID); err != nil {
		return err
	}
	body.Correct = body.May && body.Person.ErasedAt == nil && body.Person.EraseAt == nil
	if body.Note, err = p.Reader.ResponseNoteOf(ctx, a.Application); err != nil {
		return err
	}
	if m := body.Note.ExperienceMonths; m != nil {
		body.Experience = i18n.T(lang, "application.experience_months", "n", *m)
		if *m >= 12 {
			body.Experience = i18n.T(lang, "span.year", "n", *m/12)
		}
	}
	if err := p.sameInto(c, &body); err != nil {
		return err
	}
	others, _, err := p.Reader.Applications(ctx, store.ApplicationFilter{Person: a.PersonID}, store.Page{Limit: 50})
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != id && o.VacancyID == a.VacancyID && goesOn(a.State) && goesOn(o.State) {
			body.Twice = o.ID.String()
		}
		if o.ID != id {
			body.Others = append(body.Others, otherRow{candidateRow: rowOf(lang, o)})
		}
	}
	if err := p.applicationHistory(c, id, &body); err != nil {
		return err
	}
	if err := p.otherTimes(c, id, &body); err != nil {
		return err
	}
	if body.More, err = applicationMore(p, c, a); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "application/show", Page{
		Title: a.Name, Lead: position(a.VacancyTitle, a.VacancyCity), Body: body,
		Crumbs: []Crumb{{p.Frame.T(c, "nav.candidates"), "/candidates?vacancy=" + a.VacancyID.String()}},
	})
}

// otherTimes writes beside the person's other applications the times he has there.
func (p *Pages) otherTimes(c *fiber.Ctx, id uuid.UUID, body *candidatePage) error {
	times, err := p.Reader.OtherTimes(c.UserContext(), id)
	if err != nil {
		return err
	}
	var stay *hiring.Stay // of the time he has here
	for _, b := range body.Bookings {
		if b.State.Open() {
			at := hiring.StayAt(b.StartsAt, b.WaitMinutes, b.SlotMinutes)
			stay = &at
		}
	}
	for n := range body.Others {
		other := &body.Others[n]
		other.Times = besideWords(p.Frame.Lang(c), slices.DeleteFunc(slices.Clone(times[id]), func(t store.OtherTime) bool { return t.ApplicationID != other.ID }), stay)
	}
	return nil
}

func (p *Pages) applicationHistory(c *fiber.Ctx, id uuid.UUID, body *candidatePage) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	bookings, err := p.Reader.BookingRows(ctx, id)
	if err != nil {
		return err
	}
	for _, b := range bookings {
		zone, err := time.LoadLocation(b.Zone)
		if err != nil {
			return err
		}
		body.Bookings = append(body.Bookings, bookingRow{b, zone, toneOf(b.State), i18n.T(lang, placeKey(b.Booking))})
	}
	mails, err := p.Reader.ApplicationMails(ctx, id)
	if err != nil {
		return err
	}
	body.Unreached, body.Missed = unreached(mails), missed(body.State, mails)
	for _, m := range mails {
		row := mailRow{At: m.DueAt, Kind: m.Kind, Status: mailStatus(lang, m), Tone: map[string]Tone{"sent": Success, "queued": Info, "failed": Danger}[m.State]}
		if m.SettledAt != nil {
			row.At = *m.SettledAt
		}
		if key := "application.mail_kind_" + m.Kind; i18n.Has(key) {
			row.Kind = i18n.T(lang, key)
		}
		body.Mails = append(body.Mails, row)
	}
	events, err := p.Reader.JournalOf(ctx, "application/"+id.String())
	if err != nil {
		return err
	}
	// Of a merged record also what was corrected at whose name it shows, and where its mails may go.
	for _, person := range slices.Compact([]uuid.UUID{body.Person.ID, body.Known.ID}) {
		known, err := p.Reader.JournalOf(ctx, "person/"+person.String())
		if err != nil {
			return err
		}
		events = append(events, slices.DeleteFunc(known, func(e store.JournalEvent) bool { return e.Step != "person.correct" })...)
	}
	slices.SortFunc(events, func(a, b store.JournalEvent) int { return cmp.Compare(b.Seq, a.Seq) })
	for _, e := range events {
		body.Events = append(body.Events, p.event(c, e))
	}
	first := Event{At: body.RespondedAt, Title: i18n.T(lang, "application.responded"), Icon: "inbox", Tone: Info}
	if body.SourceName != "" {
		first.Text = body.SourceName
	}
	if body.BatchID != nil {
		first.Text = i18n.T(lang, "application.by_import")
	}
	if !slices.ContainsFunc(events, func(e store.JournalEvent) bool { return e.Step == "application.respond" }) {
		body.Events = append(body.Events, first)
	}
	return nil
}

// event is a journal row in words.
func (p *Pages) event(c *fiber.Ctx, e store.JournalEvent) Event {
	lang := p.Frame.Lang(c)
	out := Event{At: e.At, Title: e.Step, Text: e.Name}
	if key := "journal." + e.Step; i18n.Has(key) {
		out.Title = i18n.T(lang, key)
	}
	if e.Step == "application.advance" || e.Step == "application.decide" {
		if key := "status." + e.Code; i18n.Has(key) {
			out.Title = i18n.T(lang, key)
		}
	}
	switch {
	case e.Actor == "system":
		out.Text, out.Icon = i18n.T(lang, "application.by_system"), "zap"
	case strings.HasPrefix(e.Actor, "candidate/"):
		out.Text, out.Icon = i18n.T(lang, "application.by_candidate"), "user"
	case strings.HasPrefix(e.Actor, "form/"):
		out.Text, out.Icon = i18n.T(lang, "application.by_form"), "globe"
	case e.Name == "":
		out.Text = i18n.T(lang, "application.by_program")
	}
	return out
}
