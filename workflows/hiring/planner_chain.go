package hiring

import (
	"math"
	"slices"
)

// planDrop is the probability below which the upper tail of a distribution is dropped: far under the
// rounding of the figures, and what keeps the arrays short.
const planDrop = 1e-22

// planSpace is the room in which plans of one request are evaluated: the queue left after a slot
// takes 0..width-1, separately on each of the day points.
type planSpace struct {
	slots, lanes int
	days         int // day points, each of mass 1/days
	width        int
	bar          int // people present that may not be exceeded; -1 without a limit
	alpha        float64
	weights      PlanWeights
	first        *planFlow // where the slots begin, if not with an empty room
	last         *planRest // what follows the slots, if not the end of the day
	buf          []float64
}

// planArrivals is one slot's arrivals: for each day point the probabilities of 0, 1, 2... comers.
type planArrivals [][]float64

// planFlow is the state after some slots, going forward: the distribution of the queue on each day
// point, the same restricted to sessions that never broke the limit, and the utility so far.
type planFlow struct {
	queue []float64 // days x width
	live  []float64 // days x (bar+1), nil without a limit
	top   []int     // states used in queue, per day point
	gains []float64 // utility so far, per day point
	gain  float64   // their mean
}

// planRest is the state before some slots, looking forward: the utility still to come and the
// probability not to break the limit, for each queue on each day point.
type planRest struct {
	value []float64 // days x width
	safe  []float64 // days x (bar+1), nil without a limit
	top   int       // queues worked out on each day point
}

func (s *planSpace) newFlow() *planFlow {
	f := &planFlow{queue: make([]float64, s.days*s.width), top: make([]int, s.days), gains: make([]float64, s.days)}
	if s.bar >= 0 {
		f.live = make([]float64, s.days*(s.bar+1))
	}
	return f
}

// planReachAhead is by how many people a queue may grow before rests are remade for longer ones.
const planReachAhead = 8

// reach is how many lengths of the queue in a flow matter to the rest behind it, with so many people more.
func (s *planSpace) reach(f *planFlow, more int) int { return min(slices.Max(f.top)+more, s.width) }

// start is the flow before the first slot: nobody waits.
func (s *planSpace) start() *planFlow {
	if s.first != nil {
		return s.first
	}
	f := s.newFlow()
	for d := range s.days {
		f.queue[d*s.width] = 1
		f.top[d] = 1
		if s.bar >= 0 {
			f.live[d*(s.bar+1)] = 1
		}
	}
	return f
}

func (s *planSpace) newRest() *planRest {
	r := &planRest{value: make([]float64, s.days*s.width), top: s.width}
	if s.bar >= 0 {
		r.safe = make([]float64, s.days*(s.bar+1))
	}
	return r
}

// end is the rest after the last slot: who still queues is overtime and goes on waiting, k at a time.
func (s *planSpace) end() *planRest {
	if s.last != nil {
		return s.last
	}
	r := s.newRest()
	for q := range s.width {
		wait := 0
		for left := q - s.lanes; left > 0; left -= s.lanes {
			wait += left
		}
		v := -s.weights.Waiting*float64(wait) - s.weights.Overtime*float64(q)
		for d := range s.days {
			r.value[d*s.width+q] = v
		}
	}
	for i := range r.safe {
		r.safe[i] = 1
	}
	return r
}

// scratch returns a zeroed buffer of n.
func (s *planSpace) scratch(n int) []float64 {
	if cap(s.buf) < n {
		s.buf = make([]float64, 2*n)
	}
	b := s.buf[:n]
	clear(b)
	return b
}

// push lets one slot's arrivals come to in and writes the state after it to out (not in itself).
func (s *planSpace) push(in *planFlow, slot planArrivals, out *planFlow) {
	k, sum := s.lanes, 0.0
	for d := range s.days {
		cost := 0.0
		row, arr := in.queue[d*s.width:d*s.width+in.top[d]], slot[d]
		present := s.scratch(len(row) + len(arr) + k)
		for q, x := range row {
			planAdd(present[q:q+len(arr)], arr, x)
		}
		present = present[:len(row)+len(arr)-1]
		none := 0.0
		for n := 0; n < len(present) && n <= k; n++ {
			none += present[n]
			cost += s.weights.Idle * float64(k-n) * present[n]
		}
		to := out.queue[d*s.width : (d+1)*s.width]
		to[0] = none
		top := 1
		for n := k + 1; n < len(present) && n-k < s.width; n++ {
			to[n-k] = present[n]
			cost += s.weights.Waiting * float64(n-k) * present[n]
			top++
		}
		for top > 1 && to[top-1] < planDrop {
			top--
		}
		clear(to[top:])
		out.top[d] = top
		out.gains[d] = in.gains[d] - cost
		sum += out.gains[d]
	}
	out.gain = sum / float64(s.days)
	if s.bar >= 0 {
		s.pushLive(in, slot, out)
	}
}

