package hiring

import (
	"math/rand/v2"
	"slices"
)

// SimulationRequest describes the days that Simulate plays: sessions of Session's shape, whose people
// come with probability P on average, on days that differ by Session.DayEffect.
type SimulationRequest struct {
	Session PlanRequest // slots, minutes, lanes, weights, limits, day effect; people are not used
	P       float64
	Days    int // 1..1,000,000
	// Replies is the share of the invited who say in time whether they will come, 0..1; the top-up
	// works with what they say.
	Replies float64
}

// The rules that Simulate compares, in order.
const (
	RuleOneEach = "one_each"    // one person per interviewer and slot
	RuleOnePerP = "one_per_p"   // 1/p per interviewer and slot
	RulePlan    = "plan"        // the best plan
	RuleTopUp   = "plan_top_up" // the best plan, replanned with the replies
)

// SimulationRules lists the rules in order.
func SimulationRules() []string { return []string{RuleOneEach, RuleOnePerP, RulePlan, RuleTopUp} }

// SimulationResult is what a rule came to on average per session, with the spread of the mean.
type SimulationResult struct {
	Rule            string    `json:"rule"`
	Counts          []int     `json:"counts"` // invited per slot at first
	Invited         float64   `json:"invited"`
	Utility         float64   `json:"utility"`
	UtilityError    float64   `json:"utility_error"` // standard error of Utility
	Shows           float64   `json:"shows"`
	MeanWaitMinutes float64   `json:"mean_wait_minutes"` // per person who came
	LongWait        float64   `json:"long_wait"`         // share of sessions in which somebody waited over an hour
	IdleSlots       float64   `json:"idle_slots"`
	Overtime        float64   `json:"overtime"`
	Nobody          float64   `json:"nobody"`          // share of sessions to which nobody came
	Exact           *float64  `json:"exact,omitempty"` // the planner's own figure, where there is one
	Queue           []float64 `json:"queue"`           // mean queue after each slot
	sum, squares    float64
	waits           float64
}

// simulationLong is the wait counted as long, in minutes.
const simulationLong = 60

// Simulate plays days with the random numbers of g and compares the rules on the same luck: a day's
// mood is shared by all rules. tick, if not nil, is told the days played, 0 while the plan is sought, and may
// stop the game by saying false; the results are then those of the days played. Faults are
// PlanRequest.Check's, out_of_range for days, p, replies, and too_many for a p of which the rule 1/p asks too
// many people a slot to play.
func Simulate(r SimulationRequest, g *rand.Rand, tick func(done int) bool) ([]SimulationResult, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	more := func(done int) bool { return tick == nil || tick(done) }
	s := &simulation{req: r, rand: g, session: r.session(), points: planDayPoints(r.P, r.Session.DayEffect, planDays)}
	if err := s.prepare(func() bool { return !more(0) }); err != nil {
		return nil, err
	}
	played := 0
	for goes := more(0); goes && played < r.Days; goes = more(played) {
		s.playDay()
		played++
	}
	for i := range s.results {
		s.results[i].finish(played)
	}
	return s.results, nil
}

type simulation struct {
	req     SimulationRequest
	session PlanRequest
	rand    *rand.Rand
	points  []float64
	results []SimulationResult
	said    simulationReplies
}

func (s *simulation) prepare(stop func() bool) error {
	t, k := s.session.Slots, s.session.Lanes
	best, err := Plan(s.session, stop)
	if err != nil {
		return err
	}
	s.said = newSimulationReplies(s.req)
	for n, counts := range [][]int{PlanOneEach(t, k), PlanOnePerP(t, k, s.req.P), best.Counts, best.Counts} {
		res := SimulationResult{Rule: SimulationRules()[n], Counts: counts, Queue: make([]float64, t)}
		if res.Rule != RuleTopUp && planTotal(counts) <= PlanMaxInvited {
			ask := s.session
			ask.Evaluate = &PlanEvaluate{Counts: counts}
			exact, err := Plan(ask, nil)
			if err != nil {
				return err
			}
			res.Exact = &exact.Utility
		}
		s.results = append(s.results, res)
	}
	return nil
}

// playDay plays one day under every rule.
func (s *simulation) playDay() {
	day := s.rand.IntN(len(s.points))
	p := s.points[day]
	for i := range s.results {
		res := &s.results[i]
		arrive := make([]int, len(res.Counts))
		invited := planTotal(res.Counts)
		if res.Rule == RuleTopUp {
			arrive, invited = s.playTopUp(res.Counts, day)
		} else {
			for t, n := range res.Counts {
				for range n {
					if s.rand.Float64() < p {
						arrive[t]++
					}
				}
			}
		}
		res.add(arrive, invited, &s.session)
	}
}

func (res *SimulationResult) add(arrive []int, invited int, session *PlanRequest) {
	day := planPlay(arrive, session.Lanes)
	u := day.Utility(session.weights(), invited)
	res.sum += u
	res.squares += u * u
	res.Invited += float64(invited)
	res.Shows += float64(day.Shows)
	res.waits += float64(day.Wait) * float64(session.SlotMinutes)
	res.IdleSlots += float64(day.Idle)
	res.Overtime += float64(day.Overtime)
	if day.Longest*session.SlotMinutes > simulationLong {
		res.LongWait++
	}
	if day.Shows == 0 {
		res.Nobody++
	}
	queue := 0
	for t, a := range arrive {
		queue = max(0, queue+a-session.Lanes)
		res.Queue[t] += float64(queue)
	}
}

func (res *SimulationResult) finish(days int) {
	if days == 0 {
		return
	}
	n := float64(days)
	if res.Shows > 0 {
		res.MeanWaitMinutes = res.waits / res.Shows
	}
	res.Utility = res.sum / n
	res.UtilityError = planSpread(res.sum, res.squares, n)
	for _, v := range []*float64{&res.Invited, &res.Shows, &res.IdleSlots, &res.Overtime, &res.LongWait, &res.Nobody} {
		*v /= n
	}
	res.Queue = slices.Clone(res.Queue)
	for t := range res.Queue {
		res.Queue[t] /= n
	}
}
