package web

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// The planning desk: what HR thinks a plan is worth on one side, how many to invite to each time and what
// comes of it on the other. A new session and one that exists share it; nothing here is saved.

// deskInput is what a desk computes from. Seats, Taken and Pause are per slot.
type deskInput struct {
	Asker        string // the form on somebody's screen; "": none
	Whole        bool   // a whole page comes of it, which keeps what was typed even when the planner is busy
	Times        []time.Time
	Zone         *time.Location
	Seats, Taken []int
	Pause        []bool
	Lanes        int
	Minutes      int // of an interview
	Room         int
	Settings     hiring.PlanSettings
	Rate         hiring.RateForecast
	OwnRate      *float64
	Learned      float64 // day effect of the model
	Own          bool    // the seats are HR's; else the planner's are put in their place
	Kept         bool    // nobody set the seats: they are the session's as an earlier plan, or the waves, left them
	Settle       bool    // the seats are the planner's if they happen to be the same
	Typed        int     // how many times HR gave seats to; those after them have the planner's
}

// planDesk is what the desk shows.
type planDesk struct {
	deskInput
	Path, Form string // where a touch of it is posted, and the id of its form
	P          float64
	Shown      *hiring.PlanAnswer
	Best       *hiring.PlanAnswer
	Rows       []deskRow
	Rules      []ruleRow
	Charts     []chart.Chart
	Risks      chart.Chart
	Most       float64 // how likely a wait over the limit, or a full room, may be at most
	Why        []string
	Say        string
	Notes      []string // what of it could not be saved, in words
	NoLanes    bool     // none is chosen yet: planned for one
	Stale      bool     // of the numbers before, since those typed cannot be planned
	Busy       bool     // the planner was: there are no figures
	Last       string   // the numbers it is of, as the field last carries them
	WrongAt    string   // the id of the seats' field that is wrong first
	TooMany    string   // the code of what is wrong with the seats together
	Spent      bool     // time was up before the search was
	Lost       float64
	Problem    string // a key: why there is nothing to show
}

// deskRow is one arrival time.
type deskRow struct {
	Number     int
	At         time.Time
	Zone       *time.Location
	Seats      string
	Taken      int
	Break      bool
	Arrivals   float64
	Nobody     float64 // chance that the interviewers find nobody
	Wait       float64 // minutes that those left waiting spend in this slot, together
	More, Less bool    // whether the buttons may be pressed
	Wrong      string  // the code of what is wrong with what was typed
	Effect     string
	Tone       Tone
	Verdict    string
}

// ruleRow is a rule beside the others.
type ruleRow struct {
	Name     string
	Current  bool
	Invited  int
	Shows    float64
	Wait     float64 // minutes a person
	Most     int     // minutes that nine of ten wait at most
	Idle     float64 // hours of the interviewers
	Overtime float64
	Long     float64 // NaN without a limit
	Over     int     // that many are more than may be invited; 0: they are not
}

// desk computes. The fault is planner_busy when the planner is busy with others for longer than a page waits.
func desk(ctx context.Context, lang string, in deskInput) (*planDesk, error) {
	d := &planDesk{deskInput: in, P: in.Rate.P}
	d.Seats = slices.Clone(in.Seats)
	if in.OwnRate != nil {
		d.P = *in.OwnRate
	}
	at := d.open()
	busy := func() (*planDesk, error) {
		if !in.Whole {
			return nil, plannerBusy()
		}
		d.Busy, d.Problem = true, "plan.busy"
		d.rows(lang, at, nil)
		return d, nil
	}
	ctx, done, err := deskTurns.take(ctx, in.Asker)
	if err != nil {
		return busy()
	}
	defer done()
	within := deadline(deskWithin)
	stop := func() bool { return ctx.Err() != nil || within() }
	if len(at) == 0 {
		d.Problem = "plan.only_breaks"
		d.rows(lang, at, nil)
		return d, nil
	}
	r := in.Settings.Request(len(at), in.Minutes, in.Lanes, in.Room, in.Learned)
	most := hiring.MaxSeats
	r.ShowProbability, r.MostInvited = &d.P, &most
	d.Most = r.Risk()
	if d.Best, err = hiring.Plan(r, stop); err != nil {
		return d.refused(lang, at, err)
	}
	if ctx.Err() != nil { // asked anew meanwhile: this answer has hardly a reader
		return busy()
	}
	d.Spent = stop()
	counts, best := make([]int, len(at)), make([]int, len(at))
	for k, i := range at {
		counts[k], best[k] = in.Seats[i], max(d.Best.Counts[k], d.taken(i))
		if i >= in.Typed {
			counts[k] = best[k]
		}
	}
	if !in.Own || in.Settle && slices.Equal(counts, best) {
		d.Own, counts = false, best
	}
	for k, i := range at {
		d.Seats[i] = counts[k]
	}
	if d.Shown, err = evaluate(r, counts); err != nil {
		return d.refused(lang, at, err)
	}
	onePerP := hiring.PlanOnePerP(len(at), in.Lanes, d.P)
	naive := &hiring.PlanAnswer{}
	for _, n := range onePerP {
		naive.Invited += n
	}
	if naive.Invited <= most {
		if naive, err = evaluate(r, onePerP); err != nil {
			return nil, err
		}
	}
	inTime := deadline(oneMoreWithin) // of its own: a search that used up its time leaves these to be said
	more, err := hiring.PlanOneMore(r, counts, func() bool { return ctx.Err() != nil || inTime() })
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return nil, err
	}
	d.Lost = d.Best.Utility - d.Shown.Utility
	d.rows(lang, at, more)
	d.rules(lang, naive)
	d.pictures(lang)
	d.say(lang)
	for _, note := range []string{d.hopeless(lang), d.pastMidnight(lang)} {
		if note != "" {
			d.Notes = append(d.Notes, note)
		}
	}
	return d, nil
}

