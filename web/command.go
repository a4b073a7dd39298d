package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// Who may see and do what with sessions and applications: the same lists as the API's.
var (
	hirers    = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director}
	onTheDay  = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Receptionist, staff.Interviewer}
	reception = []staff.Role{staff.Admin, staff.HR, staff.Receptionist}
	planners  = []staff.Role{staff.Admin, staff.HR}
	deciders  = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director}
	scorers   = []staff.Role{staff.Admin, staff.HR, staff.HeadOfSales, staff.Director, staff.Interviewer}
)

// Accent is the tone of what is agreed and to come; badges only.
const Accent Tone = "accent"

// parseID reads an id as we write them.
func parseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, fault.Missing("page")
	}
	return id, nil
}

// after ends a command given on a page that goes on: back to path with the message done, or with what
// the refusal says. Refusals of the state met go back too, because the page then shows what is true now;
// what is not there or out of order is a problem page.
func (p *Pages) after(c *fiber.Ctx, path string, done Flash, err error) error {
	if err == nil {
		return p.Frame.RedirectFlash(c, path, done)
	}
	if message, ok := refusal(err); ok {
		return p.Frame.RedirectFlash(c, path, message)
	}
	return err
}

// refusal turns a conflict, or an answer that is still to come, into a message for the next page.
func refusal(err error) (Flash, bool) {
	switch fault.KindOf(err) {
	case fault.Conflict:
		_, code, details := classify(err)
		return Flash{Key: "fault." + code, Tone: Warning, Args: details}, true
	case fault.Pending:
		return Flash{Key: "flash.still_saving", Tone: Info}, true
	default:
		return Flash{}, false
	}
}

// tones of the states of applications, bookings and decisions.
var tones = map[string]Tone{
	"responded": Neutral, "shortlisted": Info, "invited": Info, "booked": Accent, "confirmed": Accent,
	"arrived": Success, "arrived_late": Success, "walk_in": Success, "interviewed": Success,
	"no_answer": Warning, "declined": Warning, "cancelled_in_time": Warning, "cancelled_late": Warning, "left_without_interview": Warning,
	"no_show": Danger, "interviewer_no_show": Danger, "withdrawn_by_us": Neutral, "moved": Neutral, "withdrawn": Neutral, "expired": Neutral,
	"decided": Neutral, "offered": Info, "accepted": Success, "hired": Success,
	"hire": Success, "reserve": Info, "reject": Danger,
	"session_open": Info, "session_running": Success, "session_closed": Neutral, "session_cancelled": Danger,
}

// toneOf colours a state.
func toneOf[S ~string](state S) Tone {
	if t, ok := tones[string(state)]; ok {
		return t
	}
	return Neutral
}

// placeKey is the key of the words for how a booking stands.
func placeKey(b store.Booking) string {
	if b.ReplacedBy != nil {
		return "status.replaced"
	}
	return "status." + string(b.State)
}
