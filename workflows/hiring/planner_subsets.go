package hiring

import "slices"

const (
	// Up to so many slots the subset neighbourhood is cheaper than trying all pairs.
	planSubsetFirst = 10
	// planSubsetWork is the most multiplications one subset neighbourhood may cost.
	planSubsetWork = 600_000_000
)

// subsetsAffordable says whether the neighbourhood of 2^(slots+1) plans is worth its work.
func (e *planEqual) subsetsAffordable(x []int) bool {
	if e.slots > 24 {
		return false
	}
	joins := 1 << (e.slots + 1)
	cost := joins * e.days * min(e.width, 40)
	return cost <= planSubsetWork && int64(cost) <= e.work.left
}

// planHalf is one half of the neighbours of a plan: a choice of the vectors -e1, e1-e2, ..., eT. Bit
// t of the mask says whether vector t is in the sum; slot t (from 1) changes by bit t less bit t-1.
type planHalf struct {
	mask uint64
	flow *planFlow
	rest *planRest
}

// subsets returns the best plan x + sum of a subset of {-e1, e1-e2, ..., eT}, if it is better than
// x. For a multimodular function no better neighbour proves the optimum (Altman, Gaujal & Hordijk
// 2000; Koole & van der Sluis 2003). The first and the second half of the day are evaluated apart,
// 2^(T/2) each, and joined by scalar products, which makes the whole neighbourhood cheap.
func (e *planEqual) subsets(x []int, now planScore) ([]int, planScore, bool) {
	t, total := e.slots, planTotal(x)
	e.fit(total + 2)
	half := t / 2
	left, right := e.leftHalves(x, half), e.rightHalves(x, half)
	best, bestScore, found := slices.Clone(x), now, false
	top := uint64(1) << half
	y := make([]int, t)
	for _, a := range left {
		if !e.work.spend(len(right) * e.days * min(e.width, 20)) {
			break
		}
		for _, b := range right {
			if a.mask&top != b.mask&top {
				continue
			}
			mask := a.mask | b.mask
			sum := total + int(mask>>t&1) - int(mask&1)
			if sum > e.most {
				continue
			}
			gain, risk := e.joinHalves(a.flow, b.rest, bestScore.utility-planTie-e.linear(sum))
			gain = e.priced(gain+e.linear(sum), risk)
			if gain < bestScore.utility-planTie || !e.allowed(risk) {
				continue
			}
			for i := range t {
				y[i] = x[i] + int(mask>>(i+1)&1) - int(mask>>i&1)
			}
			if planBetter(gain, y, bestScore.utility, best) {
				best, bestScore, found = slices.Clone(y), planScore{gain, risk}, true
			}
		}
	}
	return best, bestScore, found
}

// joinHalves is join, but asks for the risk only when the gain reaches want.
func (e *planEqual) joinHalves(f *planFlow, r *planRest, want float64) (gain, risk float64) {
	bar := e.bar
	e.bar = -1
	gain, _ = e.join(f, r)
	e.bar = bar
	if bar >= 0 && gain >= want {
		risk = max(0, 1-planDot(f.live, r.safe)/float64(e.days))
	}
	return gain, risk
}

func (e *planEqual) leftHalves(x []int, half int) []planHalf {
	level := []planHalf{{mask: 0, flow: e.start()}, {mask: 1}}
	level[1].flow = level[0].flow
	used := 0
	for t := range half {
		var next []planHalf
		for _, h := range level {
			for bit := range uint64(2) {
				n := x[t] + int(bit) - int(h.mask>>t&1)
				if n < 0 {
					continue
				}
				to := e.flow(used)
				used++
				e.push(h.flow, e.arrivals(n), to)
				next = append(next, planHalf{mask: h.mask | bit<<(t+1), flow: to})
			}
		}
		e.work.spend(len(next) * e.stepCost(x))
		level = next
	}
	return level
}

func (e *planEqual) rightHalves(x []int, half int) []planHalf {
	last := e.slots
	end := e.end()
	level := []planHalf{{mask: 0, rest: end}, {mask: 1 << last, rest: end}}
	used := 0
	reach := e.reach(x)
	for t := last - 1; t >= half; t-- {
		var next []planHalf
		for _, h := range level {
			for bit := range uint64(2) {
				n := x[t] + int(h.mask>>(t+1)&1) - int(bit)
				if n < 0 {
					continue
				}
				to := e.rest(used)
				to.top = reach[t]
				used++
				e.pull(h.rest, e.arrivals(n), to)
				next = append(next, planHalf{mask: h.mask | bit<<t, rest: to})
			}
		}
		e.work.spend(len(next) * 2 * e.stepCost(x))
		level = next
	}
	return level
}

// reach returns how many queues are possible before each slot, in any neighbour of x: no neighbour
// has more than one more in any slot.
func (e *planEqual) reach(x []int) []int {
	out := make([]int, e.slots)
	now := e.start()
	for t, n := range x {
		out[t] = min(slices.Max(now.top)+2, e.width)
		next := e.newFlow()
		e.push(now, e.arrivals(n+1), next)
		now = next
	}
	return out
}
