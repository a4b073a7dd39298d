package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

func (p *Pages) interviewRoutes(r auth.Routes) {
	r.Get("/sessions", auth.Roles(onTheDay...), p.listSessions)
	r.Get("/sessions/new", auth.Roles(planners...), p.newSession)
	r.Post("/sessions/new", auth.Roles(planners...), p.planSession)
	r.Post("/sessions", auth.Roles(planners...), p.addSession)
	r.Get("/sessions/:id", auth.Roles(onTheDay...), p.showSession)
	r.Get("/sessions/:id/people", auth.Roles(onTheDay...), p.sessionPeople)
	r.Post("/sessions/:id/invite", auth.Roles(planners...), p.inviteWave)
	r.Post("/sessions/:id/withdraw", auth.Roles(planners...), p.withdrawPlace)
	r.Post("/sessions/:id/lanes", auth.Roles(planners...), p.addLane)
	r.Post("/sessions/:id/lanes/close", auth.Roles(planners...), p.closeLane)
	r.Post("/sessions/:id/seats", auth.Roles(planners...), p.changeSeats)
	r.Post("/sessions/:id/cancel", auth.Roles(planners...), p.cancelSession)
}

// meeting is a session in its venue's zone.
type meeting struct {
	store.InterviewRow
	Local *time.Location
	Tone  Tone
}

// Affected counts those who are told when the session is called off.
func (s meeting) Affected() int { return s.Expected + s.Arrived }

// Stranded counts who waits or is expected and would have nobody to meet him if an open lane closed: nobody while
// another lane is open.
func (s meeting) Stranded() int {
	if !s.Live() || len(s.OpenLanes()) > 1 {
		return 0
	}
	return s.Affected()
}

// Titles are the vacancies, each title once.
func (s meeting) Titles() []string {
	var titles []string
	for _, v := range s.Vacancies {
		if !slices.Contains(titles, v.Title) {
			titles = append(titles, v.Title)
		}
	}
	return titles
}

// OpenLanes are those not closed.
func (s meeting) OpenLanes() []store.InterviewLane {
	return slices.DeleteFunc(slices.Clone(s.Lanes), func(l store.InterviewLane) bool { return l.ClosedAt != nil })
}

// Live reports whether the session may still be filled and changed.
func (s meeting) Live() bool {
	return s.State == hiring.SessionOpen || s.State == hiring.SessionRunning
}

// runs reports whether somebody has an open lane in the session while it may be worked: a screen of his own.
func (s meeting) runs(staffID uuid.UUID) bool {
	return s.Live() && slices.ContainsFunc(s.OpenLanes(), func(l store.InterviewLane) bool { return l.StaffID == staffID })
}

func localRow(row store.InterviewRow) meeting {
	return meeting{InterviewRow: row, Local: zoneOf(row.Zone), Tone: toneOf("session_" + row.State)}
}

func localRows(rows []store.InterviewRow) []meeting {
	out := make([]meeting, len(rows))
	for i, row := range rows {
		out[i] = localRow(row)
	}
	return out
}

// ownOnly is the id of an interviewer who may see his own sessions only, else uuid.Nil.
func ownOnly(who auth.Principal) uuid.UUID {
	if who.Has(hirers...) || who.Has(staff.Receptionist) {
		return uuid.Nil
	}
	return who.StaffID
}

type sessionList struct {
	Tabs   []Tab
	Rows   []meeting
	Pager  Pager
	Past   bool
	Manage bool
}

func (p *Pages) listSessions(c *fiber.Ctx) error {
	who := auth.Of(c)
	past := c.Query("when") == "past"
	f := store.InterviewFilter{Staff: ownOnly(who), Earliest: !past}
	if past {
		f.To = p.Now().Add(-hiring.CloseAfter)
	} else {
		f.From = p.Now().Add(-hiring.CloseAfter)
	}
	cursor := c.Query("cursor")
	rows, next, err := p.Reader.Interviews(c.UserContext(), f, store.Page{Cursor: cursor, Limit: 30})
	if err != nil {
		return err
	}
	body := sessionList{
		Past: past, Manage: who.Has(planners...), Rows: localRows(rows),
		Tabs: []Tab{
			{Label: p.Frame.T(c, "interview.upcoming"), URL: "/sessions", Active: !past},
			{Label: p.Frame.T(c, "interview.past"), URL: "/sessions?when=past", Active: past},
		},
	}
	when := ""
	if past {
		when = "past"
		body.Rows = slices.DeleteFunc(body.Rows, func(s meeting) bool { return s.EndsAt.After(f.To) })
	}
	if body.Pager, err = forwardPager("/sessions", cursor, next, "when", when); err != nil {
		return err
	}
	return p.Frame.HTML(c, fiber.StatusOK, "interview/list", Page{Title: p.Frame.T(c, "interview.title"), Body: body})
}

// forwardPager leads on from a page of a list whose cursors only go forward: to the next page, and back to
// the first.
func forwardPager(path, cursor, next string, pairs ...any) (Pager, error) {
	var out Pager
	var err error
	if cursor != "" {
		if out.First, err = address(path, pairs...); err != nil {
			return out, err
		}
	}
	if next != "" {
		out.Next, err = address(path, append(slices.Clone(pairs), "cursor", next)...)
	}
	return out, err
}

// session returns the session in the path if who asks may see it: an interviewer only his own.
func (p *Pages) session(c *fiber.Ctx) (meeting, error) {
	id, err := idIn(c, "id")
	if err != nil {
		return meeting{}, err
	}
	row, err := p.Reader.InterviewRow(c.UserContext(), id)
	if err != nil {
		return meeting{}, err
	}
	if own := ownOnly(auth.Of(c)); own != uuid.Nil && !row.Meets(own) {
		return meeting{}, fault.Missing("interview")
	}
	return localRow(row), nil
}

func sessionPath(id uuid.UUID) string { return "/sessions/" + id.String() }
