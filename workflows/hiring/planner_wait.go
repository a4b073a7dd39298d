package hiring

// planWaitShare is the share of comers whose wait may be longer than the one told: its 90 % wait.
const planWaitShare = 0.1

// waits90 is the smallest number of slots that at most one comer in ten waits longer than, in the exact
// expectation: expected comers who wait longer, over expected comers. flows are those before each slot and
// after the last.
func (s *planSpace) waits90(flows []*planFlow, shows float64) int {
	for j := 0; ; j++ {
		if s.waitLonger(flows, j) <= planWaitShare*shows+1e-12 {
			return j
		}
	}
}

// waitLonger is how many comers are expected to wait more than j slots. Of the people of a slot that found q
// waiting and has n present, those at places q+1..n are its own, and place m waits floor((m-1)/k) slots; so
// with c = k(j+1) they are (n-c)+ - (q-c)+, and (n-c)+ is what the slot leaves waiting beyond kj.
func (s *planSpace) waitLonger(flows []*planFlow, j int) float64 {
	sum := 0.0
	for t := 1; t < len(flows); t++ {
		sum += s.beyond(flows[t], s.lanes*j) - s.beyond(flows[t-1], s.lanes*(j+1))
	}
	return max(0, sum)
}

// beyond is the expected number of those who queue behind the first so many.
func (s *planSpace) beyond(f *planFlow, first int) float64 {
	sum := 0.0
	for d := range s.days {
		for q := first + 1; q < f.top[d]; q++ {
			sum += f.queue[d*s.width+q] * float64(q-first)
		}
	}
	return sum / float64(s.days)
}

// nobody is the chance that a slot finds nobody: nobody was left over, and nobody arrives.
func (s *planSpace) nobody(before *planFlow, slot planArrivals) float64 {
	sum := 0.0
	for d := range s.days {
		sum += before.queue[d*s.width] * slot[d][0]
	}
	return sum / float64(s.days)
}
