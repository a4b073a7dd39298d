package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/calendar"
)

// candidateCalendar is the calendar file of the time that stands: the same entry as the mail's, by UID
// and sequence. The link itself is not in it: calendars are shown to colleagues.
func (p *Pages) candidateCalendar(v visit) error {
	view := newCandidateView(v)
	if !view.Meeting {
		return p.backToPage(v)
	}
	f := v.facts
	about := []string{
		v.t("mail.event.about", "vacancy", calendar.Line(f.Vacancy), "company", calendar.Line(f.Company)),
		v.t("mail.fact.when") + ": " + i18n.Moment(v.lang, f.StartsAt, view.Zone),
	}
	if f.WaitMinutes > 0 {
		about = append(about, v.t("mail.event.wait", "wait", view.Wait()))
	}
	about = append(about, view.Way...)
	if f.MapURL != "" {
		about = append(about, f.MapURL)
	}
	about = append(about, v.t("mail.event.button"))
	file := calendar.File(calendar.Event{
		UID: calendar.Token(f.UID), Sequence: f.Sequence, Stamp: v.now, Zone: view.Zone.String(),
		Start: f.StartsAt, End: f.StartsAt.Add(minutes(f.WaitMinutes) + minutes(max(f.SlotMinutes, 1))),
		Summary:     v.t("mail.event.summary", "vacancy", calendar.Line(f.Vacancy), "company", calendar.Line(f.Company)),
		Location:    calendar.Line(strings.Join([]string{f.VenueName, f.Address}, ", ")),
		Description: strings.Join(about, "\n"), Tentative: view.Case == "invited",
	}, calendar.Publish)
	v.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8; method=PUBLISH")
	v.Set(fiber.HeaderContentDisposition, `attachment; filename="interview.ics"`)
	v.Set(fiber.HeaderCacheControl, "no-store")
	v.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	v.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	return v.Send(file)
}
