package hiring

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/stazh/stazh/workflows/fault"
)

// planEach calls each with every vector of up to most per slot.
func planEach(slots, most int, each func(x []int)) {
	x := make([]int, slots)
	for {
		each(x)
		i := 0
		for i < slots && x[i] == most {
			x[i] = 0
			i++
		}
		if i == slots {
			return
		}
		x[i]++
	}
}

// keeps says whether an answer keeps the request's limits, as its figures tell.
func keeps(t *testing.T, r PlanRequest, a *PlanAnswer) bool {
	t.Helper()
	if r.WaitLimit != nil && *a.Probability.WaitOverLimit > r.WaitLimit.Probability+1e-12 {
		return false
	}
	if r.Room == nil {
		return true
	}
	// The room's risk counted another way: with slots of a minute it is a wait limit's.
	q := r
	q.Room, q.SlotMinutes = nil, 1
	alpha := planRoomRisk
	if r.WaitLimit != nil {
		alpha = r.WaitLimit.Probability
	}
	if *r.Room%r.Lanes != 0 || *r.Room < r.Lanes {
		t.Fatal("the test wants a room of whole lanes")
	}
	q.WaitLimit = &PlanWait{Minutes: *r.Room/r.Lanes - 1, Probability: alpha}
	if a.Assignment != nil && r.Invitees != nil {
		q.Evaluate = &PlanEvaluate{Assignment: a.Assignment}
	} else {
		q.Evaluate = &PlanEvaluate{Counts: a.Counts}
	}
	full := *mustPlan(t, q).Probability.WaitOverLimit
	if math.Abs(full-*a.Probability.RoomFull) > 1e-12 {
		t.Fatalf("the room is full with %v, not %v", full, *a.Probability.RoomFull)
	}
	return full <= alpha+1e-12
}

func TestEqualByBruteForce(t *testing.T) {
	g := rand.New(rand.NewPCG(11, 12))
	for n := range 60 {
		r := planAsk(1+g.IntN(3), 1+g.IntN(2), 0.25+0.7*g.Float64())
		switch n % 4 {
		case 1:
			r.DayEffect = 0.15 * g.Float64()
		case 2:
			r.WaitLimit = &PlanWait{Minutes: 30 * g.IntN(3), Probability: 0.3 * g.Float64()}
		case 3:
			room := r.Lanes * (1 + g.IntN(3))
			r.Room = &room
		}
		if n%3 == 0 {
			r.Weights = &PlanWeights{g.Float64(), 0.1 + g.Float64(), g.Float64(), g.Float64(), 0.1 * g.Float64()}
		}
		got := mustPlan(t, r)
		best := math.Inf(-1)
		var counts []int
		planEach(r.Slots, 9, func(x []int) {
			q := r
			q.Evaluate = &PlanEvaluate{Counts: x}
			a := mustPlan(t, q)
			if keeps(t, r, a) && planBetter(a.Utility, x, best, counts) {
				best, counts = a.Utility, slices.Clone(x)
			}
		})
		planNear(t, "utility", got.Utility, best, 1e-10)
		if !slices.Equal(got.Counts, counts) {
			t.Errorf("case %d: counts %v, brute force %v", n, got.Counts, counts)
		}
		if !got.ProvenOptimal {
			t.Errorf("case %d: not proven", n)
		}
	}
}

func planGuests(g *rand.Rand, n int, low, high float64) []PlanInvitee {
	people := make([]PlanInvitee, n)
	for j := range people {
		people[j] = PlanInvitee{strconv.Itoa(j), low + (high-low)*g.Float64()}
	}
	return people
}

// bruteUtility tries every assignment.
func bruteUtility(t *testing.T, r PlanRequest) float64 {
	best := math.Inf(-1)
	planEach(len(r.Invitees), r.Slots, func(x []int) {
		q := r
		q.Evaluate = &PlanEvaluate{Assignment: map[string]int{}}
		for j, slot := range x {
			if slot < r.Slots {
				q.Evaluate.Assignment[r.Invitees[j].ID] = slot
			}
		}
		if a := mustPlan(t, q); keeps(t, r, a) {
			best = max(best, a.Utility)
		}
	})
	return best
}

