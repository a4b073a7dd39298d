package web

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// What is pressed on the board beside a person's row: lanes, relief, walk-ins; and the interviewer's own
// screen.

var atLanes = []staff.Role{staff.Admin, staff.HR, staff.Receptionist, staff.Interviewer}

// laneOf returns the lane a form or address names if the asker may run it; fault not_found.
func laneOf(c *fiber.Ctx, s meeting, id string) (store.InterviewLane, error) {
	who := auth.Of(c)
	for _, l := range s.Lanes {
		if l.ID.String() == id && mayRun(who, l) {
			return l, nil
		}
	}
	return store.InterviewLane{}, fault.Missing("lane")
}

// markLane does what was pressed on a lane. By htmx the board (or, from the interviewer's screen, that) is
// answered as it is now, also when another screen was quicker.
func (p *Pages) markLane(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	lane, err := laneOf(c, s, c.FormValue("lane"))
	if err != nil {
		return err
	}
	do, known := laneActs[c.FormValue("do")]
	if !known {
		return fault.Missing("page")
	}
	_, err = do(c.UserContext(), p.Commands, s.ID.String(), who, c, lane.ID.String())
	if c.FormValue("from") == "lane" {
		return p.answerLane(c, s, lane.ID.String(), err)
	}
	return p.answerBoard(c, s, Flash{Key: "flash.lane_" + c.FormValue("do")}, err)
}

type laneAct func(ctx context.Context, commands *workflows.Client, session string, who workflows.By, c *fiber.Ctx, lane string) (workflows.Answer, error)

// onLane is a command that names the lane, onCall one that names the call.
func onLane(command workflows.Command[workflows.LaneIDArgs, interviewFacts]) laneAct {
	return func(ctx context.Context, commands *workflows.Client, session string, who workflows.By, _ *fiber.Ctx, lane string) (workflows.Answer, error) {
		return workflows.Do(ctx, commands, command, session, who, workflows.LaneIDArgs{Lane: lane})
	}
}

func onCall(command workflows.Command[workflows.CallIDArgs, interviewFacts]) laneAct {
	return func(ctx context.Context, commands *workflows.Client, session string, who workflows.By, c *fiber.Ctx, _ string) (workflows.Answer, error) {
		return workflows.Do(ctx, commands, command, session, who, workflows.CallIDArgs{Call: c.FormValue("call")})
	}
}

var laneActs = map[string]laneAct{
	"call_next": onLane(workflows.CallNext), "pause": onLane(workflows.PauseLane), "resume": onLane(workflows.ResumeLane), "close": onLane(workflows.CloseLane),
	"start": onCall(workflows.StartInterview), "finish": onCall(workflows.FinishInterview), "return": onCall(workflows.ReturnToQueue),
	"call": func(ctx context.Context, commands *workflows.Client, session string, who workflows.By, c *fiber.Ctx, lane string) (workflows.Answer, error) {
		return workflows.Do(ctx, commands, workflows.Call, session, who, workflows.CallArgs{Booking: c.FormValue("booking"), Lane: lane})
	},
}

// answerBoard ends what was pressed on the board. By htmx the new picture says what was done, but for what
// went away by mail.
func (p *Pages) answerBoard(c *fiber.Ctx, s meeting, done Flash, err error) error {
	if c.Get("HX-Request") != "true" {
		return p.after(c, sessionPath(s.ID)+"/day", done, err)
	}
	said := ""
	if err != nil {
		message, ok := refusal(err)
		if !ok {
			return err
		}
		said = message.Text(p.Frame.Lang(c))
	} else if done.Key == "flash.rebooked" {
		said = done.Text(p.Frame.Lang(c))
	}
	now, err := p.session(c) // lanes may have changed
	if err != nil {
		return err
	}
	return p.boardNow(c, now, said)
}

// relieve opens a lane for an idle interviewer, or again for one who had finished, or gives somebody who waits another time.
func (p *Pages) relieve(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	done := Flash{Key: "flash.lane_added"}
	if c.FormValue("do") == "lane" {
		if err := hiring.CheckLaneOnDay(s.StartsAt, p.Now()); err != nil && !auth.Of(c).Has(planners...) {
			return p.answerBoard(c, s, done, err)
		}
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.AddLane, s.ID.String(), who, workflows.LaneArgs{Staff: c.FormValue("staff")})
		return p.answerBoard(c, s, done, err)
	}
	application, err := p.ofSession(c, s)
	if err != nil {
		return err
	}
	slot, numberErr := strconv.Atoi(c.FormValue("slot"))
	if numberErr != nil {
		return fault.Missing("slot")
	}
	done.Key = "flash.rebooked"
	_, err = workflows.Do(c.UserContext(), p.Commands, workflows.Rebook, application, who, workflows.RebookArgs{Interview: c.FormValue("interview"), Slot: slot})
	return p.answerBoard(c, s, done, err)
}

