package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
)

func (p *Pages) planRoutes(r auth.Routes) {
	r.Get("/sessions/:id/plan", auth.Roles(hirers...), p.showPlan)
	r.Post("/sessions/:id/plan/try", auth.Roles(hirers...), p.tryPlan) // changes nothing
	r.Post("/sessions/:id/plan", auth.Roles(planners...), p.savePlan)
	r.Get("/sessions/:id/waves", auth.Roles(hirers...), p.showWaves)
	r.Post("/sessions/:id/fill", auth.Roles(planners...), p.fillSession)
	r.Post("/sessions/:id/fill/stop", auth.Roles(planners...), p.stopFilling)
	r.Post("/sessions/:id/proposals/take", auth.Roles(planners...), p.takeProposal)
	r.Post("/sessions/:id/proposals/dismiss", auth.Roles(planners...), p.dismissProposal)
	r.Get("/sessions/:id/forecasts/:application", auth.Roles(hirers...), p.showForecast)
	r.Post("/sessions/:id/forecasts/:application", auth.Roles(planners...), p.overrideForecast)
}

// planBody is the plan of one session.
type planBody struct {
	Row    meeting
	Tabs   []Tab
	Manage bool
	Desk   *planDesk // nil once the session is over
	Waves  *wavesView
	After  *afterView // nil before it is over
	Breaks bool       // whether there is one
}

func planPath(s meeting) string { return sessionPath(s.ID) + "/plan" }

// showPlan shows the seats as they are, and what the planner thinks of them.
func (p *Pages) showPlan(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	form := NewForm(nil)
	writeDesk(form, s.Settings.OrDefault(s.WaitMinutes))
	writeShape(form, s)
	return p.planPage(c, fiber.StatusOK, s, form, true)
}

// tryPlan shows what another number here or another worth there would do.
func (p *Pages) tryPlan(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	return p.planPage(c, fiber.StatusOK, s, ReadForm(c, deskFields...), false)
}

// savePlan makes the numbers of the desk the session's.
func (p *Pages) savePlan(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, deskFields...)
	args := workflows.OverrideArgs{Planned: !owned(form)}
	args.Settings, args.Rate = readDesk(form)
	args.Settings.MostInvited = s.Settings.MostInvited
	args.Version, _ = strconv.Atoi(c.FormValue("version"))
	to := readShape(form, s, p.Now())
	args.Seats = slotSeats(form, to.slots)
	if form.OK() && (moved(form) || len(form.Many["seats"]) < to.slots) {
		form.Add("plan", "plan_moved")
	}
	if !form.OK() {
		return p.planPage(c, fiber.StatusUnprocessableEntity, s, form, false)
	}
	if to.is(s) {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.OverridePlan, s.ID.String(), who, args)
	} else {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.Reshape, s.ID.String(), who,
			workflows.ReshapeArgs{OverrideArgs: args, Starts: to.starts.UTC(), SlotMinutes: to.minutes})
	}
	if e := fault.As(err); e != nil && e.Fields["starts"] != "" {
		form.Add("date", e.Fields["starts"])
		return p.planPage(c, fiber.StatusUnprocessableEntity, s, form, false)
	}
	if fault.KindOf(err) == fault.Conflict { // what was typed stays, beside what is true now
		if form.Fault = p.busy(c, err, to.starts, to.ends()); form.Fault == "" {
			form.Fault = p.Frame.Words(c, err)
		}
		if s, err = p.session(c); err != nil {
			return err
		}
		form.Fault += " " + p.shapeNow(c, s)
		return p.planPage(c, fiber.StatusConflict, s, form, false)
	}
	if fault.KindOf(err) == fault.Invalid && form.Take(err, "") {
		return p.planPage(c, fiber.StatusUnprocessableEntity, s, form, false)
	}
	return p.after(c, planPath(s), Flash{Key: "flash.plan_saved"}, err)
}

