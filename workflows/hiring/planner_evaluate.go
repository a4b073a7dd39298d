package hiring

// figures fills an answer from the arrivals of each slot. expected[t] is the mean number of comers of
// slot t, more[t] the arrivals of slot t with one more person, and more's mean is moreMean.
func (s *planSpace) figures(r *PlanRequest, slots, more []planArrivals, moreMean float64, invited []int) *PlanAnswer {
	ans := &PlanAnswer{Counts: invited, Assignment: map[string]int{}, Slots: make([]PlanSlot, s.slots)}
	flows, rests := s.ways(slots, planReachAhead)
	nobody, overtime := 0.0, 0.0
	for d := range s.days {
		none := 1.0
		for _, a := range slots {
			none *= a[d][0]
		}
		nobody += none / float64(s.days)
		overtime += max(0, 1-flows[s.slots].queue[d*s.width]) / float64(s.days)
	}
	tail := 0.0 // waiting after the last slot, which the recursion of the slots does not count
	for t := range s.slots {
		slot := &ans.Slots[t]
		slot.Invited = invited[t]
		slot.ExpectedArrivals = planMean(slots[t])
		slot.Idle = s.idle(flows[t], slots[t])
		none := s.nobody(flows[t], slots[t])
		slot.Nobody = &none
		f := flows[t+1]
		for d := range s.days {
			for q, x := range f.queue[d*s.width : d*s.width+f.top[d]] {
				slot.ExpectedQueue += x * float64(q) / float64(s.days)
				if t == s.slots-1 {
					for left := q - s.lanes; left > 0; left -= s.lanes {
						tail += x * float64(left) / float64(s.days)
					}
				}
			}
		}
		ans.Invited += invited[t]
		ans.Expected.Shows += slot.ExpectedArrivals
		ans.Expected.WaitSlots += slot.ExpectedQueue
		ans.Expected.IdleSlots += slot.Idle
	}
	ans.Expected.WaitSlots += tail
	ans.Expected.Overtime = ans.Slots[s.slots-1].ExpectedQueue
	w, x := s.weights, ans.Expected
	ans.Utility = w.Interviewed*x.Shows - w.Waiting*x.WaitSlots - w.Idle*x.IdleSlots - w.Overtime*x.Overtime -
		w.Invitation*float64(ans.Invited)
	wait90 := 0
	if x.Shows > 0 {
		ans.MeanWaitMinutes = x.WaitSlots / x.Shows * float64(r.SlotMinutes)
		wait90 = s.waits90(flows, x.Shows) * r.SlotMinutes
	}
	ans.Wait90Minutes = &wait90
	now, _ := s.join(flows[s.slots], rests[s.slots])
	next := s.newFlow()
	for t := range s.slots {
		s.push(flows[t], more[t], next)
		gain, _ := s.join(next, rests[t+1])
		ans.Slots[t].OneMore = gain - now + w.Interviewed*moreMean - w.Invitation
	}
	ans.Probability = PlanProbability{Nobody: nobody, Overtime: overtime, AnyWait: s.exceeds(slots, s.lanes)}
	if l := r.WaitLimit; l != nil {
		over := s.exceeds(slots, s.lanes*(l.Minutes/r.SlotMinutes+1))
		ans.Probability.WaitOverLimit = &over
	}
	if r.Room != nil {
		full := s.exceeds(slots, *r.Room)
		ans.Probability.RoomFull = &full
	}
	return ans
}

// ways returns the flows before each slot (and after the last) and the rests after each slot (from
// before the first); the rests reach as far as the queues do, and so many people further.
func (s *planSpace) ways(slots []planArrivals, further int) ([]*planFlow, []*planRest) {
	flows, rests := make([]*planFlow, s.slots+1), make([]*planRest, s.slots+1)
	flows[0], rests[s.slots] = s.start(), s.end()
	for t := range s.slots {
		flows[t+1] = s.newFlow()
		s.push(flows[t], slots[t], flows[t+1])
	}
	for t := s.slots - 1; t >= 0; t-- {
		rests[t] = s.newRest()
		rests[t].top = s.reach(flows[t], further)
		s.pull(rests[t+1], slots[t], rests[t])
	}
	return flows, rests
}

func (s *planSpace) idle(before *planFlow, slot planArrivals) float64 {
	sum := 0.0
	for d := range s.days {
		for q, x := range before.queue[d*s.width : d*s.width+before.top[d]] {
			for a, y := range slot[d] {
				if q+a >= s.lanes {
					break
				}
				sum += x * y * float64(s.lanes-q-a)
			}
		}
	}
	return sum / float64(s.days)
}

// exceeds returns the probability that ever more than bar people are present at once.
func (s *planSpace) exceeds(slots []planArrivals, bar int) float64 {
	if bar >= s.width+s.lanes {
		return 0
	}
	c := *s
	c.bar, c.buf = bar, nil
	f, g := c.newFlow(), c.start()
	for _, a := range slots {
		c.pushLive(g, a, f)
		f, g = g, f
	}
	sum := 0.0
	for _, x := range g.live {
		sum += x
	}
	// Where nobody can break it, one less a sum is rounding.
	if left := 1 - sum/float64(s.days); left > 1e-15 {
		return left
	}
	return 0
}

func planMean(a planArrivals) float64 {
	sum := 0.0
	for _, pmf := range a {
		for n, x := range pmf {
			sum += float64(n) * x
		}
	}
	return sum / float64(len(a))
}

// answer gives the exact figures of a plan by counts.
func (e *planEqual) answer(r *PlanRequest, x []int) *PlanAnswer {
	e.fit(planTotal(x) + 1)
	slots, more := make([]planArrivals, e.slots), make([]planArrivals, e.slots)
	for t, n := range x {
		more[t] = e.arrivals(n + 1)
		slots[t] = e.arrivals(n)
	}
	return e.figures(r, slots, more, e.mean, x)
}
