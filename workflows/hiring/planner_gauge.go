package hiring

// planGauge is what a slot between a flow and a rest is worth by the number of its comers: per day
// point the utility from the day's beginning, and the probability of keeping the limit.
type planGauge struct {
	size        int
	value, safe []float64 // days x size; safe is empty without a limit
}

// planEdge is what a slot with certain arrivals is worth, and what one more comer would change.
type planEdge struct {
	value, safe       float64   // means over the day points
	addValue, addSafe []float64 // per day point
}

// planLongest is one more than the most comers on any day point.
func planLongest(a planArrivals) int {
	n := 0
	for _, pmf := range a {
		n = max(n, len(pmf))
	}
	return n
}

// measure fills the gauge of the slot between f and r for up to size-1 comers. The gauge is the one
// kept in m: it is good until the next call.
func (m *planPeople) measure(f *planFlow, r *planRest, size int) *planGauge {
	g := &m.gauge
	m.fill(g, f, r, size)
	return g
}

func (m *planPeople) fill(g *planGauge, f *planFlow, r *planRest, size int) {
	g.size = size
	if cap(g.value) < m.days*size {
		g.value = make([]float64, 2*m.days*size)
		g.safe = make([]float64, 2*m.days*size)
	}
	g.value, g.safe = g.value[:m.days*size], g.safe[:m.days*size]
	for d := range m.days {
		row := f.queue[d*m.width : d*m.width+f.top[d]]
		worth := m.worth(r, d, len(row)+size)
		for a := range size {
			g.value[d*size+a] = f.gains[d] + planDot(row, worth[a:a+len(row)])
		}
	}
	if m.bar < 0 {
		return
	}
	all := m.bar + 1
	for d := range m.days {
		live, safe := f.live[d*all:(d+1)*all], m.safety(r, d)
		for a := range size {
			g.safe[d*size+a] = 0
			if a < all {
				g.safe[d*size+a] = planDot(live[:all-a], safe[a:])
			}
		}
	}
}

// at returns utility and safety on a day point when a distribution of comers, shifted by some more,
// comes to the slot.
func (m *planPeople) at(g *planGauge, pmf []float64, d, shift int) (value, safe float64) {
	from, to := d*g.size+shift, d*g.size+shift+len(pmf)
	value, safe = planDot(pmf, g.value[from:to]), 1
	if m.bar >= 0 {
		safe = planDot(pmf, g.safe[from:to])
	}
	return value, safe
}

// edge evaluates the gauge's slot with arrivals a; the gauge must reach one comer further.
func (m *planPeople) edge(g *planGauge, a planArrivals) planEdge {
	add := make([]float64, 2*m.days)
	e := planEdge{addValue: add[:m.days], addSafe: add[m.days:]}
	for d := range m.days {
		v0, s0 := m.at(g, a[d], d, 0)
		v1, s1 := m.at(g, a[d], d, 1)
		e.value += v0 / float64(m.days)
		e.safe += s0 / float64(m.days)
		e.addValue[d], e.addSafe[d] = v1-v0, s1-s0
	}
	return e
}
