package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// A new session: HR sets day, place, people and limits; the planner proposes how many to invite to each
// arrival time; HR may change any number and sees at once what that does.

var sessionFields = []string{
	"venue", "vacancies", "date", "time", "slot_minutes", "slots", "lanes", "room", "wait_minutes",
	"notice_hours", "horizon_days", "moves", "cutoff_hours", "same_day", "seats", "breaks",
	"waiting_worth", "limit_risk", "overtime", "day_effect", "rate", "own", "last",
}

type sessionForm struct {
	Venues       []Option
	Vacancies    []Option
	Interviewers []Option
	Desk         *planDesk
	Zone         string // of the venue, in words
}

func (p *Pages) newSession(c *fiber.Ctx) error {
	rules := hiring.DefaultCandidateRules()
	form := NewForm(map[string]string{
		"time": "10:00", "slot_minutes": "30", "slots": "8", "wait_minutes": "60",
		"notice_hours": strconv.Itoa(rules.NoticeHours), "horizon_days": strconv.Itoa(rules.HorizonDays),
		"moves": strconv.Itoa(rules.Moves), "cutoff_hours": strconv.Itoa(rules.CutoffHours), "same_day": "yes",
	})
	writeDesk(form, hiring.DefaultPlanSettings())
	if id := c.Query("vacancy"); uuidOf(id) != uuid.Nil {
		form.Many["vacancies"] = []string{id}
	}
	return p.sessionFormPage(c, fiber.StatusOK, form, seatsPlanned)
}

// planSession shows the form again with what the planner says to it.
func (p *Pages) planSession(c *fiber.Ctx) error {
	form := ReadForm(c, sessionFields...)
	return p.sessionFormPage(c, fiber.StatusOK, form, seatsTried)
}

func (p *Pages) addSession(c *fiber.Ctx) error {
	form := ReadForm(c, sessionFields...)
	who, err := p.by(c)
	if err != nil {
		return err
	}
	venue, _ := p.chosenVenue(c.UserContext(), form)
	args := sessionArgs(form, venue, p.Now())
	plan := workflows.OverrideArgs{Seats: args.Session.Seats, Planned: !owned(form), Version: 1}
	args.OwnSeats = !plan.Planned // so that they bind even if the plan cannot be kept
	plan.Settings, plan.Rate = newDesk(form)
	typed := len(form.Many["seats"])
	if form.OK() && (moved(form) || typed > 0 && typed < len(args.Session.Seats)) {
		form.Add("plan", "plan_moved")
	}
	if !form.OK() {
		return p.sessionFormPage(c, fiber.StatusUnprocessableEntity, form, seatsTyped)
	}
	id := store.Act{Actor: who.Actor, Key: who.Key}.NewID() // the same form sent twice is about one session
	_, err = workflows.Do(c.UserContext(), p.Commands, workflows.Schedule, id.String(), who, args)
	if err == nil {
		// What the plan was worth and what it promised is kept with it; without that the session is as good.
		who.Key = uuid.NewSHA1(id, []byte(who.Key)).String()
		_, _ = workflows.Do(c.UserContext(), p.Commands, workflows.OverridePlan, id.String(), who, plan)
		late, err := p.tooLate(c.UserContext(), p.Frame.Lang(c), args.Session.SlotTimes(), args.Session.Seats)
		if err != nil {
			return err
		}
		done := Flash{Key: "flash.session_added"}
		if late != "" {
			done = Flash{Key: "flash.session_added_late", Tone: Warning}
		}
		return p.Frame.RedirectFlash(c, sessionPath(id), done)
	}
	if busy := p.busy(c, err, args.Session.Starts, args.Session.Ends()); busy != "" {
		form.Fault = busy
		form.Add("lanes", "busy_elsewhere")
		return p.sessionFormPage(c, fiber.StatusConflict, form, seatsTyped)
	}
	if e := fault.As(err); e != nil && e.Fields["starts"] != "" {
		form.Add("date", e.Fields["starts"])
		delete(e.Fields, "starts")
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		if form.Take(err, p.Frame.Words(c, err)) {
			return p.sessionFormPage(c, fiber.StatusUnprocessableEntity, form, seatsTyped)
		}
	case fault.Conflict, fault.Unavailable, fault.Pending: // what was typed stays
		form.Fault = p.Frame.Words(c, err)
		return p.sessionFormPage(c, Status(fault.KindOf(err)), form, seatsTyped)
	}
	return err
}

// busy says in which session an interviewer refused as busy is; "" for any other refusal.
func (p *Pages) busy(c *fiber.Ctx, err error, from, to time.Time) string {
	e := fault.As(err)
	if e == nil || e.Code != "interviewer_busy" {
		return ""
	}
	id, bad := parseID(e.Details["staff"])
	if bad != nil {
		return p.Frame.Words(c, err)
	}
	names, bad := p.Reader.StaffNames(c.UserContext(), []uuid.UUID{id})
	row, found, failed := p.Reader.BusyLane(c.UserContext(), id, from, to)
	if bad != nil || failed != nil || !found {
		return p.Frame.Words(c, err)
	}
	s, lang := localRow(row), p.Frame.Lang(c)
	return i18n.T(lang, "interview.busy", "name", names[id], "place", s.VenueName, "time", i18n.Moment(lang, s.StartsAt, s.Local))
}

