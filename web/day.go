package web

import (
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
}

// longWait is when a wait is shown as too long, before the longest wait promised.
const longWait = 20 * time.Minute

// today returns the sessions of the day: those not over for long that begin within sixteen hours.
func (p *Pages) today(c *fiber.Ctx, f store.InterviewFilter) ([]meeting, error) {
	now := p.Now()
	f.From, f.To, f.Earliest = now.Add(-hiring.CloseAfter), now.Add(16*time.Hour), true
	f.States = []hiring.SessionState{hiring.SessionOpen, hiring.SessionRunning, hiring.SessionClosed}
	rows, _, err := p.Reader.Interviews(c.UserContext(), f, store.Page{Limit: store.MaxPage})
	return localRows(rows), err
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

type dayBody struct {
	Row   meeting
	Venue store.Venue
	Tabs  []Tab
	Slots []daySlot
	Find  string
	Found int
	Act   bool // who asks may check in
}

// daySlot is an arrival time and who has it.
type daySlot struct {
	At     time.Time
	Local  *time.Location
	People []dayPlace
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
	LateUntil time.Time     // when he said he would come; zero: he said nothing
	Waited    time.Duration // since he came, while he waits
	Long      bool
	Said      string // a message for this row: what another screen did meanwhile
}

// Search is what the list is searched by, in small letters.
func (d dayPlace) Search() string { return strings.ToLower(d.Name + " " + d.Phone) }

func (p *Pages) dayPlaceOf(place store.SessionPlace, s meeting, act bool) dayPlace {
	now, rule := p.Now(), place.Rule()
	d := dayPlace{placeRow: placeOf(place, nil), Local: s.Local, Act: act && place.State != "" && s.State != hiring.SessionCancelled}
	_, err := rule.Arrive(now, s.StartsAt, s.EndsAt)
	d.CanArrive = err == nil
	d.CanUndo, d.CanLeave = place.State.Present(), place.State.Present()
	d.CanNoShow = rule.CheckNoShow(now) == nil
	if place.LateMinutes != nil && place.State.Expected() {
		d.LateUntil = place.StartsAt.Add(time.Duration(*place.LateMinutes) * time.Minute)
	}
	if place.State.Present() && place.ArrivedAt != nil {
		// The wait counts from the time promised: who comes early has not been kept waiting.
		from := *place.ArrivedAt
		if place.StartsAt.After(from) {
			from = place.StartsAt
		}
		d.Waited = max(now.Sub(from), 0).Truncate(time.Minute)
		d.Long = d.Waited >= longWait
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
	body, err := p.dayBody(c, s, find)
	if err != nil {
		return err
	}
	if body.Venue, err = p.Reader.Venue(c.UserContext(), s.VenueID); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "interview/day", Page{Title: sessionTitle(p.Frame.Lang(c), s), Body: body})
}

func (p *Pages) dayList(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	body, err := p.dayBody(c, s, "")
	if err != nil {
		return err
	}
	return p.Frame.Fragment(c, fiber.StatusOK, "interview/day", "list", Page{Body: body})
}

func (p *Pages) dayBody(c *fiber.Ctx, s meeting, find string) (dayBody, error) {
	places, err := p.Reader.SessionPlaces(c.UserContext(), s.ID)
	body := dayBody{Row: s, Tabs: p.sessionTabs(c, s, "day"), Find: find, Act: auth.Of(c).Has(reception...)}
	if err != nil {
		return body, err
	}
	for _, place := range places {
		row := p.dayPlaceOf(place, s, body.Act)
		if !onList(place) || find != "" && !strings.Contains(row.Search(), strings.ToLower(find)) {
			continue
		}
		body.Found++
		if n := len(body.Slots); n == 0 || !body.Slots[n-1].At.Equal(place.StartsAt) {
			body.Slots = append(body.Slots, daySlot{At: place.StartsAt, Local: s.Local})
		}
		last := &body.Slots[len(body.Slots)-1]
		last.People = append(last.People, row)
	}
	return body, nil
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
	row := p.dayPlaceOf(place, s, true)
	row.Said = said
	return p.Frame.Fragment(c, fiber.StatusOK, "interview/day", "row", Page{Body: dayRow{s, row}})
}

// dayRow is what the block "row" shows.
type dayRow struct {
	Row   meeting
	Place dayPlace
}

// Line pairs a place with its session for the block "row".
func (b dayBody) Line(place dayPlace) dayRow { return dayRow{b.Row, place} }