func TestPeopleByBruteForce(t *testing.T) {
	g := rand.New(rand.NewPCG(13, 14))
	for n := range 14 {
		r := PlanRequest{Slots: 1 + g.IntN(3), SlotMinutes: 30, Lanes: 1 + g.IntN(2), Invitees: planGuests(g, 1+g.IntN(5), 0, 1)}
		if n == 0 {
			r.Slots, r.Invitees = 3, planGuests(g, 7, 0.1, 0.9)
		}
		switch n % 3 {
		case 1:
			r.WaitLimit = &PlanWait{Minutes: 30 * g.IntN(2), Probability: 0.2}
		case 2:
			r.DayEffect = 0.05
		}
		best := bruteUtility(t, r)
		got := mustPlan(t, r)
		planNear(t, "utility", got.Utility, best, 1e-10)
		if !got.ProvenOptimal || !keeps(t, r, got) {
			t.Errorf("case %d: proven %v", n, got.ProvenOptimal)
		}
		// The local search alone, which larger sessions rely on, finds the same here.
		p := make([]float64, len(r.Invitees))
		for j, v := range r.Invitees {
			p[j] = v.P
		}
		m := newPlanPeople(&r, p, planDays, newPlanWork(nil))
		m.search(&r, p)
		planNear(t, "local search", m.score.utility, best, 1e-9)
	}
}

// Planning with each person's own probability never loses to the plan for their mean on the same people.
func TestPeopleBeatTheirMean(t *testing.T) {
	g := rand.New(rand.NewPCG(15, 16))
	for n := range 8 {
		r := PlanRequest{Slots: 4 + g.IntN(5), SlotMinutes: 30, Lanes: 1 + g.IntN(2), Invitees: planGuests(g, 10+g.IntN(30), 0.02, 0.7)}
		if n%2 == 1 {
			r.DayEffect = 0.03
		}
		mean := 0.0
		for _, v := range r.Invitees {
			mean += v.P / float64(len(r.Invitees))
		}
		equal := planAsk(r.Slots, r.Lanes, mean)
		equal.DayEffect = r.DayEffect
		counts := mustPlan(t, equal).Counts
		q := r
		q.Evaluate = &PlanEvaluate{Assignment: map[string]int{}}
		next := 0
		for slot, c := range counts {
			for ; c > 0 && next < len(r.Invitees); c-- {
				q.Evaluate.Assignment[r.Invitees[next].ID] = slot
				next++
			}
		}
		own, same := mustPlan(t, r), mustPlan(t, q)
		if own.Utility < same.Utility {
			t.Errorf("case %d: own probabilities %v, the mean's plan %v", n, own.Utility, same.Utility)
		}
		// What the answer says is what evaluating its assignment says.
		q.Evaluate = &PlanEvaluate{Assignment: own.Assignment}
		planNear(t, "evaluated again", mustPlan(t, q).Utility, own.Utility, 1e-10)
	}
}

// Listed people of one probability get the plan by counts.
func TestAlikePeople(t *testing.T) {
	r := PlanRequest{Slots: 8, SlotMinutes: 30, Lanes: 1}
	for j := range 60 {
		r.Invitees = append(r.Invitees, PlanInvitee{strconv.Itoa(j), 0.2})
	}
	got := mustPlan(t, r)
	if want := []int{6, 4, 4, 4, 3, 4, 4, 2}; !slices.Equal(got.Counts, want) || !got.ProvenOptimal {
		t.Errorf("counts %v (proven %v), want %v", got.Counts, got.ProvenOptimal, want)
	}
	if got.Assignment["0"] != 0 || got.Assignment["30"] != 7 || len(got.Assignment) != 31 {
		t.Errorf("assignment %v", got.Assignment)
	}
	r.Invitees = r.Invitees[:20]
	if few := mustPlan(t, r); few.Invited != 20 || !few.ProvenOptimal {
		t.Errorf("20 people: %d invited, proven %v", few.Invited, few.ProvenOptimal)
	}
}

