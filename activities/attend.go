package activities

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// What the day makes of an application: met, not met, walked in, given another time.

// interviewed takes over that a lane has finished with the person.
func (c *change) interviewed(ctx context.Context, b store.Booking, at time.Time) (workflows.Answer, error) {
	if err := c.met(ctx, &b, at); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.settle(ctx, hiring.BookingInterviewed); err != nil {
		return workflows.Answer{}, err
	}
	return booked("interviewed", b), nil
}

// met notes that the person was interviewed, and queues the thanks for when the session is over; a
// decision told earlier takes them back.
func (c *change) met(ctx context.Context, b *store.Booking, at time.Time) error {
	session, err := c.Interview(ctx, b.InterviewID)
	if err != nil {
		return err
	}
	b.State, b.EndedAt = hiring.BookingInterviewed, &at
	if err := c.SaveBooking(ctx, b); err != nil {
		return err
	}
	due := later(c.at, session.EndsAt)
	until := due.AddDate(0, 0, 1)
	return c.mailBooking(ctx, "thanks", *b, due, &until)
}

// decided is the code of thanks that a decision has taken back.
const decided = "decided"

// dropThanks takes back the thanks for the interviews of the application that are not sent yet.
func (c *change) dropThanks(ctx context.Context) error {
	all, err := c.Bookings(ctx, c.app.ID)
	for _, b := range all {
		if err == nil && b.State == hiring.BookingInterviewed {
			_, err = c.DropMail(ctx, mailKey("thanks", b), decided, c.at)
		}
	}
	return err
}

// restoreMails queues again what was taken back by a decision or a withdrawal that is undone now: "we will tell you", and
// the offer of another time, are true again.
func (c *change) restoreMails(ctx context.Context) error {
	all, err := c.Bookings(ctx, c.app.ID)
	for _, b := range all {
		kind, code := "", notOffered
		switch b.State {
		case hiring.BookingInterviewed:
			kind, code = "thanks", decided
		case hiring.BookingLeft, hiring.BookingNoInterview:
			kind = "left_rebook"
		case hiring.BookingNoShow:
			kind = "no_show"
		}
		if err == nil && kind != "" {
			err = c.RestoreMail(ctx, mailKey(kind, b), code)
		}
	}
	return err
}

// unmet notes that the person came and nobody met him: he is owed another time.
func (c *change) unmet(ctx context.Context, b store.Booking) (workflows.Answer, error) {
	b.State, b.EndedAt = hiring.BookingNoInterview, &c.at
	if err := c.SaveBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.settle(ctx, hiring.BookingNoInterview); err != nil {
		return workflows.Answer{}, err
	}
	return booked("interviewer_no_show", b), c.mailBooking(ctx, "left_rebook", b, c.at, nil)
}

