package hiring

import "slices"

// with returns the score when person j joins the slot of the edge; line is the linear part of all.
func (m *planPeople) with(e *planEdge, j int, line float64) planScore {
	v, s := e.value, e.safe
	for d, x := range m.day[j] {
		v += x * e.addValue[d] / float64(m.days)
		s += x * e.addSafe[d] / float64(m.days)
	}
	return planScore{v + line + m.linear(j), max(0, 1-s)}
}

// invited is the linear part of the plan at hand.
func (m *planPeople) invited() float64 {
	sum := 0.0
	for j, t := range m.slot {
		if t >= 0 {
			sum += m.linear(j)
		}
	}
	return sum
}

// better compares a changed plan (people moved from slot to slot, -1 for not invited) with the best.
func (m *planPeople) better(s planScore, counts []int, than planScore, thanCounts []int) bool {
	return m.within(s.risk) && planBetter(s.utility, counts, than.utility, thanCounts)
}

// promising is better without the counts: a quick no.
func (m *planPeople) promising(s, than planScore) bool {
	return s.utility >= than.utility-planTie && m.within(s.risk)
}

func (m *planPeople) moved(from, to int) []int {
	c := slices.Clone(m.counts)
	if from >= 0 {
		c[from]--
	}
	if to >= 0 {
		c[to]++
	}
	return c
}

// firsts returns people of whom no two have the same class and slot: the others are their equals.
func (m *planPeople) firsts(invited bool) []int {
	var out []int
	seen := map[[2]int]bool{}
	for j, t := range m.slot {
		key := [2]int{m.class[j], t}
		if (t >= 0) == invited && !m.fixed[j] && !seen[key] {
			seen[key] = true
			out = append(out, j)
		}
	}
	return out
}

// climb improves the plan at hand until no step does.
func (m *planPeople) climb() {
	for !m.work.over {
		if m.insertOrDrop() || m.move() || m.swap() {
			continue
		}
		return
	}
}

// insertOrDrop makes the best single insertion or drop, if one is an improvement.
func (m *planPeople) insertOrDrop() bool {
	best, bestCounts, who, to := m.score, m.counts, -1, -1
	line := m.invited()
	out, in := m.firsts(false), m.firsts(true)
	for t := range m.slots {
		g := m.measure(m.flows[t], m.rests[t+1], planLongest(m.arrive[t])+1)
		for _, j := range in {
			if m.slot[j] != t {
				continue
			}
			e := m.edge(g, m.without(j))
			s := planScore{e.value + line - m.linear(j), max(0, 1-e.safe)}
			if c := m.moved(t, -1); m.better(s, c, best, bestCounts) {
				best, bestCounts, who, to = s, c, j, -1
			}
		}
		if !m.open(t, -1) {
			continue
		}
		e := m.edge(g, m.arrive[t])
		for _, j := range out {
			s := m.with(&e, j, line)
			if !m.promising(s, best) {
				continue
			}
			if c := m.moved(-1, t); m.better(s, c, best, bestCounts) {
				best, bestCounts, who, to = s, c, j, t
			}
		}
		m.work.spend(m.stepCost() + m.days*(len(out)+20*len(in)/m.slots))
	}
	if who < 0 {
		return false
	}
	m.slot[who] = to
	m.refresh()
	return true
}

// move takes one person out and puts him, or one not invited, in the best slot; it makes every such
// step that is an improvement, once through the invited.
func (m *planPeople) move() bool {
	any := false
	for _, j := range m.firsts(true) {
		if m.work.over {
			break
		}
		if m.slot[j] >= 0 && m.moveOne(j) {
			any = true
		}
	}
	return any
}

func (m *planPeople) moveOne(j int) bool { return m.relocate(j, append(m.firsts(false), j)) }

// relocate takes j out and puts the best of the candidates in the best slot, if that is better.
func (m *planPeople) relocate(j int, candidates []int) bool {
	from := m.slot[j]
	less := slices.Clone(m.arrive)
	less[from] = m.without(j)
	// Before the slot the flows stay, after it the rests do.
	flows, rests := slices.Clone(m.flows), slices.Clone(m.rests)
	spareFlows, spareRests := m.spare()
	for t := from; t < m.slots; t++ {
		flows[t+1] = spareFlows[t+1]
		m.push(flows[t], less[t], flows[t+1])
	}
	for t := from; t >= 0; t-- {
		rests[t] = spareRests[t]
		rests[t].top = m.rests[t].top
		m.pull(rests[t+1], less[t], rests[t])
	}
	m.work.spend(2*m.slots*m.stepCost() + m.days*m.slots*len(candidates))
	line := m.invited() - m.linear(j)
	best, bestCounts, who, to := m.score, m.counts, -1, -1
	for t := range m.slots {
		if !m.open(t, from) {
			continue
		}
		e := m.edge(m.measure(flows[t], rests[t+1], planLongest(less[t])+1), less[t])
		for _, i := range candidates {
			s := m.with(&e, i, line)
			if !m.promising(s, best) {
				continue
			}
			if c := m.moved(from, t); m.better(s, c, best, bestCounts) {
				best, bestCounts, who, to = s, c, i, t
			}
		}
	}
	if who < 0 {
		return false
	}
	m.slot[j] = -1
	m.slot[who] = to
	m.refresh()
	return true
}
