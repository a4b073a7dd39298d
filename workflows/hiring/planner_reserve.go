package hiring

import (
	"slices"
)

// topUp invites from the people numbered from first on, at most so many, in order unless any. When
// no more helps, the newcomers are moved to where they do best among themselves, and it tries again.
func (m *planPeople) topUp(first, most int, anyOrder bool) {
	for range 4 {
		added := m.insertAll(first, most, anyOrder, true)
		moved := m.settle(first, 4)
		if m.work.over || !(added && moved) {
			break
		}
	}
	if n := m.newcomers(first); n >= 2 && n <= replanReseated {
		m.reseat(first)
	}
}

// reseat gives the newcomers their slots anew, the likeliest first, and keeps that if it is better.
func (m *planPeople) reseat(first int) {
	best, bestSlot, bestCounts := m.score, slices.Clone(m.slot), m.counts
	for j := first; j < len(m.slot); j++ {
		m.slot[j] = -1
	}
	m.refresh()
	for _, j := range m.order(1) {
		if j < first || bestSlot[j] < 0 || m.work.over {
			continue
		}
		_, to, _ := m.bestSlot([]int{j})
		if to < 0 {
			break
		}
		m.slot[j] = to
		m.refresh()
	}
	m.rearrange(first)
	if !m.within(m.score.risk) || !planBetter(m.score.utility, m.counts, best.utility, bestCounts) {
		m.set(bestSlot)
	}
}

// settle moves the newcomers to where they do best among themselves, in at most so many rounds.
func (m *planPeople) settle(first, rounds int) bool {
	moved := false
	for range rounds {
		if m.work.over || !(m.rearrange(first) || m.swap()) {
			break
		}
		moved = true
	}
	return moved
}

// newcomers counts the people from first on who are invited.
func (m *planPeople) newcomers(first int) int {
	n := 0
	for _, t := range m.slot[first:] {
		if t >= 0 {
			n++
		}
	}
	return n
}

// insertAll inserts one after the other and keeps the best state met.
func (m *planPeople) insertAll(first, most int, anyOrder, settle bool) bool {
	ahead := replanLookahead
	if !settle {
		ahead = 0 // tried on the coarse day
	}
	best, bestSlot, bestCounts := m.score, slices.Clone(m.slot), m.counts
	most -= m.newcomers(first)
	any := false
	for vain := 0; most > 0 && vain <= ahead && !m.work.over; most-- {
		who, to, _ := m.bestInsertion(first, anyOrder)
		if who < 0 {
			break
		}
		m.slot[who] = to
		m.refresh()
		if settle && m.newcomers(first) <= replanRearranged {
			m.rearrange(first)
		}
		vain++
		if planBetter(m.score.utility, m.counts, best.utility, bestCounts) {
			best, bestSlot, bestCounts, vain = m.score, slices.Clone(m.slot), m.counts, 0
			any = true
		}
	}
	m.set(bestSlot)
	return any
}

// bestInsertion returns the insertion that leaves the highest utility within the limit, even if that
// is lower than now; -1 if none keeps the limit.
func (m *planPeople) bestInsertion(first int, anyOrder bool) (who, to int, best planScore) {
	var out []int
	for j := first; j < len(m.slot); j++ {
		if m.slot[j] < 0 {
			out = append(out, j)
			if !anyOrder {
				break
			}
		}
	}
	return m.bestSlot(out)
}

// bestSlot returns which of the people to insert where for the highest utility within the limit; -1 if
// nobody can be inserted.
func (m *planPeople) bestSlot(out []int) (who, to int, best planScore) {
	who, to = -1, -1
	line := m.invited()
	for t := range m.slots {
		if !m.open(t, -1) {
			continue
		}
		e := m.edge(m.measure(m.flows[t], m.rests[t+1], planLongest(m.arrive[t])+1), m.arrive[t])
		for _, j := range out {
			if s := m.with(&e, j, line); m.within(s.risk) && (who < 0 || s.utility > best.utility+planTie) {
				who, to, best = j, t, s
			}
		}
		m.work.spend(m.stepCost() + m.days*len(out))
	}
	return who, to, best
}

// rearrange moves newcomers to better slots, not replacing them by others.
func (m *planPeople) rearrange(first int) bool {
	any := false
	for j := first; j < len(m.slot); j++ {
		if !slices.Equal(m.vainAt, m.slot) {
			m.vainAt, m.vain = append(m.vainAt[:0], m.slot...), map[int]bool{}
		}
		if m.slot[j] < 0 || m.vain[j] || m.work.over {
			continue
		}
		if m.relocate(j, []int{j}) {
			any = true
		} else {
			m.vain[j] = true
		}
	}
	return any
}
