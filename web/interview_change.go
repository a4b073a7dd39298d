package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// What HR changes on a session that exists. Each is one command; the page then shows what is true.

// maxLeft is how many of those left out an address carries, to be named on the next page; of the others there is a number.
const maxLeft = 10

// inviteWave sends a wave: those ticked, or (field first) so many from the top of the shortlist as the form
// showed it. A colleague may change the list meanwhile; nobody is invited whom the button did not stand for.
func (p *Pages) inviteWave(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "applications", "first", "shown")
	ids := form.Many["applications"]
	if first, err := strconv.Atoi(form.Get("first")); err == nil && first > 0 {
		if ids = form.Many["shown"]; len(ids) == 0 { // there is no field to correct
			return p.after(c, sessionPath(s.ID), Flash{Key: "flash.wave_none", Tone: Warning}, nil)
		}
		ids = ids[:min(first, len(ids))]
	}
	answer, err := workflows.Do(c.UserContext(), p.Commands, workflows.Invite, s.ID.String(), who, workflows.InviteArgs{Applications: ids})
	if fault.KindOf(err) == fault.Invalid && form.Take(err, "") {
		return p.sessionPage(c, fiber.StatusUnprocessableEntity, s, form)
	}
	done := Flash{Key: "flash.wave_invited", Args: map[string]string{"n": strconv.Itoa(answer.Count)}}
	left := answer.Left
	if len(left) > 0 {
		done = Flash{Key: "flash.wave_invited_some", Tone: Warning, Args: map[string]string{"n": strconv.Itoa(answer.Count), "all": strconv.Itoa(len(ids))}}
	}
	if fault.KindOf(err) == fault.Conflict {
		left = ids
	}
	pairs, bad := p.leftOut(c, s.ID, left)
	if bad != nil {
		return bad
	}
	at, bad := address(sessionPath(s.ID), pairs...)
	if bad != nil {
		return bad
	}
	return p.after(c, at, done, err)
}

// leftOut are the parameters that say who was left out: how many of them have a place here by now, because two pages
// invited the same people, and who the first of the others are.
func (p *Pages) leftOut(c *fiber.Ctx, session uuid.UUID, left []string) ([]any, error) {
	if len(left) == 0 {
		return nil, nil
	}
	places, err := p.Reader.SessionPlaces(c.UserContext(), session)
	if err != nil {
		return nil, err
	}
	here := map[string]bool{}
	for _, b := range places {
		if hasTime(b) {
			here[b.ApplicationID.String()] = true
		}
	}
	all := len(left)
	left = slices.DeleteFunc(slices.Clone(left), func(id string) bool { return here[id] })
	var pairs []any
	for name, n := range map[string]int{"invited": all - len(left), "more": len(left) - maxLeft} { // an address has its own order
		if n > 0 {
			pairs = append(pairs, name, n)
		}
	}
	for _, id := range left[:min(len(left), maxLeft)] {
		pairs = append(pairs, "left", id)
	}
	return pairs, nil
}

// withdrawPlace takes one person's place back.
func (p *Pages) withdrawPlace(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	args, application, err := p.place(c, s)
	if err == nil {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.WithdrawByUs, application, who, args)
	}
	return p.after(c, sessionPath(s.ID), Flash{Key: "flash.place_withdrawn"}, err)
}

// place reads which booking of the session a form is about and whose it is.
func (p *Pages) place(c *fiber.Ctx, s meeting) (workflows.BookingArgs, string, error) {
	version, _ := strconv.Atoi(c.FormValue("version"))
	args := workflows.BookingArgs{Booking: c.FormValue("booking"), Version: version}
	if err := args.Check(); err != nil {
		return args, "", fault.Missing("booking")
	}
	id, err := parseID(args.Booking)
	if err != nil {
		return args, "", err
	}
	place, err := p.Reader.SessionPlace(c.UserContext(), s.ID, id)
	return args, place.ApplicationID.String(), err
}

func (p *Pages) addLane(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "staff")
	_, err = workflows.Do(c.UserContext(), p.Commands, workflows.AddLane, s.ID.String(), who, workflows.LaneArgs{Staff: form.Get("staff")})
	if busy := p.busy(c, err, s.StartsAt, s.EndsAt); busy != "" {
		form.Fault = busy
		form.Add("staff", "busy_elsewhere")
		return p.sessionPage(c, fiber.StatusConflict, s, form)
	}
	if fault.KindOf(err) == fault.Invalid && form.Take(err, "") {
		return p.sessionPage(c, fiber.StatusUnprocessableEntity, s, form)
	}
	return p.after(c, sessionPath(s.ID), Flash{Key: "flash.lane_added"}, err)
}

func (p *Pages) closeLane(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	_, err = workflows.Do(c.UserContext(), p.Commands, workflows.CloseLane, s.ID.String(), who, workflows.LaneIDArgs{Lane: c.FormValue("lane")})
	return p.after(c, sessionPath(s.ID), Flash{Key: "flash.lane_closed"}, err)
}

func (p *Pages) changeSeats(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "seats", "version")
	seats := readSeats(form)
	version, _ := strconv.Atoi(form.Get("version"))
	if form.OK() {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.ChangeSeats, s.ID.String(), who, workflows.SeatsArgs{Seats: seats, Version: version})
		if fault.CodeOf(err) == "seats_in_use" {
			form.Fault = p.Frame.Words(c, err)
			return p.sessionPage(c, fiber.StatusConflict, s, form)
		}
		if fault.KindOf(err) != fault.Invalid || !form.Take(err, "") {
			return p.after(c, sessionPath(s.ID), Flash{Key: "flash.seats_changed"}, err)
		}
	}
	return p.sessionPage(c, fiber.StatusUnprocessableEntity, s, form)
}

// readSeats reads the numbers of the seats' fields, noting what is no number.
func readSeats(form *Form) []int {
	var seats []int
	total := 0
	for _, text := range form.Many["seats"] {
		n, code := seatsIn(text)
		if code != "" {
			form.Add("seats", code)
		}
		seats = append(seats, n)
		total += n
	}
	if total > hiring.MaxSeats {
		form.Add("seats", fmt.Sprintf("too_many_seats:%d", hiring.MaxSeats))
	}
	return seats
}

// seatsIn reads the number of one seats' field, where nothing is 0, or says what is wrong with it.
func seatsIn(text string) (n int, code string) {
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return 0, ""
	case err != nil:
		return 0, "invalid_whole"
	case n < 0:
		return 0, "too_small:0"
	case n > hiring.MaxSeats:
		return n, fmt.Sprintf("too_large:%d", hiring.MaxSeats)
	}
	return n, ""
}

func (p *Pages) cancelSession(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	answer, err := workflows.Do(c.UserContext(), p.Commands, workflows.CancelSession, s.ID.String(), who, workflows.None{})
	return p.after(c, sessionPath(s.ID), Flash{Key: "flash.session_cancelled", Args: map[string]string{"n": strconv.Itoa(answer.Count)}}, err)
}
