package web

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// shortlist is who may be invited to a session, as its page shows it.
type shortlist struct {
	Rows  []shortlistRow
	Total int                // also of those beyond what is shown
	Owed  int                // of the rows: passed over by "in order", as they may choose a time that comes first
	Taken int                // of the others: passed over by it too (store.ShortlistRow.Taken)
	Meet  int                // of those: the hours may overlap
	Mute  int                // whom no mail reaches
	First int                // how many "in order" invites
	Busy  int                // of those: with a time for another vacancy, at other hours
	Shown map[uuid.UUID]bool // those
}

// shortlistRow is one person with what else he has, in words.
type shortlistRow struct {
	store.ShortlistRow
	Other string
	For   string // which vacancies, when more than one
}

func (p *Pages) shortlistOf(ctx context.Context, lang string, session uuid.UUID) (shortlist, error) {
	rows, total, err := p.Reader.SessionShortlist(ctx, session, p.Now(), 200)
	list := shortlist{Total: total, Shown: map[uuid.UUID]bool{}}
	for _, row := range rows {
		line := shortlistRow{ShortlistRow: row, Other: otherWords(lang, row.Elsewhere)}
		if len(row.Also) > 0 {
			line.For = i18n.T(lang, "interview.listed_also", "vacancies", strings.Join(row.Also, "; "))
		}
		if !row.Promised.IsZero() {
			promise := i18n.T(lang, "interview.other_promised", "until", dayAndHour(lang, row.Promised, zoneOf(row.VacancyZone)))
			if line.Other != "" {
				promise += " · "
			}
			line.Other = promise + line.Other
		}
		list.Rows = append(list.Rows, line)
		switch {
		case row.Mute():
			list.Mute++
		case !row.Promised.IsZero():
			list.Owed++
		case row.Taken():
			list.Taken++
			if row.Overlaps() {
				list.Meet++
			}
		}
	}
	return list, err
}

// order chooses whom "in order" invites: the first, as many as seats are free, whom mail reaches, nobody else awaits and
// we owe no better. Whoever has an invitation elsewhere or a time to choose first is invited here too only by a tick of his own.
func (s *shortlist) order(free int) {
	for _, row := range s.Rows {
		if !row.Mute() && !row.Taken() && row.Promised.IsZero() && len(s.Shown) < free {
			s.Shown[row.ID] = true
			if len(row.Elsewhere) > 0 {
				s.Busy++
			}
		}
	}
	s.First = len(s.Shown)
}

// Short is how many of the free seats nobody on the shortlist can fill.
func (s shortlist) Short(free int) int { return max(free-s.Total, 0) }

// otherWords says which other invitations and times somebody has: place, day and hour, and whether they may overlap.
func otherWords(lang string, all []store.Elsewhere) string {
	var words []string
	for _, e := range all {
		zone, key := zoneOf(e.Zone), "interview.other_time"
		if e.State == hiring.BookingInvited {
			key = "interview.other_invitation"
		}
		text := i18n.T(lang, key, "place", e.Venue, "time", dayAndHour(lang, e.StartsAt, zone))
		if e.Overlaps {
			text += " (" + i18n.T(lang, "interview.other_overlaps") + ")"
		}
		words = append(words, text)
	}
	return strings.Join(words, " · ")
}

// besideWords says the same of what somebody has under his other applications; stay is the time it is said beside, if any.
func besideWords(lang string, all []store.OtherTime, stay *hiring.Stay) string {
	var list []store.Elsewhere
	for _, t := range all {
		list = append(list, store.Elsewhere{
			State: t.State, StartsAt: t.StartsAt, Zone: t.Zone, Venue: t.Venue, Overlaps: stay != nil && t.Place().Stay.Overlaps(*stay),
		})
	}
	return otherWords(lang, list)
}

func dayAndHour(lang string, at time.Time, zone *time.Location) string {
	return i18n.Day(lang, at, zone) + ", " + i18n.Clock(lang, at, zone)
}

// QuietWords says why nobody is invited now. A shortlist of people who are all invited elsewhere is not an empty one.
func (v wavesView) QuietWords(lang string) string {
	key := "plan.quiet_" + string(v.Quiet)
	switch {
	case v.Quiet != hiring.QuietShortlist:
	case v.list.Owed > 0:
		key += "_owed"
	case v.list.Taken > 0:
		key += "_taken"
	}
	return i18n.T(lang, key, "n", v.list.Taken+v.list.Owed)
}