func (p *Pages) chosenVenue(ctx context.Context, form *Form) (store.Venue, error) {
	id, err := parseID(form.Get("venue"))
	if err != nil {
		return store.Venue{}, err
	}
	return p.Reader.Venue(ctx, id)
}

// sessionArgs reads the form, noting what is wrong with it.
func sessionArgs(form *Form, venue store.Venue, now time.Time) workflows.ScheduleArgs {
	if venue.ID == uuid.Nil {
		form.Add("venue", "choose_one")
	}
	if len(form.Many["vacancies"]) == 0 {
		form.Add("vacancies", "choose_some")
	}
	if len(form.Many["lanes"]) == 0 {
		form.Add("lanes", "choose_some")
	}
	args := workflows.ScheduleArgs{
		Venue: form.Get("venue"), Vacancies: form.Many["vacancies"],
		Session: hiring.Session{
			SlotMinutes: wholeField(form, "slot_minutes", 5, 240), Lanes: form.Many["lanes"],
			Room: wholeField(form, "room", 1, 1000), WaitMinutes: wholeField(form, "wait_minutes", 5, 480),
		},
		Rules: hiring.CandidateRules{
			NoticeHours: wholeField(form, "notice_hours", 0, 168), HorizonDays: wholeField(form, "horizon_days", 1, 90),
			Moves: wholeField(form, "moves", 0, 10), CutoffHours: wholeField(form, "cutoff_hours", 0, 168), SameDay: form.Get("same_day") == "yes",
		},
	}
	if venue.ID != uuid.Nil {
		args.Session.Starts = startField(form, zoneOf(venue.Zone), now)
	}
	args.Session.Seats = slotSeats(form, wholeField(form, "slots", 1, hiring.PlanMaxSlots))
	return args
}

// slotSeats reads the seats of n slots; a break has none.
func slotSeats(form *Form, n int) []int {
	seats := readSeats(form)
	for len(seats) < n {
		seats = append(seats, 0)
	}
	seats = seats[:min(n, len(seats))]
	for i := range seats {
		if form.Has("breaks", strconv.Itoa(i)) {
			seats[i] = 0
		}
	}
	return seats
}

// wholeField reads a whole number between two bounds.
func wholeField(form *Form, name string, least, most int) int {
	text := form.Get(name)
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		form.Add(name, "required")
	case err != nil:
		form.Add(name, "invalid_whole")
	case n < least:
		form.Add(name, fmt.Sprintf("too_small:%d", least))
	case n > most:
		form.Add(name, fmt.Sprintf("too_large:%d", most))
	}
	return n
}

// sessionFormPage shows the form; how says whose the seats are.
func (p *Pages) sessionFormPage(c *fiber.Ctx, status int, form *Form, how seating) error {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	venues, _, err := p.Reader.Venues(ctx, store.CatalogueFilter{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return err
	}
	body := sessionForm{}
	for _, v := range venues {
		body.Venues = append(body.Venues, Option{Value: v.ID.String(), Label: position(v.Name, v.City)})
	}
	if form.Get("venue") == "" && len(venues) > 0 {
		vacancy, _ := uuid.Parse(strings.Join(form.Many["vacancies"], "")) // of one only
		usual, err := p.Reader.UsualVenue(ctx, vacancy, auth.Of(c).Actor())
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		form.Values["venue"] = usual.String()
	}
	venue, err := p.chosenVenue(ctx, form)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	zone := zoneOf(venue.Zone)
	if form.Get("room") == "" && venue.Room > 0 && c.Method() == fiber.MethodGet {
		form.Values["room"] = strconv.Itoa(venue.Room)
	}
	if form.Get("date") == "" && c.Method() == fiber.MethodGet {
		day := p.Now().In(zone).AddDate(0, 0, 3)
		for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			day = day.AddDate(0, 0, 1)
		}
		form.Values["date"] = day.Format(time.DateOnly)
	}
	if body.Vacancies, err = p.vacancyOptions(ctx, venue.City); err != nil {
		return err
	}
	if body.Interviewers, err = p.interviewers(ctx, venue, func(uuid.UUID) bool { return false }); err != nil {
		return err
	}
	if venue.ID != uuid.Nil {
		body.Zone = i18n.Zone(lang, p.Now(), zone)
		if body.Desk, err = p.plan(c, form, venue, how); err != nil {
			return err
		}
	}
	if status == fiber.StatusOK && !form.OK() {
		status = fiber.StatusUnprocessableEntity
	}
	if body.Desk != nil && body.Desk.Busy {
		status = busyStatus(c)
	}
	if c.Get("HX-Request") == "true" {
		status = fiber.StatusOK // htmx swaps nothing else in
	}
	return p.Frame.HTML(c, status, "interview/new", Page{
		Title: p.Frame.T(c, "interview.new"), Form: form, Body: body,
		Crumbs: []Crumb{{Label: p.Frame.T(c, "interview.title"), URL: "/sessions"}},
	})
}