// planPage shows the plan's page; first is its first showing, with the session's own seats.
func (p *Pages) planPage(c *fiber.Ctx, status int, s meeting, form *Form, first bool) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	body := planBody{Row: s, Tabs: p.sessionTabs(c, s, "plan"), Manage: auth.Of(c).Has(planners...) && s.Live()}
	var err error
	if s.Live() {
		if body.Desk, err = p.sessionDesk(c, s, form, first); err != nil {
			return err
		}
		if !form.OK() && status == fiber.StatusOK {
			status = fiber.StatusUnprocessableEntity
		}
	} else if body.After, err = p.afterTheDay(ctx, s, lang); err != nil {
		return err
	}
	if body.Waves, err = p.wavesOf(c, s, "plan"); err != nil {
		return err
	}
	if body.Desk != nil && body.Desk.Busy {
		status = busyStatus(c)
	}
	if c.Get("HX-Request") == "true" {
		status = fiber.StatusOK // htmx swaps nothing else in
	}
	return p.Frame.HTML(c, status, "plan/show", Page{
		Title: p.Frame.T(c, "plan.title"), Lead: sessionTitle(lang, s), Form: form, Body: body, Wide: true,
		Crumbs: []Crumb{{Label: p.Frame.T(c, "interview.title"), URL: "/sessions"}, {Label: sessionTitle(lang, s), URL: sessionPath(s.ID)}},
	})
}

// sessionDesk is the desk of a session that exists.
func (p *Pages) sessionDesk(c *fiber.Ctx, s meeting, form *Form, first bool) (*planDesk, error) {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	slots, err := p.Reader.Slots(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	rate, model, err := p.Reader.SessionRate(ctx, s.ID, p.Now())
	if err != nil {
		return nil, err
	}
	names, err := p.Reader.RateNames(ctx)
	if err != nil {
		return nil, err
	}
	build := func(form *Form, first bool) (*planDesk, error) {
		to := readShape(form, s, p.Now())
		in := deskInput{Asker: asker(c), Whole: !first && c.Get("HX-Request") != "true", Zone: s.Local, Minutes: to.minutes, Room: s.Room, Lanes: to.lanes, Own: true, Kept: first && !s.OwnSeats, Settle: true, Typed: len(slots), Rate: rate, Learned: model.DayEffect}
		for n := range to.rows(slots) {
			in.Times = append(in.Times, to.starts.Add(time.Duration(n*to.minutes)*time.Minute))
			taken, seats := 0, 0
			if n < len(slots) {
				taken, seats = slots[n].Taken, slots[n].Seats
			}
			in.Taken, in.Seats = append(in.Taken, taken), append(in.Seats, seats)
			in.Pause = append(in.Pause, first && seats == 0 || form.Has("breaks", strconv.Itoa(n)))
		}
		if !first {
			in.Seats, in.Typed = slotSeats(form, len(in.Times)), len(form.Many["seats"])
			in.Own, in.Settle = form.Get("own") == "yes", false
		}
		in.Settings, in.OwnRate = readDesk(form)
		if len(form.Errors) > 0 {
			return nil, nil
		}
		d, err := desk(ctx, lang, in)
		if err == nil {
			d.Notes = append(d.Notes, to.notes(lang, s, slots)...)
		}
		return d, err
	}
	usual := func() (*planDesk, error) {
		saved := NewForm(nil)
		writeDesk(saved, s.Settings.OrDefault(s.WaitMinutes))
		d, err := build(saved, true)
		if d != nil {
			d.remember(saved)
		}
		return d, err
	}
	if !first {
		press(c, form)
	}
	d, err := planned(form, func(f *Form) (*planDesk, error) { return build(f, first) }, usual)
	if err != nil || d == nil {
		return nil, err
	}
	d.Path, d.Form = planPath(s)+"/try", "plan-form"
	d.Why = reasonWords(lang, rate.Reasons, names)
	d.noted(lang, form)
	return d, nil
}
