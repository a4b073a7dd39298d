package hiring

import (
	"math"
	"slices"
)

// level returns the plan that puts the same number of people, in an order, in every slot, the number for which
// that is worth most. Unlike planEqual's it need not be the best where people differ much: it is a start.
func (m *planPeople) level(order []int) []int {
	deal := func(n int) []int { return planDeal(slices.Repeat([]int{n}, m.slots), order) }
	return deal(planPeak(func(n int) float64 {
		if n*m.slots > len(order) {
			return math.Inf(-1)
		}
		if m.set(deal(n)); !m.within(m.score.risk) {
			return math.Inf(-1)
		}
		return m.score.utility
	}))
}

// planDeal fills the slots' counts with people in an order.
func planDeal(x, order []int) []int {
	slot := slices.Repeat([]int{-1}, len(order))
	next := 0
	for t, n := range x {
		for ; n > 0 && next < len(order); n-- {
			slot[order[next]] = t
			next++
		}
	}
	return slot
}

// planDealRound fills the slots' counts one person at a time, so that each gets some of every kind.
func planDealRound(x, order []int) []int {
	slot := slices.Repeat([]int{-1}, len(order))
	left := slices.Clone(x)
	for next := 0; next < len(order); {
		dealt := false
		for t := range left {
			if left[t] > 0 && next < len(order) {
				slot[order[next]] = t
				left[t]--
				next++
				dealt = true
			}
		}
		if !dealt {
			break
		}
	}
	return slot
}