// walkIn gives somebody who came unasked a place in the queue, behind those who were promised a time; who
// comes before the session's start is kept waiting from then on. It takes no seat. Places the person has
// elsewhere no longer hold: he is here.
func walkIn(ctx context.Context, c *change, a workflows.WalkInArgs) (workflows.Answer, error) {
	session, err := c.target(ctx, workflows.ChooseArgs{Interview: a.Interview})
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := hiring.CheckWalkIn(c.app.State, session.State, session.StartsAt, session.EndsAt, c.at); err != nil {
		return workflows.Answer{}, err
	}
	twice, err := c.HasLiveBooking(ctx, c.app.PersonID, session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if twice {
		return workflows.Answer{}, fault.New(fault.Conflict, "already_in_session")
	}
	slots, err := c.Slots(ctx, session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	var starts []time.Time
	for _, s := range slots {
		starts = append(starts, s.StartsAt)
	}
	b := store.Booking{
		ID: uuid.New(), ApplicationID: c.app.ID, PersonID: c.app.PersonID, InterviewID: session.ID, Slot: hiring.SlotAt(starts, c.at), StartsAt: later(c.at, session.StartsAt),
		State: hiring.BookingWalkIn, UID: uuid.NewString(), BookedAt: c.at, ArrivedAt: &c.at,
	}
	if err := c.AddBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.LockSeats(ctx, c.app.ID, b.InterviewID, b.Slot); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.replaceOthers(ctx, b, came); err != nil {
		return workflows.Answer{}, err
	}
	return booked("walked_in", b), c.become(ctx, hiring.Arrived) // no mail: the person is here
}

// rebook gives the person another time that comes first when he arrives and is never overbooked. Who is
// here leaves without an interview, by our fault; an expected place is moved.
func rebook(ctx context.Context, c *change, a workflows.RebookArgs) (workflows.Answer, error) {
	if err := hiring.CheckRebook(c.app.State); err != nil {
		return workflows.Answer{}, err
	}
	to, err := c.target(ctx, workflows.ChooseArgs{Interview: a.Interview})
	if err != nil {
		return workflows.Answer{}, err
	}
	if to.State != hiring.SessionOpen && to.State != hiring.SessionRunning {
		return workflows.Answer{}, fault.New(fault.Conflict, "session_closed", "state", string(to.State))
	}
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	var old *store.Booking
	for i, b := range open { // the place that the person is nearest to
		if old == nil || b.State.Present() || b.State == hiring.BookingConfirmed && !old.State.Present() {
			old = &open[i]
		}
	}
	if old != nil && old.InterviewID == to.ID && old.Slot == a.Slot {
		return workflows.Answer{}, fault.New(fault.Conflict, "same_time")
	}
	b := store.Booking{
		ID: uuid.New(), ApplicationID: c.app.ID, PersonID: c.app.PersonID, InterviewID: to.ID, Slot: a.Slot,
		State: hiring.BookingConfirmed, HoldsSeat: true, Priority: true, UID: uuid.NewString(), BookedAt: c.at, ConfirmedAt: &c.at,
	}
	if b.StartsAt, err = c.prioritySeat(ctx, to.ID, a.Slot); err != nil {
		return workflows.Answer{}, err
	}
	kind := "booked"
	if old != nil {
		kind = "moved"
		ended := hiring.BookingMoved
		if old.State.Present() {
			ended = hiring.BookingLeft
		}
		if err := c.end(ctx, old, ended); err != nil {
			return workflows.Answer{}, err
		}
		b.UID, b.Sequence = old.UID, old.Sequence+1
	}
	if err := c.AddBooking(ctx, &b); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.replaceOthers(ctx, b, otherChosen); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.become(ctx, hiring.Booked); err != nil {
		return workflows.Answer{}, err
	}
	return booked("rebooked", b), c.mailBooking(ctx, kind, b, c.at, &b.StartsAt)
}

// prioritySeat takes a seat that comes first, beyond those planned if need be: seats are overbooked on
// purpose, lanes are not. Conflict no_priority_place; too_late when the time has begun.
func (c *change) prioritySeat(ctx context.Context, interview uuid.UUID, slot int) (time.Time, error) {
	if err := c.LockSeats(ctx, c.app.ID, interview, slot); err != nil {
		return time.Time{}, err
	}
	promised, lanes, err := c.Promised(ctx, interview, slot)
	if err != nil {
		return time.Time{}, err
	}
	if err := hiring.CheckPriority(promised, lanes); err != nil {
		return time.Time{}, err
	}
	starts, err := c.SlotStart(ctx, interview, slot)
	if err != nil {
		return starts, err
	}
	if !starts.After(c.at) {
		return starts, fault.New(fault.Conflict, "too_late")
	}
	if err := c.GrantSeats(ctx, interview, slot, 1); err != nil {
		return starts, err
	}
	return c.TakeSeat(ctx, interview, slot)
}

// checkScore says whether a scorecard may be filed. Whoever was noted as not met was met after all, says
// his interviewer: the apology, if it has not gone out, is taken back.
func (c *change) checkScore(ctx context.Context) error {
	refused := hiring.CheckScore(c.app.State)
	if refused == nil {
		return nil
	}
	all, err := c.Bookings(ctx, c.app.ID)
	if err != nil || len(all) == 0 || all[0].State != hiring.BookingNoInterview || c.app.State != hiring.Shortlisted {
		if err != nil {
			return err
		}
		return refused
	}
	b := all[0]
	if _, err := c.DropMail(ctx, mailKey("left_rebook", b), "met_after_all", c.at); err != nil {
		return err
	}
	b.State = hiring.BookingInterviewed
	return c.SaveBooking(ctx, &b)
}

// checkNotes judges the document with a scorecard's notes. Its text goes no further.
func (c *change) checkNotes(ctx context.Context, a workflows.ScorecardArgs) error {
	notes := map[string]string{}
	if a.Note != "" {
		id, err := subject(a.Note)
		if err != nil {
			return err
		}
		d, err := c.Document(ctx, id)
		if err != nil {
			return err
		}
		if json.Unmarshal(d.Body, &notes) != nil {
			return &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"notes": "invalid_text"}}
		}
	}
	return hiring.CheckNotes("notes.", a.Scores, notes)
}

// lastMeeting returns the booking at which the person was met last, if any.
func (c *change) lastMeeting(ctx context.Context) (*uuid.UUID, error) {
	all, err := c.Bookings(ctx, c.app.ID)
	for _, b := range all {
		if b.State == hiring.BookingInterviewed {
			return &b.ID, err
		}
	}
	return nil, err
}
