package activities

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

type applicationOut = workflows.Out[hiring.ApplicationFacts]

// change is one step on a locked application.
type change struct {
	*store.Record
	app    store.Application
	by     workflows.By
	at     time.Time
	policy hiring.Policy

	touched []uuid.UUID // sessions whose bookings were written
	listed  bool        // the application came onto the shortlist, or to another rank on it
	woken   []string    // the person's other applications that were written, and what these wake
}

// onApplication is the shell of every step on an application. name is the step's name in the journal.
func onApplication[A any](s *Steps, name string, do func(context.Context, *change, A) (workflows.Answer, error)) func(context.Context, workflows.In[A]) (applicationOut, error) {
	return func(ctx context.Context, in workflows.In[A]) (out applicationOut, err error) {
		id, err := subject(in.ID)
		if err != nil {
			return out, err
		}
		err = s.Records.Do(ctx, func(rec *store.Record) error {
			app, err := rec.LockApplication(ctx, id)
			if err != nil {
				return err
			}
			entry := store.Entry{Subject: "application/" + in.ID, Actor: in.By.Actor, Key: in.By.Key, Step: name, Args: in.Args, At: in.At}
			err = once(ctx, rec, entry, &out.Answer, func() error {
				c := &change{Record: rec, app: app, by: in.By, at: in.At}
				if c.policy, err = rec.Policy(ctx); err != nil {
					return err
				}
				if out.Answer, err = do(ctx, c, in.Args); err != nil {
					return err
				}
				nudges, err := c.nudges(ctx)
				out.Answer.Nudge = append(out.Answer.Nudge, nudges...)
				return err
			})
			if err != nil {
				return err
			}
			if out.Facts, out.Found, err = rec.ApplicationFacts(ctx, id); err != nil {
				return err
			}
			return rec.NoteProcess(ctx, "application", id, in.At, due(out.Facts, in.At))
		})
		return out, err
	}
}

// become writes the application's new state.
func (c *change) become(ctx context.Context, state hiring.State) error {
	c.app.State = state
	c.listed = state == hiring.Shortlisted
	return c.SaveApplication(ctx, &c.app, c.at)
}

// booking locks the booking named, in the version its sender saw. Conflict stale_form; replaced when the person has since
// taken another time instead, which says more.
func (c *change) booking(ctx context.Context, a workflows.BookingArgs) (store.Booking, error) {
	id, err := subject(a.Booking)
	if err != nil {
		return store.Booking{}, err
	}
	b, err := c.LockBooking(ctx, c.app.ID, id)
	if err != nil {
		return b, err
	}
	if b.ReplacedBy != nil {
		return b, fault.New(fault.Conflict, "replaced")
	}
	return b, b.Rule().CheckVersion(a.Version)
}

// bookingIn is booking with its session.
func (c *change) bookingIn(ctx context.Context, a workflows.BookingArgs) (store.Booking, store.Interview, error) {
	b, err := c.booking(ctx, a)
	if err != nil {
		return b, store.Interview{}, err
	}
	session, err := c.Interview(ctx, b.InterviewID)
	return b, session, err
}

// end closes a booking: its seat goes to the next, and where a calendar holds the time the entry is
// raised so that a cancel can be sent.
func (c *change) end(ctx context.Context, b *store.Booking, state hiring.Attendance) error {
	if b.HoldsSeat {
		if err := c.FreeSeat(ctx, b.InterviewID, b.Slot); err != nil {
			return err
		}
	}
	b.State, b.HoldsSeat, b.EndedAt = state, false, &c.at
	b.Sequence++
	return c.SaveBooking(ctx, b)
}

// settle gives the application the state its bookings leave it in after one of them ended.
func (c *change) settle(ctx context.Context, ended hiring.Attendance) error {
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return err
	}
	var states []hiring.Attendance
	for _, b := range open {
		states = append(states, b.State)
	}
	return c.become(ctx, hiring.StateAfter(states, ended))
}

// SaveBooking writes a booking back and remembers its session.
func (c *change) SaveBooking(ctx context.Context, b *store.Booking) error {
	c.touched = append(c.touched, b.InterviewID)
	return c.Record.SaveBooking(ctx, b)
}

// AddBooking writes a booking and remembers its session.
func (c *change) AddBooking(ctx context.Context, b *store.Booking) error {
	c.touched = append(c.touched, b.InterviewID)
	return c.Record.AddBooking(ctx, b)
}