// Where nearly nobody comes, the best plan is far from what the mean asks for, and is found all the same; a
// bound on the invitations is kept, and is the best plan within it.
func TestHardlyAnybodyComes(t *testing.T) {
	for _, p := range []float64{0.001, 0.005, 0.01} {
		r := planAsk(8, 1, p)
		r.DayEffect, r.WaitLimit = 0.03, &PlanWait{Minutes: 60, Probability: 0.1}
		if a := mustPlan(t, r); !a.ProvenOptimal || a.Utility < -8 || a.Invited > 300 {
			t.Errorf("p %v: %d invited, utility %v, proven %v", p, a.Invited, a.Utility, a.ProvenOptimal)
		}
	}
	r := planAsk(8, 1, 0.005)
	if a := mustPlan(t, r); a.Invited < 1000 {
		t.Errorf("without a day effect %d are invited", a.Invited)
	}
	for _, most := range []int{1, 500} {
		r.MostInvited = &most
		if a := mustPlan(t, r); a.Invited != most || !a.ProvenOptimal {
			t.Errorf("of %d allowed %d are invited, proven %v", most, a.Invited, a.ProvenOptimal)
		}
	}
	for _, bad := range []PlanRequest{
		{Slots: 1, SlotMinutes: 30, Lanes: 1, ShowProbability: r.ShowProbability, MostInvited: new(int)},
		{Slots: 1, SlotMinutes: 30, Lanes: 1, Invitees: []PlanInvitee{{"a", 0.5}}, MostInvited: new(5)},
	} {
		if err := bad.Check(); fault.As(err) == nil || fault.As(err).Fields["most_invited"] == "" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestExtremes(t *testing.T) {
	for _, rho := range []float64{0, 0.03, 0.9999} {
		for _, p := range []float64{0, 5e-324, 1e-9, 1e-4, 0.5, 1 - 1e-12, 1} {
			r := planAsk(6, 2, p)
			r.DayEffect = rho
			a := mustPlan(t, r)
			x := a.Expected
			planNear(t, "identity", x.IdleSlots, 12-x.Shows+x.Overtime, 1e-8)
			if math.IsNaN(a.Utility) || a.Invited > PlanMaxInvited {
				t.Errorf("p %v rho %v: %+v", p, rho, a)
			}
			if a.Utility < -12 { // what an empty session costs
				t.Errorf("p %v rho %v: %d invited are worse than nobody: %v", p, rho, a.Invited, a.Utility)
			}
			if p == 0 && a.Invited != 0 {
				t.Errorf("p 0: %d invited", a.Invited)
			}
			if p == 1 && !slices.Equal(a.Counts, []int{2, 2, 2, 2, 2, 2}) {
				t.Errorf("p 1: %v", a.Counts)
			}
		}
	}
	mixed := PlanRequest{Slots: 3, SlotMinutes: 10, Lanes: 1, DayEffect: 0.2, Invitees: []PlanInvitee{
		{"never", 0}, {"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"nor", 0},
	}}
	if a := mustPlan(t, mixed); a.Utility != 3 || a.Invited != 3 {
		t.Errorf("sure people: utility %v with %d invited, want 3 with 3", a.Utility, a.Invited)
	}
	none := PlanRequest{Slots: 3, SlotMinutes: 10, Lanes: 1, Invitees: []PlanInvitee{}}
	if a := mustPlan(t, none); a.Utility != -3 || !a.ProvenOptimal {
		t.Errorf("nobody listed: %+v", a)
	}
	never := planAsk(4, 1, 0.3)
	never.WaitLimit = &PlanWait{Minutes: 0, Probability: 0}
	if a := mustPlan(t, never); *a.Probability.WaitOverLimit != 0 || a.Invited != 4 {
		t.Errorf("nobody may ever wait: %v", a.Counts)
	}
}

// A stopped search answers at once with something usable and claims nothing.
func TestStopped(t *testing.T) {
	g := rand.New(rand.NewPCG(17, 18))
	big := PlanRequest{Slots: 48, SlotMinutes: 10, Lanes: 8, DayEffect: 0.05, Invitees: planGuests(g, 500, 0.05, 0.4)}
	equal := planAsk(64, 20, 0.3)
	equal.DayEffect = 0.03
	equal.WaitLimit = &PlanWait{Minutes: 30, Probability: 0.05}
	for _, r := range []PlanRequest{big, equal} {
		a, err := Plan(r, func() bool { return true })
		if err != nil || a.ProvenOptimal || !keeps(t, r, a) {
			t.Errorf("stopped: %v, %+v", err, a)
		}
	}
}

func TestReplan(t *testing.T) {
	g := rand.New(rand.NewPCG(19, 20))
	exact := 0
	for n := range 12 {
		r := ReplanRequest{Session: PlanRequest{Slots: 3, SlotMinutes: 30, Lanes: 1}, Reserve: planGuests(g, 4, 0.1, 0.8)}
		if n%2 == 0 {
			r.Session.WaitLimit = &PlanWait{30, 0.3}
		}
		for j := range 3 {
			r.Committed = append(r.Committed, PlanCommitted{"c" + strconv.Itoa(j), 0.4 * g.Float64(), g.IntN(3)})
		}
		got, err := Replan(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		// The best of all ways to invite the first so many of the reserve.
		best := math.Inf(-1)
		for first := 0; first <= len(r.Reserve); first++ {
			session := r.session(nil)
			session.Evaluate = &PlanEvaluate{Assignment: map[string]int{}}
			for _, c := range r.Committed {
				session.Invitees = append(session.Invitees, PlanInvitee{c.ID, c.P})
				session.Evaluate.Assignment[c.ID] = c.Slot
			}
			session.Invitees = append(session.Invitees, r.Reserve...)
			planEach(first, 2, func(x []int) {
				for j, slot := range x {
					session.Evaluate.Assignment[r.Reserve[j].ID] = slot
				}
				if a := mustPlan(t, session); keeps(t, r.Session, a) {
					best = max(best, a.Utility)
				}
			})
		}
		// The top-up is a local search: mostly the best, never far from it.
		planNear(t, "after", got.After.Utility, best, 0.02)
		if got.After.Utility > best-1e-9 {
			exact++
		}
		for _, c := range r.Committed {
			if got.After.Assignment[c.ID] != c.Slot {
				t.Errorf("%s was moved", c.ID)
			}
		}
		for j, c := range got.Invite {
			if c.ID != r.Reserve[j].ID {
				t.Errorf("the reserve's order is broken: %v", got.Invite)
			}
		}
	}
	if exact < 10 {
		t.Errorf("only %d of 12 top-ups were the best", exact)
	}
}

func TestReplanBounds(t *testing.T) {
	none, two := 0, 2
	r := ReplanRequest{Session: PlanRequest{Slots: 4, SlotMinutes: 30, Lanes: 1}, Reserve: planGuests(rand.New(rand.NewPCG(1, 1)), 9, 0.2, 0.3)}
	for _, c := range []struct {
		most *int
		want int
	}{{&none, 0}, {&two, 2}} {
		r.MostNew = c.most
		if got, err := Replan(r, nil); err != nil || len(got.Invite) != c.want {
			t.Errorf("at most %d new: %+v, %v", *c.most, got.Invite, err)
		}
	}
	r.MostNew, r.ClosedSlots = nil, []int{0, 1, 3}
	got, err := Replan(r, nil)
	if err != nil || len(got.Invite) == 0 {
		t.Fatalf("one open slot: %+v, %v", got, err)
	}
	for _, c := range got.Invite {
		if c.Slot != 2 {
			t.Errorf("invited to a closed slot: %+v", c)
		}
	}
	full := ReplanRequest{Session: PlanRequest{Slots: 1, SlotMinutes: 30, Lanes: 1, WaitLimit: &PlanWait{0, 0.1}}, Reserve: r.Reserve}
	for j := range 4 {
		full.Committed = append(full.Committed, PlanCommitted{"c" + strconv.Itoa(j), 0.9, 0})
	}
	if got, err := Replan(full, nil); err != nil || !got.LimitBroken || len(got.Invite) != 0 {
		t.Errorf("over the limit already: %+v, %v", got, err)
	}
	full.Committed[0].P = math.NaN()
	if _, err := Replan(full, nil); err == nil {
		t.Error("a NaN was taken")
	}
}
