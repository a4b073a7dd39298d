package hiring

import "slices"

// planTie is the difference of utility below which two plans are as good as each other: above the
// rounding of the sums, below anything a person could mean.
const planTie = 1e-11

// planWork bounds a search. The package reads no clock: a caller who has a deadline passes stop,
// which is asked about once a millisecond; left counts multiplications, so that without a stop the
// answer is the same on every machine and still comes in seconds.
type planWork struct {
	left int64
	next int64
	stop func() bool
	over bool
}

// planWorkLimit is about three seconds on one core, at two nanoseconds for a multiplication and its surroundings.
const planWorkLimit = 1_500_000_000

// spend notes n multiplications and says whether the search may go on.
func (w *planWork) spend(n int) bool {
	w.left -= int64(n)
	if w.left <= 0 {
		w.over = true
	}
	if !w.over && w.stop != nil && w.left < w.next {
		w.next = w.left - 1_000_000
		w.over = w.stop()
	}
	return !w.over
}

func newPlanWork(stop func() bool) *planWork {
	return &planWork{left: planWorkLimit, next: planWorkLimit, stop: stop}
}

// planEqual searches plans in which everybody has the same show probability, so that a plan is its
// counts per slot. Without a limit the utility is multimodular in the counts (Zacharias & Pinedo;
// a mixture over days and a sum bound keep that).
type planEqual struct {
	planSpace
	points []float64   // show probability on each day point
	mean   float64     // of points
	most   int         // invitations allowed in all
	pmfs   [][]float64 // [count*days+day], filled as needed
	work   *planWork
	flows  []*planFlow // reused
	rests  []*planRest
	price  float64 // of risk, instead of the limit: the search under a limit looks around with it
	quick  bool    // leave out the subset neighbourhood when sweeps are the cheaper way
	fixed  bool    // the width is given
}

// planScore is what plans are compared by.
type planScore struct{ utility, risk float64 }

func newPlanEqual(r *PlanRequest, p float64, days, most int, work *planWork) *planEqual {
	e := &planEqual{points: planDayPoints(p, r.DayEffect, days), most: most, work: work}
	e.slots, e.lanes, e.days = r.Slots, r.Lanes, len(e.points)
	e.bar, e.alpha = r.limit()
	e.weights = r.weights()
	for _, x := range e.points {
		e.mean += x / float64(e.days)
	}
	return e
}

// fit makes room for plans of up to total invitations.
func (e *planEqual) fit(total int) {
	if e.fixed {
		return
	}
	high := slices.Max(e.points)
	width := planWidth(high*float64(total), total)
	if width != e.width {
		e.width = width
		e.flows, e.rests = nil, nil
	}
}

func (e *planEqual) flow(i int) *planFlow {
	for len(e.flows) <= i {
		e.flows = append(e.flows, e.newFlow())
	}
	return e.flows[i]
}

func (e *planEqual) rest(i int) *planRest {
	for len(e.rests) <= i {
		e.rests = append(e.rests, e.newRest())
	}
	return e.rests[i]
}

// arrivals returns the arrivals of a slot with n invitations.
func (e *planEqual) arrivals(n int) planArrivals {
	if len(e.pmfs) == 0 {
		for range e.days {
			e.pmfs = append(e.pmfs, []float64{1})
		}
	}
	for len(e.pmfs) < (n+1)*e.days {
		at := len(e.pmfs) - e.days
		for d := range e.days {
			e.pmfs = append(e.pmfs, planComers(e.pmfs[at+d], e.points[d]))
		}
	}
	return e.pmfs[n*e.days : (n+1)*e.days]
}

// allArrivals are the arrivals of every slot of a plan.
func (e *planEqual) allArrivals(x []int) []planArrivals {
	out := make([]planArrivals, len(x))
	for t, n := range x {
		out[t] = e.arrivals(n)
	}
	return out
}

// linear is the part of the utility that only the number invited decides.
func (e *planEqual) linear(total int) float64 {
	return float64(total) * (e.weights.Interviewed*e.mean - e.weights.Invitation)
}

// score evaluates one plan. The space must fit it.
func (e *planEqual) score(x []int) planScore {
	now, total := e.start(), 0
	for t, n := range x {
		to := e.flow(t & 1)
		e.push(now, e.arrivals(n), to)
		now = to
		total += n
	}
	gain, risk := e.join(now, e.end())
	return planScore{e.priced(gain+e.linear(total), risk), risk}
}

// priced is the utility that the search compares: with a price the limit is a cost, not a wall.
func (e *planEqual) priced(utility, risk float64) float64 { return utility - e.price*risk }

// allowed says whether a plan of this risk may be taken.
func (e *planEqual) allowed(risk float64) bool { return e.price > 0 || e.within(risk) }

// planBetter says whether a plan beats another: utility, then fewer invited, then fuller early slots.
func planBetter(su float64, x []int, tu float64, y []int) bool {
	switch {
	case su > tu+planTie:
		return true
	case su < tu-planTie:
		return false
	}
	nx, ny := planTotal(x), planTotal(y)
	if nx != ny {
		return nx < ny
	}
	return slices.Compare(x, y) > 0
}

func planTotal(x []int) int {
	n := 0
	for _, v := range x {
		n += v
	}
	return n
}

// stepCost estimates the multiplications of one push.
func (e *planEqual) stepCost(x []int) int {
	return e.days * min(e.width, 60) * (2 + planTotal(x)/e.slots/2)
}

// climb goes to a plan that no step improves, from a plan that keeps the limit. proven says that the
// whole subset neighbourhood was looked at in vain, which without a limit proves the optimum.
func (e *planEqual) climb(x []int) (y []int, s planScore, proven bool) {
	x = slices.Clone(x)
	e.fit(planTotal(x) + 2)
	s = e.score(x)
	for !e.work.over {
		var better bool
		if e.slots > planSubsetFirst {
			s = e.stroll(x, s)
		}
		if e.slots == 0 || e.quick && e.slots > planSubsetFirst {
			return x, s, false
		}
		if !e.subsetsAffordable(x) {
			if s, better = e.windows(x, s); better {
				continue
			}
			return x, s, false
		}
		if x, s, better = e.subsets(x, s); !better {
			return x, s, !e.work.over
		}
	}
	return x, s, false
}
