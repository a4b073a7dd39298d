package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// The day at reception: who is expected when, and one tap for what happened. Every row carries the
// version of the booking it shows, so of two receptionists the second sees what the first did.

func (p *Pages) dayRoutes(r auth.Routes) {
	r.Get("/arrivals", auth.Roles(onTheDay...), p.arrivals)
	r.Get("/sessions/:id/day", auth.Roles(onTheDay...), p.day)
	r.Get("/sessions/:id/day/list", auth.Roles(onTheDay...), p.dayList)
	r.Post("/sessions/:id/day/find", auth.Roles(onTheDay...), p.day)
	r.Post("/sessions/:id/day", auth.Roles(reception...), p.markPlace)
	r.Get("/sessions/:id/live", auth.Roles(onTheDay...), p.liveSession)
	r.Get("/sessions/:id/lane", auth.Roles(atLanes...), p.ownLane)
	r.Get("/sessions/:id/lane/now", auth.Roles(atLanes...), p.ownLaneNow)
	r.Post("/sessions/:id/lane", auth.Roles(atLanes...), p.markLane)
	r.Post("/sessions/:id/relief", auth.Roles(reception...), p.relieve)
	r.Post("/sessions/:id/walk-in", auth.Roles(reception...), p.walkIn)
	r.Post("/sessions/:id/absent", auth.Roles(reception...), p.markAbsent)
	r.Get("/sessions/:id/report", auth.Roles(onTheDay...), p.dayReport)
	r.Post("/sessions/:id/close", auth.Roles(planners...), p.closeSession)
}

// today returns the sessions that go on or begin later on this day, as the calendar of each one's place
// has it: in the evening, tomorrow's is not today's.
func (p *Pages) today(c *fiber.Ctx, f store.InterviewFilter) ([]meeting, error) {
	now := p.Now()
	f.From, f.To, f.Earliest = now.Add(-hiring.CloseAfter), now.Add(24*time.Hour), true
	f.States = []hiring.SessionState{hiring.SessionOpen, hiring.SessionRunning, hiring.SessionClosed}
	rows, _, err := p.Reader.Interviews(c.UserContext(), f, store.Page{Limit: store.MaxPage})
	return slices.DeleteFunc(localRows(rows), func(s meeting) bool { return s.StartsAt.After(now) && !sameDay(s.StartsAt, now, s.Local) }), err
}

// sameDay reports whether two moments lie on one day of a zone's calendar.
func sameDay(a, b time.Time, zone *time.Location) bool {
	return a.In(zone).Format(time.DateOnly) == b.In(zone).Format(time.DateOnly)
}

// arrivals shows the check-in list of the day's session, or which there are.
func (p *Pages) arrivals(c *fiber.Ctx) error {
	rows, err := p.today(c, store.InterviewFilter{Staff: ownOnly(auth.Of(c))})
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		return p.dayPage(c, rows[0], "")
	}
	return p.Frame.HTML(c, fiber.StatusOK, "interview/arrivals", Page{Title: p.Frame.T(c, "day.title"), Body: rows})
}

// dayPlace is one person's row.
type dayPlace struct {
	placeRow
	Local     *time.Location
	Act       bool
	CanArrive bool
	CanUndo   bool
	CanNoShow bool
	CanLeave  bool
	CanReturn bool          // noted as left, and here after all
	LateUntil time.Time     // when he said he would come; zero: he said nothing
	Waited    time.Duration // since he came, while he waits
	Long      bool
	Near      bool          // near the longest wait promised, or over it
	Total     time.Duration // the wait expected in all; 0: not known
	With      string        // the interviewer whom he is with
	Now       time.Time
	Turn      *turn  // how he can be called out of turn; nil unless he waits
	Said      string // a message for this row: what another screen did meanwhile
}

// Search is what the list is searched by, in small letters.
func (d dayPlace) Search() string { return strings.ToLower(d.Name + " " + d.Phone) }