// ofSession returns the application of the booking that a form names.
func (p *Pages) ofSession(c *fiber.Ctx, s meeting) (string, error) {
	id, err := parseID(c.FormValue("booking"))
	if err != nil {
		return "", err
	}
	place, err := p.Reader.SessionPlace(c.UserContext(), s.ID, id)
	return place.ApplicationID.String(), err
}

// walkIn takes somebody in who came unasked; he was found by name before.
func (p *Pages) walkIn(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	id, err := parseID(c.FormValue("application"))
	if err != nil {
		return err
	}
	_, err = workflows.Do(c.UserContext(), p.Commands, workflows.WalkIn, id.String(), who, workflows.WalkInArgs{Interview: s.ID.String()})
	return p.after(c, sessionPath(s.ID)+"/day", Flash{Key: "flash.walked_in"}, err)
}

// markAbsent notes that no interviewer came.
func (p *Pages) markAbsent(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	answer, err := workflows.Do(c.UserContext(), p.Commands, workflows.MarkAbsent, s.ID.String(), who, workflows.None{})
	return p.after(c, sessionPath(s.ID)+"/day", Flash{Key: "flash.absent_noted", Args: map[string]string{"n": strconv.Itoa(answer.Count)}}, err)
}

// laneScreen is an interviewer's own screen: who is with him or comes next.
type laneScreen struct {
	Row     meeting
	Tabs    []Tab
	Lane    dayLane
	Waiting []dayPlace
	Due     []store.ScoringRow // whom he has met here and not scored yet
	Said    string
}

// laneBody is the screen of a lane, or of the one that its interviewer was given since: a lane that was closed
// and opened again is another one. Of a closed lane it says so, without the queue.
func (p *Pages) laneBody(ctx context.Context, s meeting, lane string) (laneScreen, error) {
	b, err := p.board(ctx, s, boardLook, "")
	body := laneScreen{Row: s}
	if err != nil {
		return body, err
	}
	n := slices.IndexFunc(s.Lanes, func(l store.InterviewLane) bool { return l.ID.String() == lane })
	if n < 0 {
		return body, fault.Missing("lane")
	}
	named := s.Lanes[n]
	n = slices.IndexFunc(b.Lanes, func(l dayLane) bool {
		return l.ID == named.ID || named.ClosedAt != nil && l.StaffID == named.StaffID
	})
	if n >= 0 {
		body.Lane = b.Lanes[n]
		body.Lane.Hands = true
		for _, section := range b.Sections {
			if section.Key == "waiting" {
				body.Waiting = section.People
			}
		}
	} else {
		body.Lane = dayLane{InterviewLane: named, Local: s.Local, Session: s.ID, Live: s.Live()}
	}
	due, err := p.Reader.ToScore(ctx, body.Lane.StaffID)
	if err != nil {
		return body, err
	}
	body.Due = slices.DeleteFunc(due, func(row store.ScoringRow) bool { return row.InterviewID != s.ID || !row.Mine || row.Live })
	return body, nil
}

// chosenLane is the lane in the address, else the asker's own, if he has several here the newest: an open one,
// as only that can follow on a closed one.
func (p *Pages) chosenLane(c *fiber.Ctx, s meeting) (string, error) {
	if id := c.Query("lane"); id != "" {
		lane, err := laneOf(c, s, id)
		return lane.ID.String(), err
	}
	for _, l := range slices.Backward(s.Lanes) {
		if l.StaffID == auth.Of(c).StaffID {
			return l.ID.String(), nil
		}
	}
	return "", fault.Missing("lane")
}

func (p *Pages) ownLane(c *fiber.Ctx) error { return p.lanePage(c, false) }

func (p *Pages) ownLaneNow(c *fiber.Ctx) error { return p.lanePage(c, true) }

func (p *Pages) lanePage(c *fiber.Ctx, part bool) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	lane, err := p.chosenLane(c, s)
	if err != nil {
		return err
	}
	body, err := p.laneBody(c.UserContext(), s, lane)
	if err != nil {
		return err
	}
	if part {
		return p.Frame.Fragment(c, fiber.StatusOK, "interview/lane", "now", Page{Body: body})
	}
	body.Tabs = p.sessionTabs(c, s, "lane")
	return p.Frame.HTML(c, fiber.StatusOK, "interview/lane", Page{Title: p.Frame.T(c, "board.my_lane"), Lead: sessionTitle(p.Frame.Lang(c), s), Body: body})
}

func (p *Pages) answerLane(c *fiber.Ctx, s meeting, lane string, err error) error {
	if c.Get("HX-Request") != "true" {
		return p.after(c, sessionPath(s.ID)+"/lane?lane="+lane, Flash{Key: "flash.lane_" + c.FormValue("do")}, err)
	}
	said := ""
	if err != nil {
		message, ok := refusal(err)
		if !ok {
			return err
		}
		said = message.Text(p.Frame.Lang(c))
	}
	body, err := p.laneBody(c.UserContext(), s, lane)
	if err != nil {
		return err
	}
	body.Said = said
	return p.Frame.Fragment(c, fiber.StatusOK, "interview/lane", "now", Page{Body: body})
}
