package hiring

import (
	"cmp"
	"slices"
)

// planPeople holds a plan in which everybody has his own show probability. The utility is linear in
// each person's probability, but not multimodular in anything, so the search is local: insert, drop,
// move, replace and swap, each evaluated exactly from the flows and rests of the plan at hand.
type planPeople struct {
	planSpace
	day    [][]float64 // [person][day point]
	mean   []float64   // [person]
	class  []int       // people of one class have the same probability
	slot   []int       // [person], -1: not invited
	fixed  []bool      // [person] may not be dropped or moved
	closed []bool      // [slot] takes no new invitation
	seats  []int       // [slot] nobody is put where so many are; nil: no bound
	invite int
	counts []int
	work   *planWork

	// Kept by refresh for the plan at hand.
	kept   []int          // the assignment that the rest belongs to
	arrive []planArrivals // [slot]
	less   []planArrivals // [person] his slot's arrivals without him, made when asked
	flows  []*planFlow
	rests  []*planRest
	score  planScore

	vainAt []int        // the assignment in which it was vain
	vain   map[int]bool // to relocate these people

	wayFlows []*planFlow // reused by relocate and swap
	wayRests []*planRest
	gauge    planGauge
}

func newPlanPeople(r *PlanRequest, p []float64, days int, work *planWork) *planPeople {
	m := &planPeople{work: work}
	m.slots, m.lanes, m.weights = r.Slots, r.Lanes, r.weights()
	m.bar, m.alpha = r.limit()
	m.days = 1
	if r.DayEffect > 0 {
		m.days = days
	}
	known := map[float64]int{}
	for _, v := range p {
		at, ok := known[v]
		if !ok {
			at = len(m.day)
			known[v] = at
			m.day = append(m.day, planDayPoints(v, r.DayEffect, days))
			continue
		}
		m.day = append(m.day, m.day[at])
	}
	for i := range p {
		sum := 0.0
		for _, x := range m.day[i] {
			sum += x
		}
		m.mean = append(m.mean, sum/float64(m.days))
		m.class = append(m.class, known[p[i]])
	}
	m.slot = slices.Repeat([]int{-1}, len(p))
	m.fixed = make([]bool, len(p))
	m.closed = make([]bool, r.Slots)
	return m
}

// open reports whether a slot takes somebody more once the person leaving (a slot, -1: nobody) has gone.
func (m *planPeople) open(t, leaving int) bool {
	if m.closed[t] || m.seats == nil {
		return !m.closed[t]
	}
	n := m.counts[t]
	if t == leaving {
		n--
	}
	return n < m.seats[t]
}

// set takes over an assignment and refreshes everything kept for it.
func (m *planPeople) set(slot []int) {
	copy(m.slot, slot)
	m.refresh()
}

// refresh recomputes what is kept for the plan at hand, as far as it changed.
func (m *planPeople) refresh() {
	m.invite = 0
	m.counts = make([]int, m.slots)
	high := make([]float64, m.days)
	extra := 0.0
	for j, t := range m.slot {
		for d, x := range m.day[j] {
			if t >= 0 {
				high[d] += x
			}
			extra = max(extra, x)
		}
		if t >= 0 {
			m.invite++
			m.counts[t]++
		}
	}
	// Two more than at hand is the most that a step looks at; steps of 16 keep the width mostly as it is.
	width := (planWidth(slices.Max(high)+2*extra, m.invite+2) + 15) &^ 15
	from, to := m.changed()
	if width != m.width {
		m.width = width
		m.wayFlows, m.wayRests = nil, nil
		m.flows, m.rests = m.emptyWays()
		m.flows[0], m.rests[m.slots] = m.start(), m.end()
		from, to = 0, m.slots-1
	}
	for t := from; t < m.slots; t++ {
		m.push(m.flows[t], m.arrive[t], m.flows[t+1])
	}
	for t := m.slots - 1; t > to; t-- { // rests that no longer reach as far as the queue does are remade too
		if m.rests[t].top < m.reach(m.flows[t], 2) {
			to = t
		}
	}
	for t := to; t >= 0; t-- {
		m.rests[t].top = m.reach(m.flows[t], planReachAhead)
		m.pull(m.rests[t+1], m.arrive[t], m.rests[t])
	}
	gain, risk := m.join(m.flows[m.slots], m.rests[m.slots])
	m.score = planScore{gain + m.invited(), risk}
	m.work.spend((m.slots - from + to + 1) * m.stepCost())
}

// changed remakes the arrivals of the slots whose people changed and returns the first and the last
// of them.
func (m *planPeople) changed() (from, to int) {
	dirty := make([]bool, m.slots)
	if m.kept == nil {
		m.kept = slices.Repeat([]int{-1}, len(m.slot))
		m.less = make([]planArrivals, len(m.slot))
		m.arrive = make([]planArrivals, m.slots)
		for t := range dirty {
			dirty[t] = true
		}
	}
	for j, t := range m.slot {
		if was := m.kept[j]; was != t {
			if was >= 0 {
				dirty[was] = true
			}
			if t >= 0 {
				dirty[t] = true
			}
		}
	}
	for j, t := range m.slot {
		if t < 0 || dirty[t] {
			m.less[j] = nil
		}
	}
	copy(m.kept, m.slot)
	from, to = m.slots, -1
	for t, d := range dirty {
		if d {
			m.arrive[t] = m.arrivals(t, -1)
			from, to = min(from, t), t
		}
	}
	return from, to
}

func (m *planPeople) emptyWays() ([]*planFlow, []*planRest) {
	flows, rests := make([]*planFlow, m.slots+1), make([]*planRest, m.slots+1)
	for t := range flows {
		flows[t], rests[t] = m.newFlow(), m.newRest()
	}
	return flows, rests
}

// spare returns ways that relocate and swap may overwrite.
func (m *planPeople) spare() ([]*planFlow, []*planRest) {
	if m.wayFlows == nil {
		m.wayFlows, m.wayRests = m.emptyWays()
	}
	return m.wayFlows, m.wayRests
}

// stepCost estimates the multiplications of one push, pull or gauge.
func (m *planPeople) stepCost() int {
	return 2 * m.days * min(m.width, 40) * (5 + m.invite/m.slots)
}

// linear is what inviting a person is worth whatever the queue does.
func (m *planPeople) linear(j int) float64 {
	return m.weights.Interviewed*m.mean[j] - m.weights.Invitation
}

// arrivals are those of a slot without one person (-1: with everybody).
func (m *planPeople) arrivals(t, without int) planArrivals {
	out := make(planArrivals, m.days)
	for d := range out {
		pmf := []float64{1}
		for j, at := range m.slot {
			if at == t && j != without {
				pmf = planComers(pmf, m.day[j][d])
			}
		}
		out[d] = pmf
	}
	return out
}

// without are the arrivals of an invited person's slot without him.
func (m *planPeople) without(j int) planArrivals {
	if m.less[j] == nil {
		m.less[j] = m.arrivals(m.slot[j], j)
	}
	return m.less[j]
}

// order returns people's numbers sorted by probability, likeliest first (dir 1) or last (-1).
func (m *planPeople) order(dir int) []int {
	out := make([]int, len(m.mean))
	for j := range out {
		out[j] = j
	}
	slices.SortStableFunc(out, func(a, b int) int { return dir * cmp.Compare(m.mean[b], m.mean[a]) })
	return out
}
