package hiring

import "slices"

// withinLimit searches under a wait or room limit, from x, the best plan without one. The limit
// breaks multimodularity, so the search starts from several places: x thinned out, and the best plans
// when risk has a price, the price found by bisection (Lagrange's way to a limit).
func (e *planEqual) withinLimit(r *PlanRequest, p float64, x []int) ([]int, planScore) {
	priced := newPlanEqual(r, p, planCoarseDays, e.most, e.work)
	priced.quick = true
	e.quick = true // the proof's neighbourhood is for the end
	best, score, _ := e.climb(e.thin(x))
	at := x
	low, high := 0.0, 64*(e.weights.Interviewed+e.weights.Idle+e.weights.Waiting+e.weights.Overtime)
	for range 9 {
		if e.work.over {
			break
		}
		priced.price = (low + high) / 2
		if low == 0 {
			priced.price = high / 16 // the price is small more often than great
		}
		at, _, _ = priced.climb(at)
		e.fit(planTotal(at) + 1)
		if e.within(e.score(at).risk) {
			high = priced.price
		} else {
			low = priced.price
		}
		y, s, _ := e.climb(e.thin(at))
		if planBetter(s.utility, y, score.utility, best) {
			best, score = y, s
		}
	}
	e.quick = false
	best, score, _ = e.climb(best)
	return best, score
}

// planThinSteps is up to how many invitations are thinned one by one.
const planThinSteps = 150

// thin takes invitations away until the limit is kept: all slots alike while there are many, then each
// time the one that lowers the risk most for the utility it costs. Nobody invited keeps every limit.
func (e *planEqual) thin(x []int) []int {
	x = slices.Clone(x)
	e.fit(planTotal(x) + 1)
	now := e.score(x)
	if planTotal(x) > planThinSteps || e.work.over {
		return e.scale(x)
	}
	for planTotal(x) > 0 && !e.within(now.risk) {
		at, rate, after := -1, 0.0, now
		for t := range x {
			if x[t] == 0 {
				continue
			}
			x[t]--
			s := e.score(x)
			x[t]++
			if gain := (now.risk - s.risk) / (max(now.utility-s.utility, 0) + 1e-6); at < 0 || gain > rate {
				at, rate, after = t, gain, s
			}
		}
		if !e.work.spend(2 * e.slots * e.slots * e.stepCost(x)) {
			return e.scale(x)
		}
		x[at]--
		now = after
	}
	return x
}

// scale returns the largest share of x, slot by slot, that keeps the limit, in a dozen evaluations.
func (e *planEqual) scale(x []int) []int {
	share := func(parts int) []int {
		y := make([]int, len(x))
		for t, n := range x {
			y[t] = n * parts / 1024
		}
		return y
	}
	low, high := 0, 1025
	for high-low > 1 {
		middle := (low + high) / 2
		if e.within(e.score(share(middle)).risk) {
			low = middle
		} else {
			high = middle
		}
	}
	return share(low)
}
