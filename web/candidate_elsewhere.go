package web

import (
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// What a candidate's page says of the times that the person has under his other applications.

// besideView is one of those times.
type besideView struct {
	store.OtherTime
	Local   *time.Location
	Held    bool // he said yes to it, or is there
	Clashes bool // with the time that the page shows
}

// Beside are the person's other times.
func (c candidateView) Beside() (list []besideView) {
	if c.Facts.EraseAt != nil {
		return nil
	}
	for _, t := range c.Facts.Elsewhere {
		place := t.Place()
		list = append(list, besideView{t, zoneOf(t.Zone), place.Holds(), c.Meeting && place.Clashes(c.stay())})
	}
	return list
}

func (c candidateView) stay() hiring.Stay {
	return hiring.StayAt(c.Facts.StartsAt, c.Facts.WaitMinutes, c.Facts.SlotMinutes)
}

// inTheWay is the time he said yes to that cannot go with the one the page shows, or nil.
func (c candidateView) inTheWay() *besideView {
	for _, b := range c.Beside() {
		if b.Held && b.Clashes {
			return &b
		}
	}
	return nil
}

// Warning says which of his times is in the way of the one the page shows, and what he can do; "" when none is.
func (c candidateView) Warning() string {
	b := c.inTheWay()
	if b == nil {
		return ""
	}
	key := "candidate.clash_vacancy"
	if b.Place().Stay.Overlaps(c.stay()) {
		key = "candidate.clash_overlaps"
	}
	return i18n.T(c.lang, key, c.held(*b)...)
}

func (c candidateView) held(b besideView) []any {
	return []any{"held", c.when(b.StartsAt, b.Local), "venue", b.Venue, "other", b.Vacancy}
}

// Hidden says, where times are chosen, that those which overlap with what he has are not offered, one sentence for each.
func (c candidateView) Hidden() (list []string) {
	for _, b := range c.Beside() {
		if b.Held {
			list = append(list, i18n.T(c.lang, "candidate.times_hidden", c.held(b)...))
		}
	}
	return list
}

// forVacancy reports whether he said yes to a time for the same vacancy under another record of him: he is to move that.
func (c candidateView) forVacancy() bool {
	for _, b := range c.Beside() {
		if b.Held && b.SameVacancy {
			return true
		}
	}
	return false
}

// canTake reports whether nothing that he said yes to is in the way of a time.
func canTake(elsewhere []store.OtherTime, starts time.Time, waitMinutes, slotMinutes int) bool {
	for _, t := range elsewhere {
		if t.Place().CheckTake(hiring.StayAt(starts, waitMinutes, slotMinutes)) != nil {
			return false
		}
	}
	return true
}
