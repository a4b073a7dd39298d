package hiring

import (
	"math"
	"slices"
)

const (
	// planAllPeople and planAllPlans bound the cases in which every assignment is tried.
	planAllPeople = 10
	planAllPlans  = 70_000
	// planCoarseDays are the day points of the first searches.
	planCoarseDays = 8
)

// planPeopleAnswer evaluates the assignment that r names, or finds the best one.
func planPeopleAnswer(r *PlanRequest, work *planWork) *PlanAnswer {
	p := make([]float64, len(r.Invitees))
	for j, v := range r.Invitees {
		p[j] = v.P
	}
	m := newPlanPeople(r, p, planDays, work)
	if r.Evaluate != nil {
		slot := make([]int, len(p))
		for j, v := range r.Invitees {
			t, ok := r.Evaluate.Assignment[v.ID]
			if !ok {
				t = -1
			}
			slot[j] = t
		}
		m.set(slot)
		return m.answer(r)
	}
	proven := m.find(r, p)
	m.tidy()
	ans := m.answer(r)
	ans.ProvenOptimal = proven
	return ans
}

// answer gives the exact figures of the plan at hand.
func (m *planPeople) answer(r *PlanRequest) *PlanAnswer {
	typical := make([]float64, m.days) // one more person of the mean probability
	mean := 0.0
	for j := range m.day {
		for d, x := range m.day[j] {
			typical[d] += x / float64(len(m.day))
		}
		mean += m.mean[j] / float64(len(m.day))
	}
	more := make([]planArrivals, m.slots)
	for t, a := range m.arrive {
		more[t] = make(planArrivals, m.days)
		for d, pmf := range a {
			more[t][d] = planComers(pmf, typical[d])
		}
	}
	ans := m.figures(r, m.arrive, more, mean, m.counts)
	for j, t := range m.slot {
		if t >= 0 && j < len(r.Invitees) {
			ans.Assignment[r.Invitees[j].ID] = t
		}
	}
	return ans
}

// find leaves the best plan found at hand and says whether it is proven best.
func (m *planPeople) find(r *PlanRequest, p []float64) bool {
	if len(p) == 0 {
		m.refresh()
		return true
	}
	if alike := slices.Max(m.class) == 0; alike {
		x, _, proven := planFindEqual(r, p[0], len(p), m.work)
		m.set(planDeal(x, m.order(1)))
		return proven
	}
	if len(p) <= planAllPeople && math.Pow(float64(m.slots+1), float64(len(p))) <= planAllPlans {
		return m.tryAll()
	}
	m.search(r, p)
	return false
}

// search climbs from several starts, on a coarse day first, and leaves the best at hand.
func (m *planPeople) search(r *PlanRequest, p []float64) {
	coarse := m
	if m.days > planCoarseDays {
		coarse = newPlanPeople(r, p, planCoarseDays, m.work)
	}
	mean := 0.0
	for _, v := range p {
		mean += v / float64(len(p))
	}
	x := planGuessEqual(r, mean, len(p), m.work)
	inOrder := make([]int, len(p))
	for j := range inOrder {
		inOrder[j] = j
	}
	nobody := slices.Repeat([]int{-1}, len(p))
	starts := [][]int{
		planDeal(x, m.order(1)), planDeal(x, inOrder), nobody,
		planDealRound(x, m.order(1)), planDeal(x, m.order(-1)),
		coarse.level(m.order(1)), coarse.level(inOrder),
	}
	m.set(nobody)
	best, bestSlot := m.score, slices.Clone(m.slot)
	keep := func() {
		if m.within(m.score.risk) && m.score.utility > best.utility+planTie {
			best, bestSlot = m.score, slices.Clone(m.slot)
		}
	}
	for _, slot := range starts { // as they are, should the time be over
		m.set(slot)
		keep()
	}
	for _, slot := range starts {
		coarse.set(slot)
		coarse.thin()
		coarse.climb()
		m.set(coarse.slot)
		m.thin()
		keep()
		if m.work.over {
			break
		}
	}
	m.set(bestSlot)
	m.climb()
}

