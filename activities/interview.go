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

type interviewOut = workflows.Out[hiring.InterviewFacts]

func (s *Steps) registerInterview(r worker.ActivityRegistry) {
	read := load(s, "interview", (*store.Record).InterviewFacts)
	workflows.LoadInterview.Register(r, read)
	workflows.AdvanceInterview.Register(r, inTime(s, read, onInterview(s, string(workflows.AdvanceInterview), advanceInterview)))
	workflows.Schedule.Step().Register(r, s.schedule)
	workflows.ChangeSeats.Step().Register(r, onInterview(s, string(workflows.ChangeSeats), changeSeats))
	workflows.Invite.Step().Register(r, onInterview(s, string(workflows.Invite), invite))
	s.registerDay(r)
	workflows.Fill.Step().Register(r, onInterview(s, string(workflows.Fill), fill))
	workflows.StopFilling.Step().Register(r, onInterview(s, string(workflows.StopFilling), stopFilling))
	workflows.TakeProposal.Step().Register(r, onInterview(s, string(workflows.TakeProposal), takeProposal))
	workflows.Dismiss.Step().Register(r, onInterview(s, string(workflows.Dismiss), dismissProposal))
	workflows.OverridePlan.Step().Register(r, onInterview(s, string(workflows.OverridePlan), overridePlan))
	workflows.Reshape.Step().Register(r, onInterview(s, string(workflows.Reshape), reshape))
	workflows.CloseSession.Step().Register(r, onInterview(s, string(workflows.CloseSession), closeSession))
	workflows.CancelSession.Step().Register(r, onInterview(s, string(workflows.CancelSession), cancelSession))
}

// sessionChange is one step on a locked session.
type sessionChange struct {
	*store.Record
	session store.Interview
	by      workflows.By
	at      time.Time
	policy  hiring.Policy
}

// onInterview is the shell of every step on a session that exists.
func onInterview[A any](s *Steps, name string, do func(context.Context, *sessionChange, A) (workflows.Answer, error)) func(context.Context, workflows.In[A]) (interviewOut, error) {
	return func(ctx context.Context, in workflows.In[A]) (out interviewOut, err error) {
		id, err := subject(in.ID)
		if err != nil {
			return out, err
		}
		err = s.Records.Do(ctx, func(rec *store.Record) error {
			session, err := rec.LockInterview(ctx, id)
			if err != nil {
				return err
			}
			err = once(ctx, rec, sessionEntry(name, in), &out.Answer, func() error {
				c := &sessionChange{Record: rec, session: session, by: in.By, at: in.At}
				if c.policy, err = rec.Policy(ctx); err != nil {
					return err
				}
				out.Answer, err = do(ctx, c, in.Args)
				return err
			})
			if err != nil {
				return err
			}
			return sessionFacts(ctx, rec, id, in.At, &out)
		})
		return out, err
	}
}

func sessionEntry[A any](name string, in workflows.In[A]) store.Entry {
	return store.Entry{Subject: "interview/" + in.ID, Actor: in.By.Actor, Key: in.By.Key, Step: name, Args: in.Args, At: in.At}
}

func sessionFacts(ctx context.Context, rec *store.Record, id uuid.UUID, at time.Time, out *interviewOut) (err error) {
	if out.Facts, out.Found, err = rec.InterviewFacts(ctx, id); err != nil {
		return err
	}
	return rec.NoteProcess(ctx, "interview", id, at, due(out.Facts, at))
}

// schedule creates the session; its row comes first, so that two commands for one id meet at it.
func (s *Steps) schedule(ctx context.Context, in workflows.In[workflows.ScheduleArgs]) (out interviewOut, err error) {
	id, err := subject(in.ID)
	if err != nil {
		return out, err
	}
	err = s.Records.Do(ctx, func(rec *store.Record) error {
		_, err := rec.Once(ctx, sessionEntry(string(workflows.Schedule), in), &out.Answer, func() error {
			out.Answer = workflows.Answer{Code: "scheduled", ID: in.ID, Version: 1}
			return create(ctx, rec, id, in)
		})
		if err != nil {
			return err
		}
		return sessionFacts(ctx, rec, id, in.At, &out)
	})
	return out, err
}

