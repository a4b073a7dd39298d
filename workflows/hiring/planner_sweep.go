package hiring

import (
	"math"
	"slices"
	"sort"
)

// planNearSlots is how many slots on a sweep seeks the other end of a move before it seeks it all day.
const planNearSlots = 3

// level returns the best plan that puts the same number in every slot and keeps the limit; nobody at all
// is one. The utility is concave in that number (a multimodular function is convex along every line of
// whole plans) and the risk rises with it, so that doubling and bisection find it in a dozen evaluations.
func (e *planEqual) level() []int {
	worth := func(n int) float64 {
		if n*e.slots > e.most {
			return math.Inf(-1)
		}
		e.fit(n * e.slots)
		s := e.score(slices.Repeat([]int{n}, e.slots))
		if !e.allowed(s.risk) {
			return math.Inf(-1)
		}
		return s.utility
	}
	return slices.Repeat([]int{planPeak(worth)}, e.slots)
}

// planPeak returns where a concave function of 0, 1, 2... is highest, the first such place; it ends at
// minus infinity.
func planPeak(worth func(n int) float64) int {
	falls := func(n int) bool { return worth(n+1) <= worth(n)+planTie }
	low, high := 0, 1
	for !falls(high) {
		low, high = high+1, 2*high+1
	}
	return low + sort.Search(high-low, func(i int) bool { return falls(low + i) })
}

// stroll climbs from x, which it changes, by one invitation more, fewer, or moved, until no such step is
// better. It takes great strides first: one at a time from afar would spend all the work on the way.
func (e *planEqual) stroll(x []int, now planScore) planScore {
	stride := 1
	for len(x) > 0 && 8*stride <= slices.Max(x) {
		stride *= 2
	}
	for !e.work.over {
		var better bool
		if now, better = e.sweep(x, now, stride, planNearSlots); better {
			continue
		}
		if stride > 1 {
			stride /= 2
			continue
		}
		if now, better = e.sweep(x, now, 1, e.slots); !better {
			break
		}
	}
	return now
}

// sweep goes through the slots of x once and makes at each the best improvement by a stride: so many
// invitations more or fewer there, or moved between it and one of the near slots after it.
func (e *planEqual) sweep(x []int, now planScore, stride, near int) (planScore, bool) {
	total, found := planTotal(x), false
	e.fit(min(total+stride*e.slots, e.most))
	slots := e.allArrivals(x)
	flows, rests := e.ways(slots, planReachAhead+2*stride)
	f, g := e.newFlow(), e.newFlow()
	for s := range x {
		last := min(s+near, e.slots-1)
		if !e.work.spend((3 + 4*(last-s)) * e.stepCost(x)) {
			break
		}
		best, bestX, to := now, x, -1
		consider := func(flow *planFlow, d, u int) {
			if slices.Max(flow.top) > rests[u+1].top {
				return // longer queues than the rest was worked out for: the next sweep's is
			}
			sum := total
			if u == s {
				sum += d
			}
			gain, risk := e.join(flow, rests[u+1])
			gain = e.priced(gain+e.linear(sum), risk)
			if sum > e.most || gain < best.utility-planTie || !e.allowed(risk) {
				return
			}
			y := slices.Clone(x)
			y[s] += d
			if u > s {
				y[u] -= d
			}
			if planBetter(gain, y, best.utility, bestX) {
				best, bestX, to = planScore{gain, risk}, y, u
			}
		}
		for _, d := range [2]int{stride, -stride} {
			if x[s]+d < 0 {
				continue
			}
			e.push(flows[s], e.arrivals(x[s]+d), f)
			consider(f, d, s)
			for u := s + 1; u <= last; u++ {
				if x[u]-d >= 0 {
					e.push(f, e.arrivals(x[u]-d), g)
					consider(g, d, u)
				}
				e.push(f, slots[u], g)
				f, g = g, f
			}
		}
		if to >= 0 {
			now, found = best, true
			total = planTotal(bestX)
			copy(x, bestX)
			slots[s], slots[to] = e.arrivals(x[s]), e.arrivals(x[to])
			for u := to; u > s; u-- {
				e.pull(rests[u+1], slots[u], rests[u])
			}
		}
		e.push(flows[s], slots[s], flows[s+1])
	}
	return now, found
}

// windows looks around x through a few slots in a row at a time, at the subset neighbourhood of each such window,
// where the whole day's is too large. It says whether any held an improvement.
func (e *planEqual) windows(x []int, now planScore) (planScore, bool) {
	total, found := planTotal(x), false
	e.fit(total + e.slots)
	sub := *e
	sub.slots, sub.fixed, sub.flows, sub.rests = min(e.slots, planSubsetFirst), true, nil, nil
	for from := 0; !e.work.over; from = min(from+sub.slots/2, e.slots-sub.slots) {
		e.work.spend(3 * e.slots * e.stepCost(x))
		flows, rests := e.ways(e.allArrivals(x), planReachAhead+sub.slots)
		part := x[from : from+sub.slots]
		rest := total - planTotal(part)
		sub.first, sub.last, sub.most = flows[from], rests[from+sub.slots], e.most-rest
		inside := planScore{now.utility - e.linear(rest), now.risk}
		if y, _, better := sub.subsets(part, inside); better {
			whole := slices.Concat(x[:from], y, x[from+sub.slots:])
			if s := e.score(whole); e.allowed(s.risk) && planBetter(s.utility, whole, now.utility, x) {
				copy(x, whole)
				total, now, found = planTotal(x), s, true
			}
		}
		if from == e.slots-sub.slots {
			break
		}
	}
	e.pmfs = sub.pmfs
	return now, found
}
