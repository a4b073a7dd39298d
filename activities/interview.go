package activities

import (
	"context"
	"slices"
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
		SlotMinutes: shape.SlotMinutes, Room: shape.Room, WaitMinutes: shape.WaitMinutes, Rules: in.Args.Rules,
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
	return c.done(ctx, workflows.Answer{Code: "seats_changed"})
}

// invite writes a wave: the people named who may be invited now, in their order, into the free seats
// whose start leaves time for a reply. Whoever cannot be invited is left out and named in Left; Count says how
// many were invited.
func invite(ctx context.Context, c *sessionChange, a workflows.InviteArgs) (workflows.Answer, error) {
	if err := c.fillable(); err != nil {
		return workflows.Answer{}, err
	}
	people, err := c.invitable(ctx, a.Applications)
	if err != nil {
		return workflows.Answer{}, err
	}
	times, err := c.Slots(ctx, c.session.ID)
	if err != nil {
		return workflows.Answer{}, err
	}
	free, inTime := make([]int, len(times)), false
	for n, s := range times {
		_, ok := c.policy.ReplyBy(c.at, s.StartsAt)
		inTime = inTime || ok
		if ok && (a.Slot == nil || *a.Slot == n) {
			free[n] = s.Seats - s.Taken
		}
	}
	if !inTime {
		return workflows.Answer{}, fault.New(fault.Conflict, "invite_too_late")
	}
	given := hiring.AssignSlots(free, len(people))
	fit := slices.Index(given, -1)
	if fit < 0 {
		fit = len(given)
	}
	if fit == 0 {
		return workflows.Answer{}, fault.New(fault.Conflict, "no_free_seats")
	}
	_, answer, err := c.offer(ctx, people[:fit], given[:fit])
	if err != nil {
		return workflows.Answer{}, err
	}
	for _, id := range a.Applications {
		if !slices.ContainsFunc(people[:fit], func(in uuid.UUID) bool { return in.String() == id }) {
			answer.Left = append(answer.Left, id)
		}
	}
	return c.done(ctx, answer)
}

// offer writes the session's next wave: an offer to each person at the slot given, with its seat taken.
func (c *sessionChange) offer(ctx context.Context, people []uuid.UUID, given []int) (uuid.UUID, workflows.Answer, error) {
	wave := store.Wave{ID: uuid.New(), InterviewID: c.session.ID, DecidedBy: c.by.Actor, DecidedAt: c.at}
	answer := workflows.Answer{Code: "invited", ID: wave.ID.String(), Count: len(people)}
	var offers []store.Offer
	for n, id := range people {
		starts, err := c.TakeSeat(ctx, c.session.ID, given[n])
		if err != nil {
			return wave.ID, answer, err
		}
		by, _ := c.policy.ReplyBy(c.at, starts)
		offers = append(offers, store.Offer{
			ID: uuid.New(), WaveID: wave.ID, InterviewID: c.session.ID, ApplicationID: id, Slot: given[n], ReplyBy: by, CreatedAt: c.at,
		})
		answer.Nudge = append(answer.Nudge, "application/"+id.String())
	}
	if err := c.AddWave(ctx, &wave, offers); err != nil {
		return wave.ID, answer, err
	}
	return wave.ID, answer, c.logForecasts(ctx)
}

// logForecasts keeps how likely everybody with a time in the session is to come, as far as that is new: the
// last before each time is scored after the day.
func (c *sessionChange) logForecasts(ctx context.Context) error {
	committed, err := c.CommittedTo(ctx, c.session.ID)
	if err != nil || len(committed) == 0 {
		return err
	}
	people := make([]uuid.UUID, len(committed))
	for i, one := range committed {
		people[i] = one.ApplicationID
	}
	forecasts, _, err := c.Forecasts(ctx, c.session.ID, c.at, people)
	if err != nil {
		return err
	}
	return c.AddForecasts(ctx, c.session.ID, c.at, forecasts)
}

// invitable returns those of the applications that may be invited to this session now, in their order.
func (c *sessionChange) invitable(ctx context.Context, texts []string) ([]uuid.UUID, error) {
	wanted, err := ids(texts)
	if err != nil {
		return nil, err
	}
	found, err := c.Invitees(ctx, c.session.ID, wanted)
	if err != nil {
		return nil, err
	}
	in, err := c.InSession(ctx, c.session.ID)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, id := range wanted {
		a, ok := found[id]
		if ok && !in[a.Surviving] && hiring.CheckInvite(a.State) == nil {
			people = append(people, id)
			in[a.Surviving] = true
		}
	}
	if len(people) == 0 {
		return nil, fault.New(fault.Conflict, "nobody_to_invite")
	}
	return people, nil
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
	default:
		if err := c.logForecasts(ctx); err != nil { // with every reply there is before the day
			return workflows.Answer{}, err
		}
		c.session.State, c.session.Filling = hiring.SessionRunning, hiring.FillOff
	}
	return c.done(ctx, workflows.Answer{Code: string(c.session.State)})
}
