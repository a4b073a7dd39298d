package activities

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// The day of a session: lanes and calls. All are judged under the session's lock, so that two screens
// never call one person; a person who leaves meanwhile is noticed by the process, which ends the call.

func (s *Steps) registerDay(r worker.ActivityRegistry) {
	workflows.AddLane.Step().Register(r, onInterview(s, string(workflows.AddLane), addLane))
	workflows.CloseLane.Step().Register(r, onInterview(s, string(workflows.CloseLane), closeLane))
	workflows.PauseLane.Step().Register(r, onInterview(s, string(workflows.PauseLane), pauseLane))
	workflows.ResumeLane.Step().Register(r, onInterview(s, string(workflows.ResumeLane), resumeLane))
	workflows.CallNext.Step().Register(r, onInterview(s, string(workflows.CallNext), callNext))
	workflows.Call.Step().Register(r, onInterview(s, string(workflows.Call), callPerson))
	workflows.StartInterview.Step().Register(r, onInterview(s, string(workflows.StartInterview), startInterview))
	workflows.FinishInterview.Step().Register(r, onInterview(s, string(workflows.FinishInterview), finishInterview))
	workflows.ReturnToQueue.Step().Register(r, onInterview(s, string(workflows.ReturnToQueue), returnToQueue))
	workflows.MarkAbsent.Step().Register(r, onInterview(s, string(workflows.MarkAbsent), markAbsent))
}

func (c *sessionChange) liveCalls(ctx context.Context) ([]store.Call, error) {
	all, err := c.Calls(ctx, c.session.ID)
	var live []store.Call
	for _, one := range all {
		if one.Outcome == hiring.CallLive {
			live = append(live, one)
		}
	}
	return live, err
}

// callNext calls whoever is next by the queue's order: conflict nobody_waiting, lane_busy.
func callNext(ctx context.Context, c *sessionChange, a workflows.LaneIDArgs) (workflows.Answer, error) {
	waiting, err := c.InQueue(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	lane, err := c.openLane(ctx, a.Lane)
	if err != nil {
		return workflows.Answer{}, err
	}
	next, somebody := hiring.NextCalled(waiting)
	if !somebody {
		return workflows.Answer{}, fault.New(fault.Conflict, "nobody_waiting")
	}
	return c.call(ctx, lane, next.ID)
}

// callPerson calls somebody out of turn: conflict not_here, already_called, lane_busy.
func callPerson(ctx context.Context, c *sessionChange, a workflows.CallArgs) (workflows.Answer, error) {
	lane, err := c.openLane(ctx, a.Lane)
	if err != nil {
		return workflows.Answer{}, err
	}
	id, err := subject(a.Booking)
	if err != nil {
		return workflows.Answer{}, err
	}
	b, err := c.BookingState(ctx, c.session.ID, id)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := b.Rule().CheckPresent(); err != nil {
		return workflows.Answer{}, err
	}
	calls, err := c.Calls(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, one := range calls {
		if one.BookingID == b.ID && (one.Outcome == hiring.CallDone || one.Outcome == hiring.CallForgotten) {
			return workflows.Answer{}, fault.New(fault.Conflict, "already_met")
		}
	}
	return c.call(ctx, lane, a.Booking)
}

func (c *sessionChange) call(ctx context.Context, lane store.Lane, booking string) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	if c.at.Before(c.session.StartsAt.Add(-hiring.CallBefore)) {
		return workflows.Answer{}, fault.New(fault.Conflict, "too_early")
	}
	id, err := subject(booking)
	if err != nil {
		return workflows.Answer{}, err
	}
	one := store.Call{ID: uuid.New(), InterviewID: c.session.ID, BookingID: id, LaneID: lane.ID, CalledAt: c.at}
	if err := c.AddCall(ctx, &one); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "called", ID: one.ID.String()})
}

// liveCall returns the call named while it lives: conflict call_over.
func (c *sessionChange) liveCall(ctx context.Context, a workflows.CallIDArgs) (store.Call, error) {
	id, err := subject(a.Call)
	if err != nil {
		return store.Call{}, err
	}
	one, err := c.Record.Call(ctx, c.session.ID, id)
	if err == nil && one.Outcome != hiring.CallLive {
		err = fault.New(fault.Conflict, "call_over")
	}
	return one, err
}

func startInterview(ctx context.Context, c *sessionChange, a workflows.CallIDArgs) (workflows.Answer, error) {
	one, err := c.liveCall(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	if one.StartedAt != nil {
		return workflows.Answer{}, fault.New(fault.Conflict, "already_started")
	}
	one.StartedAt = &c.at
	if err := c.SaveCall(ctx, &one); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, workflows.Answer{Code: "started", ID: a.Call})
}

