package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// Invitation in waves as HR sees it: the mode, the proposal that awaits a yes, what was planned before,
// and how likely each person with a time is to come.

const plansShown = 30

// wavesView is shown on the session's page (From "session") and on its plan's.
type wavesView struct {
	Row      meeting
	From     string
	Manage   bool
	Planning bool // the first plan is being made
	Proposal *proposalView
	History  []planLine
	People   []committedView
	Expected float64      // of those with a time, by their own forecasts
	Quiet    hiring.Quiet // why the last plan invites nobody
	Ended    *planLine    // how it stopped last, while it is off
	TooLate  string       // that nobody can be invited by mail, in words

	list shortlist
}

// Filling reports whether the session invites in waves.
func (v wavesView) Filling() bool { return v.Row.Filling != hiring.FillOff }

// Auto reports whether it does so without asking.
func (v wavesView) Auto() bool { return v.Row.Filling == hiring.FillAuto }

type proposalView struct {
	store.Plan
	Invitees []committedView
	Minutes  int
}

// MoreShows is how many more are expected to come.
func (v proposalView) MoreShows() float64 { return v.After.Expected.Shows - v.Before.Expected.Shows }

// committedView is one person with a time, or one proposed for it.
type committedView struct {
	ID    uuid.UUID
	Name  string
	At    time.Time
	Key   string // of the state's words
	Tone  Tone
	P     float64
	Why   string // the reasons in short
	Own   bool   // HR set it
	Known bool
}

func (p *Pages) wavesOf(c *fiber.Ctx, s meeting, from string) (*wavesView, error) {
	ctx, lang := c.UserContext(), p.Frame.Lang(c)
	v := &wavesView{Row: s, From: from, Manage: auth.Of(c).Has(planners...) && s.Live()}
	v.Planning = v.Filling() && s.PlannedAt == nil
	plans, err := p.Reader.Plans(ctx, s.ID, plansShown)
	if err != nil {
		return nil, err
	}
	places, err := p.Reader.SessionPlaces(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	slots, err := p.Reader.Slots(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	if v.list, err = p.shortlistOf(ctx, lang, s.ID); err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{}
	ids := awaited(places)
	for _, a := range v.list.Rows {
		names[a.ID] = a.Name
	}
	for _, place := range places {
		names[place.ApplicationID] = place.Name
	}
	times, seats := make([]time.Time, len(slots)), make([]int, len(slots))
	for n, slot := range slots {
		times[n], seats[n] = slot.StartsAt, slot.Seats
	}
	if v.TooLate, err = p.tooLate(ctx, lang, times, seats); err != nil {
		return nil, err
	}
	var proposed *store.Plan
	for i := range plans {
		if plans[i].State == "proposed" {
			proposed = &plans[i]
			for _, one := range proposed.Invite {
				if id, err := uuid.Parse(one.ID); err == nil {
					ids = append(ids, id)
				}
			}
		}
	}
	forecasts, _, err := p.Reader.Forecasts(ctx, s.ID, p.Now(), ids)
	if err != nil {
		return nil, err
	}
	facts, err := p.Reader.RateNames(ctx)
	if err != nil {
		return nil, err
	}
	for _, place := range places {
		if !hasTime(place) {
			continue
		}
		row := placeOf(place)
		one := committed(lang, place.ApplicationID, place.Name, place.StartsAt, forecasts, facts)
		one.Key, one.Tone = row.Key, row.Tone
		v.Expected += comes(place, forecasts)
		v.People = append(v.People, one)
	}
	if proposed != nil && s.Live() {
		v.Proposal = &proposalView{Plan: *proposed, Minutes: s.SlotMinutes}
		for _, one := range proposed.Invite {
			id, err := uuid.Parse(one.ID)
			if err != nil || one.Slot >= len(slots) {
				continue
			}
			v.Proposal.Invitees = append(v.Proposal.Invitees, committed(lang, id, names[id], slots[one.Slot].StartsAt, forecasts, facts))
		}
	}
	return v, p.history(c, v, plans)
}

func committed(lang string, id uuid.UUID, name string, at time.Time, forecasts map[uuid.UUID]hiring.RateForecast, names map[string]string) committedView {
	one := committedView{ID: id, Name: name, At: at}
	f, known := forecasts[id]
	one.P, one.Known = f.P, known
	words := reasonWords(lang, f.Reasons, names)
	one.Why = strings.Join(words[max(len(words)-2, 0):], "; ") // the last two decide; all stand on the person's page
	one.Own = slices.ContainsFunc(f.Reasons, func(r hiring.RateReason) bool { return r.Code == "override" })
	return one
}

func (p *Pages) showWaves(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	from := "plan"
	if c.Query("from") == "session" {
		from = "session"
	}
	v, err := p.wavesOf(c, s, from)
	if err != nil {
		return err
	}
	return p.Frame.Fragment(c, fiber.StatusOK, "plan/show", "parts/waves", Page{Body: v})
}

// backTo is the page a button of the waves stood on.
func backTo(c *fiber.Ctx, s meeting) string {
	if c.FormValue("from") == "session" {
		return sessionPath(s.ID)
	}
	return planPath(s)
}

func (p *Pages) fillSession(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	form := ReadForm(c, "mode", "most_invited")
	args := workflows.FillArgs{Mode: hiring.Filling(form.Get("mode")), Settings: s.Settings.OrDefault(s.WaitMinutes)}
	args.Settings.MostInvited = 0
	if form.Get("most_invited") != "" {
		args.Settings.MostInvited = wholeField(form, "most_invited", 1, hiring.MaxSeats)
	}
	if form.OK() {
		_, err = workflows.Do(c.UserContext(), p.Commands, workflows.Fill, s.ID.String(), who, args)
		if fault.KindOf(err) != fault.Invalid || !form.Take(err, "") {
			return p.after(c, backTo(c, s), Flash{Key: "flash.filling_" + form.Get("mode")}, err)
		}
	}
	if c.FormValue("from") == "session" {
		return p.sessionPage(c, fiber.StatusUnprocessableEntity, s, form)
	}
	writeDesk(form, s.Settings.OrDefault(s.WaitMinutes))
	return p.planPage(c, fiber.StatusUnprocessableEntity, s, form, true)
}

func (p *Pages) stopFilling(c *fiber.Ctx) error {
	return onSession(p, c, workflows.StopFilling, workflows.None{}, "flash.filling_stopped")
}

func (p *Pages) takeProposal(c *fiber.Ctx) error {
	return onSession(p, c, workflows.TakeProposal, workflows.ProposalArgs{Plan: c.FormValue("plan")}, "flash.wave_invited")
}

func (p *Pages) dismissProposal(c *fiber.Ctx) error {
	return onSession(p, c, workflows.Dismiss, workflows.ProposalArgs{Plan: c.FormValue("plan")}, "flash.proposal_dismissed")
}

// onSession gives a command on the session in the path, and goes back to where its button stood.
func onSession[A workflows.Args, F workflows.Facts](p *Pages, c *fiber.Ctx, command workflows.Command[A, F], args A, done string) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	who, err := p.by(c)
	if err != nil {
		return err
	}
	answer, err := workflows.Do(c.UserContext(), p.Commands, command, s.ID.String(), who, args)
	if fault.KindOf(err) == fault.Invalid && fault.As(err).Fields["plan"] != "" {
		err = fault.Missing("proposal")
	}
	return p.after(c, backTo(c, s), Flash{Key: done, Args: map[string]string{"n": strconv.Itoa(answer.Count)}}, err)
}