func (s *planSpace) pushLive(in *planFlow, slot planArrivals, out *planFlow) {
	size := s.bar + 1
	for d := range s.days {
		row, arr := in.live[d*size:(d+1)*size], slot[d]
		present := s.scratch(size)
		for q, x := range row {
			if x != 0 {
				m := min(len(arr), size-q)
				planAdd(present[q:q+m], arr[:m], x)
			}
		}
		to := out.live[d*size : (d+1)*size]
		clear(to)
		for n, x := range present {
			to[max(0, n-s.lanes)] += x
		}
	}
}

// pull puts one slot before next and writes the state before that slot to out (not next itself), for
// queues below out.top.
func (s *planSpace) pull(next *planRest, slot planArrivals, out *planRest) {
	for d := range s.days {
		arr := slot[d]
		worth := s.worth(next, d, out.top+len(arr)-1)
		to := out.value[d*s.width : d*s.width+out.top]
		for q := range to {
			to[q] = planDot(arr, worth[q:q+len(arr)])
		}
		if s.bar >= 0 {
			size := s.bar + 1
			safe := s.safety(next, d)
			row := out.safe[d*size : (d+1)*size]
			for q := range row {
				m := min(len(arr), size-q)
				row[q] = planDot(arr[:m], safe[q:q+m])
			}
		}
	}
}

// worth returns, in the scratch buffer, the utility from a slot on when n people are present in it.
func (s *planSpace) worth(next *planRest, day, size int) []float64 {
	b := s.scratch(size)
	row := next.value[day*s.width : (day+1)*s.width]
	for n := range b {
		if n <= s.lanes {
			b[n] = row[0] - s.weights.Idle*float64(s.lanes-n)
			continue
		}
		// Beyond the top nobody ever gets (its mass is under planDrop): any finite value does.
		q := min(n-s.lanes, next.top-1)
		b[n] = row[q] - s.weights.Waiting*float64(n-s.lanes)
	}
	return b
}

// safety returns, in the scratch buffer, the probability to stay within the limit when n people are
// present in a slot, n up to the bar.
func (s *planSpace) safety(next *planRest, day int) []float64 {
	size := s.bar + 1
	b := s.scratch(size)
	for n := range b {
		b[n] = next.safe[day*size+max(0, n-s.lanes)]
	}
	return b
}

// join returns the utility (without the terms linear in the invitations) and the probability to
// break the limit when the slots behind flow are followed by those before rest.
func (s *planSpace) join(f *planFlow, r *planRest) (gain, risk float64) {
	sum := 0.0
	for d := range s.days {
		at, top := d*s.width, min(f.top[d], r.top)
		sum += planDot(f.queue[at:at+top], r.value[at:at+top])
	}
	gain = f.gain + sum/float64(s.days)
	if s.bar >= 0 {
		risk = max(0, 1-planDot(f.live, r.safe)/float64(s.days))
	}
	return gain, risk
}

// within says whether a risk keeps the limit; the slack is rounding, not generosity.
func (s *planSpace) within(risk float64) bool { return s.bar < 0 || risk <= s.alpha+1e-12 }

func planAdd(to, from []float64, x float64) {
	to = to[:len(from)]
	for i, y := range from {
		to[i] += x * y
	}
}

func planDot(a, b []float64) float64 {
	b = b[:len(a)]
	s0, s1, s2, s3 := 0.0, 0.0, 0.0, 0.0
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// planComers adds one person of probability p to a distribution of comers.
func planComers(pmf []float64, p float64) []float64 {
	out := make([]float64, len(pmf)+1)
	for n, x := range pmf {
		out[n] += x * (1 - p)
		out[n+1] += x * p
	}
	return planTrim(out)
}

// planTrim drops the upper tail that no figure can feel.
func planTrim(pmf []float64) []float64 {
	n := len(pmf)
	for n > 1 && pmf[n-1] < planDrop {
		n--
	}
	return pmf[:n]
}

// planWidth returns how many comers of a sum of independent people are possible at all, up to
// planDrop: people is the largest sum of probabilities on any day, count how many people.
// It is Chernoff's bound: P(S >= x) <= exp(x - mu - x ln(x/mu)).
func planWidth(mu float64, count int) int {
	x := mu + 1
	for x < float64(count) && x-mu-x*math.Log(x/max(mu, 1e-300)) > math.Log(planDrop) {
		x++
	}
	return min(count, int(x)) + 2
}