// thin drops people until the limit is kept: from the slot and of the probability that count most.
// When the time is over, or there are very many, they go by the dozen.
func (m *planPeople) thin() {
	for m.invite > 0 && !m.within(m.score.risk) {
		if m.work.over || m.invite > planThinSteps {
			if !m.dropLast(1 + m.invite/12) {
				return
			}
			continue
		}
		who, most := -1, math.Inf(-1)
		for t := range m.slots {
			e := m.edge(m.measure(m.flows[t], m.rests[t+1], planLongest(m.arrive[t])+1), m.arrive[t])
			for j, at := range m.slot {
				if at != t || m.fixed[j] {
					continue
				}
				lost := 0.0
				for d, x := range m.day[j] {
					lost -= x * e.addSafe[d]
				}
				if lost > most {
					who, most = j, lost
				}
			}
		}
		if who < 0 {
			return
		}
		m.slot[who] = -1
		m.refresh()
	}
}

// dropLast takes the last n of the invited who are not fixed off the plan; false if there are none.
func (m *planPeople) dropLast(n int) bool {
	any := false
	for j := len(m.slot) - 1; j >= 0 && n > 0; j-- {
		if m.slot[j] >= 0 && !m.fixed[j] {
			m.slot[j] = -1
			n--
			any = true
		}
	}
	m.refresh()
	return any
}

// tidy gives people of one probability their slots in the order in which they are listed: the first
// listed are invited, and earlier.
func (m *planPeople) tidy() {
	slots := map[int][]int{}
	for j, t := range m.slot {
		if t >= 0 && !m.fixed[j] {
			slots[m.class[j]] = append(slots[m.class[j]], t)
		}
	}
	for _, list := range slots { // each list is sorted on its own: order does not matter
		slices.Sort(list)
	}
	for j, c := range m.class {
		if m.fixed[j] {
			continue
		}
		m.slot[j] = -1
		if list := slots[c]; len(list) > 0 {
			m.slot[j], slots[c] = list[0], list[1:]
		}
	}
	m.refresh()
}

// tryAll tries every assignment of a few people; false if the work ran out.
func (m *planPeople) tryAll() bool {
	n := len(m.slot)
	m.width = n + 2
	sets := make([]planArrivals, 1<<n) // arrivals of each set of people
	sets[0] = slices.Repeat(planArrivals{{1}}, m.days)
	line := make([]float64, 1<<n)
	for set := 1; set < len(sets); set++ {
		j := 0
		for set>>j&1 == 0 {
			j++
		}
		rest := set &^ (1 << j)
		line[set] = line[rest] + m.linear(j)
		sets[set] = make(planArrivals, m.days)
		for d := range m.days {
			sets[set][d] = planComers(sets[rest][d], m.day[j][d])
		}
	}
	best, bestCounts := planScore{utility: math.Inf(-1)}, make([]int, m.slots)
	bestSlot, slot := slices.Clone(m.slot), slices.Repeat([]int{-1}, n)
	counts := make([]int, m.slots)
	end := m.end()
	var fill func(t, free int, f *planFlow, sum float64)
	fill = func(t, free int, f *planFlow, sum float64) {
		if t == m.slots {
			gain, risk := m.join(f, end)
			if s := (planScore{gain + sum, risk}); m.better(s, counts, best, bestCounts) {
				best, bestCounts, bestSlot = s, slices.Clone(counts), slices.Clone(slot)
			}
			return
		}
		next := m.newFlow()
		for set := free; ; set = (set - 1) & free {
			if !m.work.spend(m.days * 2 * n) {
				return
			}
			m.push(f, sets[set], next)
			counts[t] = 0
			for j := range n {
				if set>>j&1 == 1 {
					slot[j] = t
					counts[t]++
				}
			}
			fill(t+1, free&^set, next, sum+line[set])
			for j := range n {
				if set>>j&1 == 1 {
					slot[j] = -1
				}
			}
			if set == 0 {
				break
			}
		}
	}
	fill(0, 1<<n-1, m.start(), 0)
	m.width = 0 // refresh makes its own ways
	m.set(bestSlot)
	return !m.work.over
}
