package hiring

import (
	"cmp"
	"math"
	"slices"
)

const (
	// planBoundSlots is the longest day whose plan under a limit is tried to be proven best.
	planBoundSlots = 12
	// planBoundWork is the most multiplications such a proof may cost: about half a second.
	planBoundWork = 500_000_000
)

// planPart is the plan of the first or the second half of a day, with the utility of the best whole
// plan without a limit that contains it.
type planPart struct {
	x     []int
	flow  *planFlow
	rest  *planRest
	total int
	bound float64
}

// planBound enumerates the halves that a plan better than best could be made of. Without the limit
// the best completion of a part is a multimodular problem again, solved exactly by climb, and concave
// in the next count, so that a scan may stop at the first count that falls below.
type planBound struct {
	free, limited *planEqual // the same space without and with the limit
	best          float64
	half          int
	parts         []planPart
	failed        bool
}

// bounded proves that x (of score s) is the best plan within the limit, or finds a better one, by
// branch and bound: all first halves and all second halves that may belong to a better plan, joined.
// It answers false when that is too much work, with the best plan met.
func (e *planEqual) bounded(limited *planEqual, x []int, s planScore) ([]int, bool) {
	total := planTotal(x)
	work := &planWork{left: min(planBoundWork, e.work.left), stop: e.work.stop}
	work.next = work.left
	most := min(e.most, total+total/2+8)
	free := *e
	free.fit(most)
	free.fixed, free.work, free.most = true, work, most
	lim := *limited
	lim.width, lim.fixed, lim.work = free.width, true, work
	lim.flows, lim.rests = nil, nil
	guess, _, proven := free.climb(x)
	if !proven {
		return x, false
	}
	front := &planBound{free: &free, limited: &lim, best: s.utility, half: (e.slots + 1) / 2}
	front.forward(lim.start(), nil, guess)
	back := &planBound{free: &free, limited: &lim, best: s.utility, half: front.half}
	switch {
	case front.failed:
	case e.slots == back.half: // a day of one slot has no second half
		back.parts = []planPart{{rest: lim.end(), bound: math.Inf(1)}}
	default:
		back.backward(lim.end(), nil, guess)
	}
	if front.failed || back.failed {
		return x, false
	}
	return lim.joinParts(front.parts, back.parts, x, s, most)
}

// complete returns the best way to fill the slots of a free part problem, and its utility.
func (b *planBound) complete(first *planFlow, last *planRest, guess []int, spent int) ([]int, float64, bool) {
	sub := *b.free
	sub.first, sub.last, sub.slots = first, last, len(guess)
	sub.most -= spent
	sub.flows, sub.rests = nil, nil
	if sub.slots == 0 {
		gain, _ := sub.join(sub.start(), sub.end())
		return nil, gain + sub.linear(spent), true
	}
	y, s, proven := sub.climb(guess)
	b.free.pmfs = sub.pmfs // shared, so that the next part finds them
	if !proven || planTotal(y) >= sub.most && b.free.most < PlanMaxInvited {
		b.failed = true
		return nil, 0, false
	}
	return y, s.utility + sub.linear(spent), true
}

// scan tries the counts of one slot around guess as long as try says that they may lead further.
func (b *planBound) scan(guess int, try func(n int) bool) {
	for n := guess; !b.failed && try(n); n++ {
	}
	for n := guess - 1; n >= 0 && !b.failed && try(n); n-- {
	}
}

func (b *planBound) forward(flow *planFlow, x, guess []int) {
	spent := planTotal(x)
	b.scan(guess[0], func(n int) bool {
		next := b.limited.newFlow()
		b.limited.push(flow, b.limited.arrivals(n), next)
		rest, bound, ok := b.complete(next, nil, guess[1:], spent+n)
		if !ok || bound < b.best-planTie {
			return false
		}
		alive := 0.0
		for _, p := range next.live {
			alive += p
		}
		if !b.limited.within(1 - alive/float64(b.free.days)) {
			return n < guess[0] // more people are no safer; fewer may be
		}
		y := append(slices.Clone(x), n)
		if len(y) == b.half {
			b.parts = append(b.parts, planPart{x: y, flow: next, total: spent + n, bound: bound})
			return true
		}
		b.forward(next, y, rest)
		return true
	})
}

func (b *planBound) backward(last *planRest, x, guess []int) {
	spent, end := planTotal(x), len(guess)-1
	b.scan(guess[end], func(n int) bool {
		prev := b.limited.newRest()
		b.limited.pull(last, b.limited.arrivals(n), prev)
		rest, bound, ok := b.complete(nil, prev, guess[:end], spent+n)
		if !ok || bound < b.best-planTie {
			return false
		}
		risk := 0.0 // starting with an empty room
		for d := range b.free.days {
			risk += (1 - prev.safe[d*(b.limited.bar+1)]) / float64(b.free.days)
		}
		if !b.limited.within(risk) {
			return n < guess[end]
		}
		y := append([]int{n}, x...)
		if len(rest) == b.half {
			b.parts = append(b.parts, planPart{x: y, rest: prev, total: spent + n, bound: bound})
			return true
		}
		b.backward(prev, y, rest)
		return true
	})
}

// joinParts looks at every pair of halves, the most promising first.
func (e *planEqual) joinParts(front, back []planPart, x []int, s planScore, most int) ([]int, bool) {
	byBound := func(a, b planPart) int { return cmp.Compare(b.bound, a.bound) }
	slices.SortStableFunc(front, byBound)
	slices.SortStableFunc(back, byBound)
	for _, a := range front {
		if a.bound < s.utility-planTie {
			break
		}
		for _, b := range back {
			if b.bound < s.utility-planTie || !e.work.spend(e.days*min(e.width, 20)) {
				break
			}
			line := e.linear(a.total + b.total)
			gain, risk := e.joinHalves(a.flow, b.rest, s.utility-planTie-line)
			gain += line
			if a.total+b.total > most || gain < s.utility-planTie || !e.within(risk) {
				continue
			}
			if y := slices.Concat(a.x, b.x); planBetter(gain, y, s.utility, x) {
				x, s = y, planScore{gain, risk}
			}
		}
	}
	return x, !e.work.over
}
