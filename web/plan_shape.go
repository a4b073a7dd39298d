package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/hiring"
)

// shape is when a session is thought to be, and by how many interviewers it is held.
type shape struct {
	starts                time.Time
	minutes, slots, lanes int
}

func shapeOf(s meeting) shape {
	return shape{s.StartsAt, s.SlotMinutes, s.Slots, min(max(len(s.OpenLanes()), 1), hiring.PlanMaxLanes)}
}

func (a shape) ends() time.Time {
	return a.starts.Add(time.Duration(a.slots*a.minutes) * time.Minute)
}

// is reports whether the session's times are these. The interviewers are thought of only.
func (a shape) is(s meeting) bool {
	return a.starts.Equal(s.StartsAt) && a.minutes == s.SlotMinutes && a.slots == s.Slots
}

func writeShape(form *Form, s meeting) {
	a := shapeOf(s)
	form.Values["date"], form.Values["time"] = a.starts.In(s.Local).Format(time.DateOnly), a.starts.In(s.Local).Format("15:04")
	form.Values["slot_minutes"], form.Values["slots"], form.Values["interviewers"] = strconv.Itoa(a.minutes), strconv.Itoa(a.slots), strconv.Itoa(a.lanes)
}

// readShape reads the fields of writeShape, noting on the form what is wrong; what it lacks, or has wrong, is
// the session's.
func readShape(form *Form, s meeting, now time.Time) shape {
	usual, a := NewForm(nil), shapeOf(s)
	writeShape(usual, s)
	for name, text := range usual.Values {
		if form.Get(name) == "" {
			form.Values[name] = text
		}
	}
	whole := func(name string, least, most, was int) int {
		if n := wholeField(form, name, least, most); form.Errors[name] == "" {
			return n
		}
		return was
	}
	a.minutes = whole("slot_minutes", 5, 240, a.minutes)
	a.slots = whole("slots", 1, hiring.PlanMaxSlots, a.slots)
	a.lanes = whole("interviewers", 1, hiring.PlanMaxLanes, a.lanes)
	if form.Get("date") != usual.Get("date") || form.Get("time") != usual.Get("time") { // seconds of the start are no field
		if at := startField(form, s.Local, now); !at.IsZero() {
			a.starts = at
		}
	}
	return a
}

// rows is how many times the desk shows: no fewer than people hold.
func (a shape) rows(slots []store.Slot) int {
	n := a.slots
	for i, slot := range slots {
		if slot.Taken > 0 {
			n = max(n, i+1)
		}
	}
	return n
}

// notes says what of the shape could not be saved as it is.
func (a shape) notes(lang string, s meeting, slots []store.Slot) (out []string) {
	held := 0
	for i, slot := range slots {
		held += slot.Taken
		if i >= a.slots && slot.Taken > 0 {
			out = append(out, i18n.T(lang, "plan.held_beyond", "n", slot.Taken, "time", i18n.Clock(lang, slot.StartsAt, s.Local)))
		}
	}
	if held > 0 && (!a.starts.Equal(s.StartsAt) || a.minutes != s.SlotMinutes) {
		out = append(out, i18n.T(lang, "fault.times_promised", "n", held))
	}
	return out
}

// shapeNow says what is saved of the session.
func (p *Pages) shapeNow(c *fiber.Ctx, s meeting) string {
	lang := p.Frame.Lang(c)
	return i18n.T(lang, "plan.saved_now", "time", i18n.Moment(lang, s.StartsAt, s.Local), "n", s.Slots, "minutes", s.SlotMinutes, "seats", s.Seats, "taken", s.Taken)
}
