package hiring

import (
	"math"
	"slices"

	"github.com/stazh/stazh/workflows/fault"
)

// Bounds of a simulation.
const simulationMostDays = 1_000_000

// What replies are worth in a simulation: who confirms has simulateYesOdds times the odds to come,
// who declines comes with simulateNo; the shares are such that on average people come as forecast.
const (
	simulateYesOdds = 6
	simulateNo      = 0.02
)

func (r SimulationRequest) check() error {
	var f fault.Fields
	planProbability(&f, "p", r.P)
	planProbability(&f, "replies", r.Replies)
	planWithin(&f, "days", r.Days, 1, simulationMostDays)
	f.Require(!(r.P > 0) || float64(r.Session.Lanes)/r.P <= PlanMaxInvited, "p", "too_many")
	session := r.session()
	if e := fault.As(session.Check()); e != nil { // before anything is computed with it
		for field, code := range e.Fields {
			if field != "show_probability" { // p
				f.Add(field, code)
			}
		}
	}
	return f.Err()
}

func (r SimulationRequest) session() PlanRequest {
	session := r.Session
	session.ShowProbability, session.Invitees, session.Evaluate = &r.P, nil, nil
	return session
}

// simulationReplies are the three kinds of invited people: each kind's probability on each day point.
type simulationReplies struct {
	yesShare, noShare float64 // of the invited
	yes, no           float64 // probabilities to come
	yesDay, noDay     []float64
}

func newSimulationReplies(r SimulationRequest) simulationReplies {
	odds := simulateYesOdds * r.P / max(1-r.P, 1e-9)
	s := simulationReplies{yes: odds / (1 + odds), no: min(simulateNo, r.P)}
	share := 1.0
	if s.yes > s.no {
		share = (r.P - s.no) / (s.yes - s.no)
	}
	s.yesShare, s.noShare = r.Replies*share, r.Replies*(1-share)
	s.yesDay = planDayPoints(s.yes, r.Session.DayEffect, planDays)
	s.noDay = planDayPoints(s.no, r.Session.DayEffect, planDays)
	return s
}

// playTopUp invites by counts, hears the replies, lets those who decline go, tops the session up with
// people of whom nothing is known yet, and plays the day.
func (s *simulation) playTopUp(counts []int, day int) (arrive []int, invited int) {
	arrive = make([]int, len(counts))
	var p []float64
	var slot []int
	came := func(t int, p float64) {
		if s.rand.Float64() < p {
			arrive[t]++
		}
	}
	for t, n := range counts {
		invited += n
		for range n {
			switch u := s.rand.Float64(); {
			case u < s.said.yesShare:
				p, slot = append(p, s.said.yes), append(slot, t)
				came(t, s.said.yesDay[day])
			case u < s.said.yesShare+s.said.noShare:
				// Off the plan; the few who come all the same are seen like everybody.
				came(t, s.said.noDay[day])
			default:
				p, slot = append(p, s.req.P), append(slot, t)
				came(t, s.points[day])
			}
		}
	}
	for _, t := range s.topUp(p, slot) {
		invited++
		came(t, s.points[day])
	}
	return arrive, invited
}

// topUp returns the slots of the additional invitations for people with fixed slots.
func (s *simulation) topUp(p []float64, slot []int) []int {
	first := len(p)
	reserve := min(2*s.session.Slots*s.session.Lanes+int(2*float64(s.session.Lanes)/max(s.req.P, 0.01)), 200)
	p = append(p, slices.Repeat([]float64{s.req.P}, reserve)...)
	m := newPlanPeople(&s.session, p, planCoarseDays, newPlanWork(nil))
	for j, t := range slot {
		m.slot[j], m.fixed[j] = t, true
	}
	m.refresh()
	if !m.within(m.score.risk) {
		return nil
	}
	m.topUp(first, reserve, false)
	var out []int
	for _, t := range m.slot[first:] {
		if t >= 0 {
			out = append(out, t)
		}
	}
	return out
}

// planSpread is the standard error of a mean from the sums of values and of their squares.
func planSpread(sum, squares, n float64) float64 {
	if n < 2 {
		return 0
	}
	return math.Sqrt(max(0, squares-sum*sum/n) / (n - 1) / n)
}
