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

// plan is the desk of a session that is being thought of; nil if the form never said enough for it.
func (p *Pages) plan(c *fiber.Ctx, form *Form, venue store.Venue, how seating) (*planDesk, error) {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	names, err := p.Reader.RateNames(ctx)
	if err != nil {
		return nil, err
	}
	build := func(form *Form) (*planDesk, error) {
		starts := startField(form, zoneOf(venue.Zone), p.Now())
		n := wholeField(form, "slots", 1, hiring.PlanMaxSlots)
		in := deskInput{
			Asker: asker(c), Whole: c.Method() == fiber.MethodPost && c.Get("HX-Request") != "true",
			Zone: zoneOf(venue.Zone), Minutes: wholeField(form, "slot_minutes", 5, 240), Room: wholeField(form, "room", 1, 1000),
			Lanes: min(max(len(form.Many["lanes"]), 1), hiring.PlanMaxLanes),
		}
		wholeField(form, "wait_minutes", 5, 480)
		in.Settings, in.OwnRate = newDesk(form)
		in.Seats, in.Typed = slotSeats(form, max(n, 0)), len(form.Many["seats"])
		if len(form.Errors) > 0 {
			return nil, nil
		}
		in.Own = in.Typed > 0 && (how == seatsTyped && form.Get("last") == "" || owned(form))
		in.Settle = how == seatsTyped
		for i := range n {
			in.Times = append(in.Times, starts.Add(time.Duration(i*in.Minutes)*time.Minute))
			in.Pause = append(in.Pause, form.Has("breaks", strconv.Itoa(i)))
		}
		if err := p.newRate(ctx, form, venue, starts, &in); err != nil {
			return nil, err
		}
		d, err := desk(ctx, lang, in)
		if err != nil {
			return nil, err
		}
		late, err := p.tooLate(ctx, lang, d.Times, d.Seats)
		if late != "" {
			d.Notes = append(d.Notes, late)
		}
		return d, err
	}
	if how == seatsTried {
		press(c, form)
	}
	d, err := planned(form, build, func() (*planDesk, error) { return nil, nil })
	if err != nil || d == nil {
		return nil, err
	}
	d.Path, d.Form, d.Why = "/sessions/new", "session-form", reasonWords(lang, d.Rate.Reasons, names)
	d.NoLanes = len(form.Many["lanes"]) == 0
	d.noted(lang, form)
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