// nudges are the sessions that are being filled: they plan anew when somebody replies, moves or gives a seat back there,
// and when the shortlist of one of their vacancies has somebody new; those with a call of this person who is no longer
// there; and those that are over and were judged on another outcome. Before them the person's other applications that
// were written too, with theirs.
func (c *change) nudges(ctx context.Context) ([]string, error) {
	var list []string
	for _, name := range c.woken {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	add := func(sessions ...uuid.UUID) {
		for _, id := range sessions {
			if name := "interview/" + id.String(); !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	if c.listed {
		filling, err := c.FilledFrom(ctx, c.app.VacancyID)
		if err != nil {
			return nil, err
		}
		add(filling...)
	}
	if len(c.touched) == 0 {
		return list, nil
	}
	filling, err := c.BeingFilled(ctx, c.touched)
	if err != nil {
		return nil, err
	}
	judging, err := c.Unjudge(ctx, c.touched)
	if err != nil {
		return nil, err
	}
	calling, err := c.CalledElsewhere(ctx, c.app.ID)
	add(slices.Concat(filling, judging, calling)...)
	return list, err
}

// withdrawOpen takes back every open booking and tells the person why; it returns how many.
func (c *change) withdrawOpen(ctx context.Context, reason string) (int, error) {
	open, err := c.OpenBookings(ctx, c.app.ID)
	if err != nil {
		return 0, err
	}
	for n, b := range open {
		if err := c.takeBack(ctx, &b, reason, "withdrawn"); err != nil {
			return n, err
		}
	}
	return len(open), nil
}

// takeBack ends a booking that we cannot keep, and tells the person why if he was told of it; dropped is the code of an
// invitation that had not gone.
func (c *change) takeBack(ctx context.Context, b *store.Booking, reason, dropped string) error {
	told, err := c.told(ctx, *b, dropped)
	if err != nil {
		return err
	}
	if err := c.end(ctx, b, hiring.BookingWithdrawn); err != nil || !told {
		return err
	}
	return c.mailBooking(ctx, "withdrawn", *b, c.at, nil, "reason", reason)
}

// told reports whether the person may know of a booking that is to end: an invitation that has not gone is taken back.
func (c *change) told(ctx context.Context, b store.Booking, code string) (bool, error) {
	if b.State != hiring.BookingInvited {
		return true, nil
	}
	return c.DropInvitation(ctx, b, code, c.at)
}

// mailBooking queues a mail about a booking in the version it has now. Its key is the kind, the booking
// and that version, so a step run twice queues one.
func (c *change) mailBooking(ctx context.Context, kind string, b store.Booking, due time.Time, notAfter *time.Time, params ...string) error {
	m := store.OutgoingMail{
		Key: mailKey(kind, b), Kind: kind, ApplicationID: &c.app.ID, BookingID: &b.ID, BookingVersion: &b.Version,
		DueAt: due, NotAfter: notAfter, CreatedAt: c.at, Params: map[string]string{},
	}
	for i := 0; i+1 < len(params); i += 2 {
		m.Params[params[i]] = params[i+1]
	}
	return c.QueueMail(ctx, m)
}

// mail queues a mail about the application itself; occasion tells it from others of the kind.
func (c *change) mail(ctx context.Context, kind, occasion string, due time.Time, params map[string]string) error {
	return c.QueueMail(ctx, store.OutgoingMail{
		Key: applicationMailKey(c.app.ID, kind, occasion), Kind: kind, ApplicationID: &c.app.ID, Params: params, DueAt: due, CreatedAt: c.at,
	})
}

func mailKey(kind string, b store.Booking) string {
	return "booking/" + b.ID.String() + "/" + kind + "/" + strconv.Itoa(b.Version)
}

func applicationMailKey(id uuid.UUID, kind, occasion string) string {
	return "application/" + id.String() + "/" + kind + "/" + occasion
}

// link marks the document named, if any, as part of a fact.
func (c *change) link(ctx context.Context, document, kind string) (*uuid.UUID, error) {
	if document == "" {
		return nil, nil
	}
	id, err := subject(document)
	if err != nil {
		return nil, err
	}
	return &id, c.LinkDocument(ctx, id, kind, c.at)
}
