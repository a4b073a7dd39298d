package hiring

import (
	"math"
	"slices"
)

const (
	// Up to so many slots the subset neighbourhood is cheaper than sweeps; longer windows are not looked through.
	planSubsetFirst = 10
	// planSubsetWork is the most multiplications one subset neighbourhood may cost.
	planSubsetWork = 600_000_000
	// planFaint is a probability too small to tell two plans apart by.
	planFaint = 1e-17
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
	var byBit [2][]planHalf // the right halves by the bit that both halves share
	for _, b := range right {
		bit := b.mask >> half & 1
		byBit[bit] = append(byBit[bit], b)
	}
	y := make([]int, t)
	var gains []float64
	for _, a := range left {
		if !e.work.spend(len(right) / 2 * e.days * min(e.width, 20)) {
			break
		}
		gains = e.joinAll(a.flow, byBit[a.mask>>half&1], gains)
		for i, b := range byBit[a.mask>>half&1] {
			mask := a.mask | b.mask
			sum := total + int(mask>>t&1) - int(mask&1)
			gain := gains[i] + e.linear(sum)
			if sum > e.most || gain < bestScore.utility-planTie {
				continue
			}
			_, risk := e.joinHalves(a.flow, b.rest, math.Inf(-1))
			gain = e.priced(gain, risk)
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

// joinAll returns the gains of a flow joined with each of the rests. Four rests at a time share the
// loads of the flow, which is what the time goes into; where the flow has less than planFaint left
// nothing is lost, the figures being compared to planTie.
func (e *planEqual) joinAll(f *planFlow, rests []planHalf, gains []float64) []float64 {
	gains = append(gains[:0], make([]float64, len(rests))...)
	for d := range e.days {
		row := f.queue[d*e.width : d*e.width+f.top[d]]
		tail := 0.0
		for len(row) > 1 && tail+row[len(row)-1] < planFaint {
			tail += row[len(row)-1]
			row = row[:len(row)-1]
		}
		at, n := d*e.width, len(row)
		i := 0
		for ; i+4 <= len(rests); i += 4 {
			v0, v1 := rests[i].rest.value[at:at+n], rests[i+1].rest.value[at:at+n]
			v2, v3 := rests[i+2].rest.value[at:at+n], rests[i+3].rest.value[at:at+n]
			v0, v1, v2, v3 = v0[:len(row)], v1[:len(row)], v2[:len(row)], v3[:len(row)]
			s0, s1, s2, s3 := 0.0, 0.0, 0.0, 0.0
			for q, x := range row {
				s0 += x * v0[q]
				s1 += x * v1[q]
				s2 += x * v2[q]
				s3 += x * v3[q]
			}
			gains[i] += s0
			gains[i+1] += s1
			gains[i+2] += s2
			gains[i+3] += s3
		}
		for ; i < len(rests); i++ {
			gains[i] += planDot(row, rests[i].rest.value[at:at+n])
		}
	}
	for i := range gains {
		gains[i] = f.gain + gains[i]/float64(e.days)
	}
	return gains
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
