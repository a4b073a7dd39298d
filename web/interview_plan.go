package web

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/chart"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// planWithin is how long a page waits for the planner; the best found by then is shown.
const planWithin = 1500 * time.Millisecond

// planRisk is how often somebody may wait longer than the longest wait named.
const planRisk = 0.1

// planView is the seats of each arrival time and what they lead to.
type planView struct {
	Times    []planTime
	Chart    chart.Chart
	Answer   *hiring.PlanAnswer
	Rate     float64
	OneIn    int // the rate as "one in so many"; 0 if it is not near one
	Seen     hiring.Turnout
	Invited  int
	Shows    float64
	Lanes    int
	NoLanes  bool // none chosen yet: planned for one
	WaitOver float64
	Wait     int
	Proven   bool
}

type planTime struct {
	Number   int
	At       time.Time
	Local    *time.Location
	Seats    string
	Break    bool
	Expected float64
	Queue    float64
}

// plan asks the planner; nil if the form does not say enough for it.
func (p *Pages) plan(ctx context.Context, lang string, form *Form, venue store.Venue, propose bool) (*planView, error) {
	scratch := &Form{Values: form.Values, Many: form.Many, Errors: map[string]string{}} // what is wrong is said when it is sent
	starts := startField(scratch, zoneOf(venue.Zone))
	n, length := wholeField(scratch, "slots", 1, hiring.PlanMaxSlots), wholeField(scratch, "slot_minutes", 5, 240)
	room, wait := wholeField(scratch, "room", 1, 1000), wholeField(scratch, "wait_minutes", 5, 480)
	if len(scratch.Errors) > 0 {
		return nil, nil
	}
	rate, seen, err := p.showRate(ctx, venue.City)
	if err != nil {
		return nil, err
	}
	v := &planView{Rate: rate, Seen: seen, Wait: wait, Lanes: min(max(len(form.Many["lanes"]), 1), hiring.PlanMaxLanes), NoLanes: len(form.Many["lanes"]) == 0}
	if one := math.Round(1 / rate); one >= 2 && one <= 12 && math.Abs(1/one-rate) < 0.015 {
		v.OneIn = int(one)
	}
	seats := slotSeats(scratch, n)
	pause := make([]bool, n)
	for i := range pause {
		pause[i] = form.Has("breaks", strconv.Itoa(i))
	}
	if v.Answer, err = askPlanner(v, seats, pause, length, room+v.Lanes, propose || len(form.Many["seats"]) == 0); err != nil {
		return nil, err
	}
	v.fill(lang, form, seats, pause, starts, length, zoneOf(venue.Zone), propose)
	return v, nil
}

// askPlanner plans the slots that are no break and writes its numbers into seats, or weighs the seats
// given. nil where there is nothing to plan or the seats are beyond a session's bounds.
func askPlanner(v *planView, seats []int, pause []bool, length, room int, propose bool) (*hiring.PlanAnswer, error) {
	var counts, at []int
	for i, n := range seats {
		if !pause[i] {
			counts, at = append(counts, n), append(at, i)
		}
	}
	if len(at) == 0 || slices.ContainsFunc(counts, func(n int) bool { return n < 0 || n > hiring.MaxSeats }) {
		return nil, nil
	}
	r := hiring.PlanRequest{
		Slots: len(at), SlotMinutes: length, Lanes: v.Lanes, ShowProbability: &v.Rate, Room: &room,
		WaitLimit: &hiring.PlanWait{Minutes: v.Wait, Probability: planRisk},
	}
	if !propose {
		r.Evaluate = &hiring.PlanEvaluate{Counts: counts}
	}
	until := time.Now().Add(planWithin)
	answer, err := hiring.Plan(r, func() bool { return time.Now().After(until) })
	if fault.KindOf(err) == fault.Invalid {
		return nil, nil // such as more people than a plan has room for; the form says it when it is sent
	}
	if err == nil {
		for k, i := range at {
			seats[i] = answer.Counts[k]
		}
	}
	return answer, err
}

func (v *planView) fill(lang string, form *Form, seats []int, pause []bool, starts time.Time, length int, zone *time.Location, propose bool) {
	v.Chart = chart.Chart{
		ID: "plan", Title: i18n.T(lang, "interview.chart_title"), Desc: i18n.T(lang, "interview.chart_desc", "n", v.Lanes),
		Values: i18n.T(lang, "interview.expected"), Expected: i18n.T(lang, "interview.capacity"),
	}
	typed, k := form.Many["seats"], 0
	var texts []string
	for i, n := range seats {
		t := planTime{Number: i, At: starts.Add(time.Duration(i*length) * time.Minute), Local: zone, Seats: strconv.Itoa(n), Break: pause[i]}
		if !propose && i < len(typed) {
			t.Seats = typed[i]
		}
		point := chart.Point{Label: i18n.Clock(lang, t.At, zone)}
		if v.Answer != nil && !pause[i] {
			slot := v.Answer.Slots[k]
			t.Expected, t.Queue = slot.ExpectedArrivals, slot.ExpectedQueue
			point.Value, point.Expected = slot.ExpectedArrivals, float64(v.Lanes)
			k++
		}
		texts = append(texts, t.Seats)
		v.Times = append(v.Times, t)
		v.Chart.Points = append(v.Chart.Points, point)
	}
	form.Many["seats"] = texts
	if v.Answer != nil {
		v.Invited, v.Shows, v.Proven = v.Answer.Invited, v.Answer.Expected.Shows, v.Answer.ProvenOptimal
		if over := v.Answer.Probability.WaitOverLimit; over != nil {
			v.WaitOver = *over
		}
	}
}
