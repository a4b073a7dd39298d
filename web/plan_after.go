package web

import (
	"context"

	"github.com/stazh/stazh/workflows/hiring"
)

// afterView asks after the day: would the plan have been better?
type afterView struct {
	Rows    []afterRow
	People  int // with an outcome
	Came    int
	Planned *hiring.PlanAnswer // the last plan's figures, as logged before the day
	Minutes int
	Rate    float64 // with which the rules are replayed
}

// afterRow is one way to have planned the day.
type afterRow struct {
	Key string
	hiring.PlanPlayed
	Was bool
}

// WaitMinutes is the wait of one who came.
func (v afterView) WaitMinutes(r afterRow) float64 { return r.MeanWait() * float64(v.Minutes) }

// IdleHours are the interviewers'.
func (v afterView) IdleHours(r afterRow) float64 { return r.Idle * float64(v.Minutes) / 60 }

// afterTheDay replays the handbook's rule and the planner's own plan on the people there were
// (hiring.PlanReplay says how, and what is approximate about it). The show probability is the one logged
// with the first plan, so that what the day itself taught does not help a rule; without a plan, today's.
// nil when nobody's outcome is known.
func (p *Pages) afterTheDay(ctx context.Context, s meeting) (*afterView, error) {
	places, err := p.Reader.SessionPlaces(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	v := &afterView{Minutes: s.SlotMinutes}
	var people []hiring.PlanTurnout
	for _, place := range places {
		came, _, ok := place.State.Invited(place.ConfirmedAt != nil)
		if !ok || place.State == hiring.BookingWalkIn {
			continue // moved, called off in time or withdrawn by us: in no rule's plan; walk-ins: in nobody's
		}
		if came {
			v.Came++
		}
		people = append(people, hiring.PlanTurnout{Slot: place.Slot, Came: came})
	}
	if v.People = len(people); v.People == 0 {
		return nil, nil
	}
	slots, err := p.Reader.Slots(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	seats := make([]int, len(slots))
	for n, slot := range slots {
		seats[n] = max(slot.Seats, slot.Taken)
	}
	rate, model, err := p.Reader.SessionRate(ctx, s.ID, s.CreatedAt)
	if err != nil {
		return nil, err
	}
	v.Rate = rate.P
	plans, err := p.Reader.Plans(ctx, s.ID, 1000)
	if err != nil {
		return nil, err
	}
	if n := len(plans); n > 0 {
		v.Planned = &plans[0].After
		if first := plans[n-1].After; first.Invited > 0 {
			v.Rate = first.Expected.Shows / float64(first.Invited)
		}
	}
	lanes, settings := max(len(s.Lanes), 1), settingsOf(s)
	r, _ := settings.Seated(seats, s.SlotMinutes, lanes, s.Room, model.DayEffect)
	w := *r.Weights
	v.Rows = append(v.Rows, afterRow{"plan.as_it_was", hiring.PlanHappened(people, len(slots), lanes, w), true})
	r.ShowProbability = &v.Rate
	if best, err := hiring.Plan(r, deadline(deskWithin)); err == nil {
		v.Rows = append(v.Rows, afterRow{"plan.rule_best", hiring.PlanReplay(people, spread(seats, best.Counts), lanes, w), false})
	}
	v.Rows = append(v.Rows, afterRow{"plan.rule_naive", hiring.PlanReplay(people, spread(seats, hiring.PlanOnePerP(r.Slots, lanes, v.Rate)), lanes, w), false})
	return v, nil
}

// spread puts a plan's counts to the slots that are no break.
func spread(seats, counts []int) []int {
	out, k := make([]int, len(seats)), 0
	for n, s := range seats {
		if s > 0 && k < len(counts) {
			out[n] = counts[k]
			k++
		}
	}
	return out
}