func create(ctx context.Context, rec *store.Record, id uuid.UUID, in workflows.In[workflows.ScheduleArgs]) error {
	shape := in.Args.Session
	if err := shape.Check(in.At); err != nil {
		return err
	}
	venueID, err := subject(in.Args.Venue)
	if err != nil {
		return err
	}
	venue, err := rec.Venue(ctx, venueID)
	if err != nil {
		return err
	}
	vacancies, err := ids(in.Args.Vacancies)
	if err != nil {
		return err
	}
	interviewers, err := ids(shape.Lanes)
	if err != nil {
		return err
	}
	session := store.Interview{
		ID: id, Kind: "streaming", VenueID: venueID, Zone: venue.Zone, StartsAt: shape.Starts, EndsAt: shape.Ends(),
		SlotMinutes: shape.SlotMinutes, Room: shape.Room, WaitMinutes: shape.WaitMinutes, Rules: in.Args.Rules, OwnSeats: in.Args.OwnSeats,
		State: hiring.SessionOpen, CreatedBy: in.By.Actor, CreatedAt: in.At, ChangedAt: in.At,
	}
	var lanes []store.Lane
	for n, staff := range interviewers {
		lanes = append(lanes, store.Lane{ID: uuid.New(), InterviewID: id, Number: n + 1, StaffID: staff})
	}
	var slots []store.Slot
	for n, at := range shape.SlotTimes() {
		slots = append(slots, store.Slot{InterviewID: id, Number: n, StartsAt: at, Seats: shape.Seats[n]})
	}
	added, err := rec.AddInterview(ctx, &session, vacancies, lanes, slots)
	if err == nil && !added {
		return fault.New(fault.Conflict, "already_there")
	}
	return err
}

func (c *sessionChange) fillable() error {
	if c.session.State != hiring.SessionOpen && c.session.State != hiring.SessionRunning {
		return fault.New(fault.Conflict, "session_closed", "state", string(c.session.State))
	}
	return nil
}

func (c *sessionChange) done(ctx context.Context, answer workflows.Answer) (workflows.Answer, error) {
	err := c.SaveInterview(ctx, &c.session, c.at)
	answer.Version = c.session.Version
	return answer, err
}

func changeSeats(ctx context.Context, c *sessionChange, a workflows.SeatsArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	if a.Version != c.session.Version {
		return workflows.Answer{}, fault.New(fault.Conflict, "stale_form")
	}
	slots, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if len(a.Seats) != len(slots) {
		return workflows.Answer{}, &fault.Error{Kind: fault.Invalid, Code: "invalid_input", Fields: map[string]string{"seats": "out_of_range"}}
	}
	for n, seats := range a.Seats {
		if err := c.SetSeats(ctx, c.session.ID, n, seats); err != nil {
			return workflows.Answer{}, err
		}
	}
	if err := c.EndProposal(ctx, c.session.ID, c.at); err != nil { // it was made for other seats
		return workflows.Answer{}, err
	}
	c.reseated(true)
	return c.done(ctx, workflows.Answer{Code: store.StepSeatsChanged})
}

// cancelSession calls the session off; its applications, nudged, withdraw their bookings and tell the people.
func cancelSession(ctx context.Context, c *sessionChange, _ workflows.None) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	affected, err := c.ApplicationsIn(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	answer := workflows.Answer{Code: "session_cancelled", Count: len(affected)}
	for _, id := range affected {
		answer.Nudge = append(answer.Nudge, "application/"+id.String())
	}
	if err := c.FreeLanes(ctx, c.session.ID, c.at); err != nil {
		return workflows.Answer{}, err
	}
	c.session.State = hiring.SessionCancelled
	return c.done(ctx, answer)
}

func advanceInterview(ctx context.Context, c *sessionChange, a workflows.Advance) (workflows.Answer, error) {
	facts, _, err := c.InterviewFacts(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	if next := facts.Next(c.at); next.Do != a.Do || next.Subject != a.Subject {
		return nothingDue, nil
	}
	switch a.Do {
	case hiring.DoEndCall:
		return c.endCall(ctx, a.Subject)
	case hiring.DoReplan:
		return c.replan(ctx)
	case hiring.DoStopFilling:
		return stopFilling(ctx, c, workflows.None{})
	case hiring.DoClose:
		return c.close(ctx)
	case hiring.DoJudge:
		if err := c.judge(ctx); err != nil {
			return workflows.Answer{}, err
		}
	default:
		if err := c.logForecasts(ctx); err != nil { // with every reply there is before the day
			return workflows.Answer{}, err
		}
		c.session.State, c.session.Filling = hiring.SessionRunning, hiring.FillOff
	}
	return c.done(ctx, workflows.Answer{Code: string(c.session.State)})
}
