package web

import (
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

// How the seats of a new session's desk come about.
type seating int

const (
	seatsPlanned seating = iota // the planner's
	seatsTried                  // as the buttons of the desk say
	seatsTyped                  // as they stand in the form
)

// plan is the desk of a session that is being thought of; nil if the form does not say enough for it.
func (p *Pages) plan(c *fiber.Ctx, form *Form, venue store.Venue, how seating) (*planDesk, error) {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	scratch := &Form{Values: form.Values, Many: form.Many, Errors: map[string]string{}} // what is wrong is said when it is sent
	starts := startField(scratch, zoneOf(venue.Zone))
	n := wholeField(scratch, "slots", 1, hiring.PlanMaxSlots)
	in := deskInput{
		Zone: zoneOf(venue.Zone), Minutes: wholeField(scratch, "slot_minutes", 5, 240), Room: wholeField(scratch, "room", 1, 1000),
		Lanes: min(max(len(form.Many["lanes"]), 1), hiring.PlanMaxLanes),
	}
	in.Settings, in.OwnRate = newDesk(scratch)
	if len(scratch.Errors) > 0 {
		return nil, nil
	}
	in.Seats, in.Typed = slotSeats(scratch, n), len(form.Many["seats"])
	switch {
	case how == seatsTried:
		in.Own = pressed(c, form, in.Seats)
	case how == seatsTyped:
		in.Own, in.Settle = true, true
	}
	if len(form.Many["seats"]) == 0 {
		in.Own = false
	}
	for i := range n {
		in.Times = append(in.Times, starts.Add(time.Duration(i*in.Minutes)*time.Minute))
		in.Pause = append(in.Pause, form.Has("breaks", strconv.Itoa(i)))
	}
	if err := p.newRate(ctx, form, venue, starts, &in); err != nil {
		return nil, err
	}
	names, err := p.Reader.RateNames(ctx)
	if err != nil {
		return nil, err
	}
	d := unplanned(lang, in)
	if len(scratch.Errors) == 0 { // of the seats
		if d, err = desk(ctx, lang, in); err != nil {
			return nil, err
		}
	}
	d.Path, d.Form, d.Why = "/sessions/new", "session-form", reasonWords(lang, in.Rate.Reasons, names)
	d.NoLanes = len(form.Many["lanes"]) == 0
	return d, nil
}

// newDesk reads the desk's fields of a new session, whose limit is the longest wait the invitation names.
// What is left empty is as usual.
func newDesk(form *Form) (hiring.PlanSettings, *float64) {
	usual := NewForm(nil)
	writeDesk(usual, hiring.DefaultPlanSettings())
	for _, name := range []string{"waiting_worth", "limit_risk", "overtime"} {
		if form.Get(name) == "" {
			form.Values[name] = usual.Values[name]
		}
	}
	form.Values["limit_minutes"] = form.Get("wait_minutes")
	defer delete(form.Errors, "limit_minutes") // wait_minutes is judged by itself
	return readDesk(form)
}

// newRate is the forecast for somebody of whom only the session thought of is known.
func (p *Pages) newRate(ctx context.Context, form *Form, venue store.Venue, starts time.Time, in *deskInput) error {
	model, err := p.Reader.RateModel(ctx)
	if err != nil {
		return err
	}
	i := hiring.Invitation{City: venue.City, StartsAt: starts, Zone: in.Zone, BookedAt: p.Now(), Reply: hiring.ReplyPending}
	if chosen := form.Many["vacancies"]; len(chosen) == 1 {
		if id, err := uuid.Parse(chosen[0]); err == nil {
			if v, err := p.Reader.Vacancy(ctx, id); err == nil { // one that is gone is said when the form is sent
				i.Vacancy = v.Title
			}
		}
	}
	in.Rate, in.Learned = model.Model.Forecast(i.Facts()), model.Model.DayEffect
	return nil
}