// deadline says true once so much time has passed.
func deadline(within time.Duration) func() bool {
	until := time.Now().Add(within)
	return func() bool { return time.Now().After(until) }
}

func evaluate(r hiring.PlanRequest, counts []int) (*hiring.PlanAnswer, error) {
	r.Evaluate = &hiring.PlanEvaluate{Counts: counts}
	return hiring.Plan(r, nil)
}

// refused shows the seats without figures when the planner has no plan for them.
func (d *planDesk) refused(lang string, at []int, err error) (*planDesk, error) {
	if fault.KindOf(err) != fault.Invalid {
		return nil, err
	}
	d.Best, d.Shown, d.Problem = nil, nil, "plan.no_plan"
	d.rows(lang, at, nil)
	return d, nil
}

// open are the slots that are no break.
func (d *planDesk) open() (at []int) {
	for i := range d.Times {
		if !d.Pause[i] {
			at = append(at, i)
		}
	}
	return at
}

func (d *planDesk) taken(slot int) int {
	if slot < len(d.Taken) {
		return d.Taken[slot]
	}
	return 0
}

func (d *planDesk) rows(lang string, at []int, more []*hiring.PlanAnswer) {
	invited := 0
	for _, n := range d.Seats {
		invited += n
	}
	for i, t := range d.Times {
		row := deskRow{Number: i, At: t, Zone: d.Zone, Seats: strconv.Itoa(d.Seats[i]), Taken: d.taken(i), Break: d.Pause[i]}
		k := slices.Index(at, i)
		row.More, row.Less = k >= 0 && invited < hiring.MaxSeats, k >= 0 && d.Seats[i] > row.Taken
		if k >= 0 && d.Shown != nil {
			slot := d.Shown.Slots[k]
			row.Arrivals, row.Wait, row.Nobody = slot.ExpectedArrivals, slot.ExpectedQueue*float64(d.Minutes), *slot.Nobody
			if k < len(more) && more[k] != nil && row.More {
				d.effect(lang, &row, more[k])
			}
		}
		d.Rows = append(d.Rows, row)
	}
}

// effect says what one more invitation to a time does.
func (d *planDesk) effect(lang string, row *deskRow, m *hiring.PlanAnswer) {
	wait := m.MeanWaitMinutes - d.Shown.MeanWaitMinutes
	row.Effect = i18n.T(lang, "plan.effect_wait", "come", i18n.Decimal(lang, m.Expected.Shows-d.Shown.Expected.Shows, 2), "wait", signed(lang, wait))
	over := false
	for _, risk := range []struct {
		key      string
		was, now *float64
	}{
		{"plan.effect_risk", d.Shown.Probability.WaitOverLimit, m.Probability.WaitOverLimit},
		{"plan.effect_room", d.Shown.Probability.RoomFull, m.Probability.RoomFull},
	} {
		if risk.now == nil {
			continue
		}
		over = over || *risk.now > d.Most
		if from, to := i18n.Percent(lang, *risk.was, 1), i18n.Percent(lang, *risk.now, 1); from != to {
			row.Effect += "; " + i18n.T(lang, risk.key, "from", from, "to", to)
		}
	}
	switch {
	case over:
		row.Tone, row.Verdict = Danger, i18n.T(lang, "plan.over_limit")
	case m.Utility > d.Shown.Utility+1e-9:
		row.Tone, row.Verdict = Success, i18n.T(lang, "plan.worth")
	default:
		row.Tone, row.Verdict = Neutral, i18n.T(lang, "plan.not_worth")
	}
}

// signed writes a difference with its sign.
func signed(lang string, v float64) string {
	text := i18n.Decimal(lang, v, 1)
	if v > 0 && text != "0" {
		return "+" + text
	}
	return text
}
