package hiring

// swap exchanges two invited people of different probability and slots where that is an improvement,
// once through all pairs. The state after the earlier slot is linear in whether its newcomer comes,
// so two flows per person of the earlier slot serve all people of the later ones.
func (m *planPeople) swap() bool {
	any := false
	for _, i := range m.firsts(true) {
		if m.work.over {
			break
		}
		if j := m.swapWith(i); j >= 0 {
			m.slot[i], m.slot[j] = m.slot[j], m.slot[i]
			m.refresh()
			any = true
		}
	}
	return any
}

// swapWith returns the person of a later slot with whom i best changes places, or -1.
func (m *planPeople) swapWith(i int) int {
	from := m.slot[i]
	if m.closed[from] {
		return -1
	}
	others := m.firsts(true)
	less := m.without(i)
	plus := make(planArrivals, m.days)
	for d, pmf := range less {
		plus[d] = append([]float64{0}, pmf...)
	}
	spares, _ := m.spare()
	stay, come, a, b := spares[0], m.newFlow(), m.newFlow(), m.newFlow()
	m.push(m.flows[from], less, stay)
	m.push(m.flows[from], plus, come)
	line := m.invited()
	best, with := m.score, -1
	var gaugeStay, gaugeCome planGauge
	for t := from + 1; t < m.slots; t++ {
		if !m.work.spend(4 * m.stepCost()) {
			break
		}
		if !m.closed[t] {
			size := planLongest(m.arrive[t]) + 1
			m.fill(&gaugeStay, stay, m.rests[t+1], size)
			m.fill(&gaugeCome, come, m.rests[t+1], size)
			for _, j := range others {
				if m.slot[j] != t || m.class[j] == m.class[i] {
					continue
				}
				s := m.swapped(i, j, &gaugeStay, &gaugeCome, line)
				if m.within(s.risk) && s.utility > best.utility+planTie {
					best, with = s, j
				}
			}
		}
		m.push(stay, m.arrive[t], a)
		m.push(come, m.arrive[t], b)
		stay, a = a, stay
		come, b = b, come
	}
	return with
}

// swapped is the score when j (of a later slot) takes i's place and i takes j's; the gauges are of
// j's slot, without and with a comer in i's place.
func (m *planPeople) swapped(i, j int, stay, come *planGauge, line float64) planScore {
	less := m.without(j)
	value, safe := 0.0, 0.0
	for d := range m.days {
		v00, s00 := m.at(stay, less[d], d, 0)
		v01, s01 := m.at(stay, less[d], d, 1)
		v10, s10 := m.at(come, less[d], d, 0)
		v11, s11 := m.at(come, less[d], d, 1)
		p, q := m.day[j][d], m.day[i][d] // j comes to the earlier slot, i to the later
		value += (1-p)*((1-q)*v00+q*v01) + p*((1-q)*v10+q*v11)
		safe += (1-p)*((1-q)*s00+q*s01) + p*((1-q)*s10+q*s11)
	}
	return planScore{value/float64(m.days) + line, max(0, 1-safe/float64(m.days))}
}