func dayPlaceOf(place store.SessionPlace, s meeting, act bool, now time.Time) dayPlace {
	rule := place.Rule()
	d := dayPlace{Now: now, placeRow: placeOf(place), Local: s.Local, Act: act && place.State != "" && s.State != hiring.SessionCancelled}
	_, err := rule.Arrive(now, s.StartsAt, s.EndsAt)
	d.CanArrive = err == nil
	d.CanUndo, d.CanLeave = place.State.Present(), place.State.Present()
	d.CanNoShow = rule.CheckNoShow(now) == nil
	_, err = rule.ComeBack(place.ApplicationState, s.State, false)
	d.CanReturn = err == nil
	if place.LateMinutes != nil && place.State.Expected() {
		d.LateUntil = place.StartsAt.Add(time.Duration(*place.LateMinutes) * time.Minute)
	}
	if place.State.Present() && place.ArrivedAt != nil && s.Live() {
		// The wait counts from the time promised: who comes early has not been kept waiting.
		d.Waited = hiring.Waiting{Promised: place.StartsAt, Arrived: *place.ArrivedAt}.Waited(now).Truncate(time.Minute)
		d.Long = d.Waited >= hiring.WarnWait
	}
	return d
}

// day shows the list; posted with a name, it shows who has it: a name does not belong in an address.
func (p *Pages) day(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	find := ""
	if c.Method() == fiber.MethodPost {
		find = ReadForm(c, "q").Get("q")
	}
	return p.dayPage(c, s, find)
}

func (p *Pages) dayPage(c *fiber.Ctx, s meeting, find string) error {
	body, err := p.board(c.UserContext(), s, boardKind(auth.Of(c)), find)
	if err != nil {
		return err
	}
	body.Tabs = p.sessionTabs(c, s, "day")
	body.Recruit = recruiters.Check(auth.Of(c), fiber.MethodPost) == nil
	if body.Venue, err = p.Reader.Venue(c.UserContext(), s.VenueID); err != nil {
		return err
	}
	if find != "" && body.Act {
		if body.WalkIns, err = p.Reader.WalkIns(c.UserContext(), s.ID, find); err != nil {
			return err
		}
	}
	return p.Frame.HTML(c, fiber.StatusOK, "interview/day", Page{Title: sessionTitle(p.Frame.Lang(c), s), Body: body, Wide: true})
}

func (p *Pages) dayList(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	return p.boardNow(c, s, "")
}

// boardNow answers with the board as it is now; said is what became of what was pressed.
func (p *Pages) boardNow(c *fiber.Ctx, s meeting, said string) error {
	body, err := p.board(c.UserContext(), s, boardKind(auth.Of(c)), "")
	if err != nil {
		return err
	}
	body.Said = said
	return p.Frame.Fragment(c, fiber.StatusOK, "interview/day", "list", Page{Body: body})
}

// onList leaves out those whom nobody expects any more, and offers that are not invitations yet.
func onList(place store.SessionPlace) bool {
	switch place.State {
	case "", hiring.BookingMoved, hiring.BookingDeclined, hiring.BookingNoAnswer, hiring.BookingCancelled, hiring.BookingWithdrawn:
		return false
	}
	return true
}

// marks are what reception can note of a place, by the name of the button.
var marks = map[string]struct {
	command workflows.Command[workflows.BookingArgs, hiring.ApplicationFacts]
	done    string
}{
	"arrived": {workflows.CheckIn, "flash.checked_in"},
	"undo":    {workflows.UndoCheckIn, "flash.check_in_undone"},
	"no_show": {workflows.MarkNoShow, "flash.no_show_marked"},
	"left":    {workflows.MarkLeft, "flash.left_marked"},
	"return":  {workflows.UndoLeft, "flash.left_undone"},
}

// markPlace notes what happened. By htmx the row is answered as it is now, also when somebody else was
// quicker; by a plain form the page is.
func (p *Pages) markPlace(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	mark, known := marks[c.FormValue("do")]
	if !known {
		return fault.Missing("page")
	}
	args, application, err := p.place(c, s)
	if err != nil {
		return err
	}
	_, err = workflows.Do(c.UserContext(), p.Commands, mark.command, application, who, args)
	if c.Get("HX-Request") != "true" {
		return p.after(c, sessionPath(s.ID)+"/day#row-"+args.Booking, Flash{Key: mark.done}, err)
	}
	said := ""
	if err != nil {
		message, ok := refusal(err)
		if !ok {
			return err
		}
		said = message.Text(p.Frame.Lang(c))
	}
	id, err := parseID(args.Booking)
	if err != nil {
		return err
	}
	place, err := p.Reader.SessionPlace(c.UserContext(), s.ID, id)
	if err != nil {
		return err
	}
	row := dayPlaceOf(place, s, true, p.Now())
	row.Said = said
	return p.Frame.Fragment(c, fiber.StatusOK, "interview/day", "row", Page{Body: dayRow{s, row}})
}

// dayRow is what the block "row" shows.
type dayRow struct {
	Row   meeting
	Place dayPlace
}