// finishInterview ends the interview; the application, nudged, becomes interviewed. Whoever forgot to say
// that it began is taken to have begun when he called.
func finishInterview(ctx context.Context, c *sessionChange, a workflows.CallIDArgs) (workflows.Answer, error) {
	one, err := c.liveCall(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	return c.end(ctx, one, hiring.CallDone, "finished")
}

func returnToQueue(ctx context.Context, c *sessionChange, a workflows.CallIDArgs) (workflows.Answer, error) {
	one, err := c.liveCall(ctx, a)
	if err != nil {
		return workflows.Answer{}, err
	}
	return c.end(ctx, one, hiring.CallReturned, "returned")
}

// endCall ends the call of a person who is no longer here: his scorecard was filed, he left, or checking
// him in was a mistake.
func (c *sessionChange) endCall(ctx context.Context, call string) (workflows.Answer, error) {
	one, err := c.liveCall(ctx, workflows.CallIDArgs{Call: call})
	if err != nil {
		return workflows.Answer{}, err
	}
	b, err := c.BookingState(ctx, c.session.ID, one.BookingID)
	if err != nil {
		return workflows.Answer{}, err
	}
	switch b.State {
	case hiring.BookingInterviewed:
		return c.end(ctx, one, hiring.CallDone, "finished")
	case hiring.BookingLeft, hiring.BookingNoInterview:
		return c.end(ctx, one, hiring.CallLeft, "left")
	}
	return c.end(ctx, one, hiring.CallReturned, "returned")
}

func (c *sessionChange) end(ctx context.Context, one store.Call, outcome hiring.CallOutcome, code string) (workflows.Answer, error) {
	answer := workflows.Answer{Code: code, ID: one.ID.String()}
	if outcome == hiring.CallDone && one.StartedAt == nil {
		one.StartedAt = &one.CalledAt
	}
	one.Outcome, one.EndedAt = outcome, &c.at
	if err := c.SaveCall(ctx, &one); err != nil {
		return workflows.Answer{}, err
	}
	b, err := c.BookingState(ctx, c.session.ID, one.BookingID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if outcome == hiring.CallDone && b.State.Present() {
		answer.Nudge = []string{"application/" + b.ApplicationID.String()}
	}
	return c.done(ctx, answer)
}

// markAbsent notes that no interviewer came: whoever is here is told and owed another time. Conflict
// lane_opened when somebody was called, session_closed when it was called off, too_early before the start,
// already_absent when it is noted: everybody who came since is told anyway.
func markAbsent(ctx context.Context, c *sessionChange, _ workflows.None) (workflows.Answer, error) {
	calls, err := c.Calls(ctx, c.session.ID)
	switch {
	case err != nil:
		return workflows.Answer{}, err
	case len(calls) > 0:
		return workflows.Answer{}, fault.New(fault.Conflict, "lane_opened")
	case c.session.State == hiring.SessionCancelled:
		return workflows.Answer{}, fault.New(fault.Conflict, "session_closed", "state", string(c.session.State))
	case c.at.Before(c.session.StartsAt):
		return workflows.Answer{}, fault.New(fault.Conflict, "too_early")
	case c.session.AbsentAt != nil:
		return workflows.Answer{}, fault.New(fault.Conflict, "already_absent")
	}
	c.session.AbsentAt = &c.at
	answer := workflows.Answer{Code: "absent"}
	if answer.Nudge, err = c.nudgeAll(ctx); err != nil {
		return workflows.Answer{}, err
	}
	answer.Count = len(answer.Nudge)
	return c.done(ctx, answer)
}

// nudgeAll names the processes of everybody with an open place in the session.
func (c *sessionChange) nudgeAll(ctx context.Context) ([]string, error) {
	open, err := c.ApplicationsIn(ctx, c.session.ID)
	var names []string
	for _, id := range open {
		names = append(names, "application/"+id.String())
	}
	return names, err
}

// closeSession closes the session before it would close by itself: HR says that the day is over.
func closeSession(ctx context.Context, c *sessionChange, _ workflows.None) (workflows.Answer, error) {
	facts, err := c.Closing(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if err := facts.Check(c.session.State, c.at); err != nil {
		return workflows.Answer{}, err
	}
	return c.close(ctx)
}

// close ends the day: interviews that nobody ended are noted as forgotten, who was called and never
// began goes back, the report and the verdict are written, and everybody still here is looked at once more.
func (c *sessionChange) close(ctx context.Context) (workflows.Answer, error) {
	live, err := c.liveCalls(ctx)
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, one := range live {
		one.EndedAt, one.Outcome = &c.at, hiring.CallReturned
		if one.StartedAt != nil {
			one.Outcome = hiring.CallForgotten
		}
		if err := c.SaveCall(ctx, &one); err != nil {
			return workflows.Answer{}, err
		}
	}
	c.session.State = hiring.SessionClosed
	answer := workflows.Answer{Code: string(c.session.State)}
	if answer.Nudge, err = c.nudgeAll(ctx); err != nil {
		return workflows.Answer{}, err
	}
	if err := c.judge(ctx); err != nil {
		return workflows.Answer{}, err
	}
	return c.done(ctx, answer)
}

// judge keeps what the day came to, and whether the plan would have been better. Counted again after a correction, the
// day is as long as it was at the close.
func (c *sessionChange) judge(ctx context.Context) error {
	closed, err := c.ReportedAt(ctx, c.session.ID)
	if err != nil {
		return err
	}
	if closed.IsZero() {
		closed = c.at
	}
	report, err := c.DayReport(ctx, c.session, closed, true)
	if err != nil {
		return err
	}
	began := time.Now() // how long computing takes is no business time
	verdict, on, err := c.Judge(ctx, c.session, func() bool { return time.Since(began) > replanWithin })
	if err != nil {
		return err
	}
	return c.SaveReport(ctx, c.session.ID, report, verdict, on, c.at)
}
