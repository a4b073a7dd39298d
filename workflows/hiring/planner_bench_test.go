package hiring

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

func benchPlan(b *testing.B, slots, lanes int, rho float64, limit bool) {
	r := planAsk(slots, lanes, 0.2)
	r.DayEffect = rho
	if limit {
		r.WaitLimit = &PlanWait{60, 0.1}
	}
	for b.Loop() {
		mustPlan(b, r)
	}
}

func BenchmarkPlanT8K1(b *testing.B)          { benchPlan(b, 8, 1, 0, false) }
func BenchmarkPlanT8K1Day(b *testing.B)       { benchPlan(b, 8, 1, 0.03, false) }
func BenchmarkPlanT8K1Limit(b *testing.B)     { benchPlan(b, 8, 1, 0, true) }
func BenchmarkPlanT8K1LimitDay(b *testing.B)  { benchPlan(b, 8, 1, 0.03, true) }
func BenchmarkPlanT16K2(b *testing.B)         { benchPlan(b, 16, 2, 0, false) }
func BenchmarkPlanT16K2Day(b *testing.B)      { benchPlan(b, 16, 2, 0.03, false) }
func BenchmarkPlanT16K2LimitDay(b *testing.B) { benchPlan(b, 16, 2, 0.03, true) }

func BenchmarkPlanPeople40(b *testing.B) {
	r := PlanRequest{
		Slots: 8, SlotMinutes: 30, Lanes: 1, DayEffect: 0.03,
		Invitees: planGuests(rand.New(rand.NewPCG(1, 2)), 40, 0.05, 0.5),
	}
	for b.Loop() {
		mustPlan(b, r)
	}
}

// A session of about 200 invitees and as many in reserve, each of his own probability, two of whom have just
// declined. The metric "x-figures" is against the bare figures of the same people, before and after, which no
// replan can do without.
func benchReplan(b *testing.B, rho float64) {
	g := rand.New(rand.NewPCG(3, 4))
	r := ReplanRequest{
		Session: PlanRequest{Slots: 16, SlotMinutes: 30, Lanes: 4, DayEffect: rho, WaitLimit: &PlanWait{60, 0.1}},
		Reserve: planGuests(g, 200, 0.1, 0.4),
	}
	// The best plan, less two who have declined.
	ask := planAsk(16, 4, 0.23)
	ask.DayEffect, ask.WaitLimit = rho, r.Session.WaitLimit
	for slot, n := range mustPlan(b, ask).Counts {
		for range n {
			r.Committed = append(r.Committed, PlanCommitted{"c" + strconv.Itoa(len(r.Committed)), 0.13 + 0.2*g.Float64(), slot})
		}
	}
	r.Committed = r.Committed[2:]
	bare := r.Session
	bare.Evaluate = &PlanEvaluate{Assignment: map[string]int{}}
	for _, c := range r.Committed {
		bare.Invitees = append(bare.Invitees, PlanInvitee{c.ID, c.P})
		bare.Evaluate.Assignment[c.ID] = c.Slot
	}
	invited := 0
	var replan, figures time.Duration
	for b.Loop() {
		began := time.Now()
		got, err := Replan(r, nil)
		if err != nil {
			b.Fatal(err)
		}
		invited = len(got.Invite)
		replan += time.Since(began)
		began = time.Now()
		mustPlan(b, bare)
		mustPlan(b, bare)
		figures += time.Since(began)
	}
	b.ReportMetric(float64(replan.Microseconds())/float64(b.N)/1000, "ms/replan")
	b.ReportMetric(float64(replan)/float64(figures), "x-figures")
	b.ReportMetric(float64(len(r.Committed)), "committed")
	b.ReportMetric(float64(invited), "invitations")
}

func BenchmarkReplan200(b *testing.B)    { benchReplan(b, 0) }
func BenchmarkReplan200Day(b *testing.B) { benchReplan(b, 0.03) }

// FuzzPlan asks arbitrary plans: a refusal or a sane plan, never a hang, a panic or a NaN.
func FuzzPlan(f *testing.F) {
	f.Add(8, 30, 1, 0.2, 0.0, 0.5, 1.0, 1.5, 60, 0.1, 12, []byte{6, 4, 4, 4, 3, 4, 4, 2})
	f.Add(0, 0, 0, math.NaN(), 1.0, -1.0, math.Inf(1), 0.0, -1, 2.0, 0, []byte{})
	f.Add(3, 20, 2, 1.0, 0.5, 0.0, 0.0, 0.0, 0, 0.0, 1, []byte{9})
	f.Add(12, 10, 3, 1e-300, 0.03, 0.1, 1.0, 1.0, 30, 0.05, 40, []byte{0, 200, 255})
	f.Fuzz(func(t *testing.T, slots, minutes, lanes int, p, rho, wait, idle, over float64, limit int, alpha float64, room int, more []byte) {
		r := PlanRequest{Slots: slots, SlotMinutes: minutes, Lanes: lanes, DayEffect: rho}
		if slots > 12 || lanes > 4 { // the larger ones are bounded too, but a fuzzer wants many
			return
		}
		r.Weights = &PlanWeights{Interviewed: 1, Waiting: wait, Idle: idle, Overtime: over}
		if limit != 0 {
			r.WaitLimit = &PlanWait{limit, alpha}
		}
		if room != 0 {
			r.Room = &room
		}
		switch len(more) % 3 {
		case 0:
			r.ShowProbability = &p
		case 1:
			r.ShowProbability = &p
			r.Evaluate = &PlanEvaluate{Counts: make([]int, max(0, min(slots, 99)))}
			for i := range r.Evaluate.Counts {
				r.Evaluate.Counts[i] = int(more[i%len(more)])
			}
		case 2:
			r.Invitees = []PlanInvitee{}
			for i := 0; i+2 <= len(more) && i < 40; i += 2 {
				r.Invitees = append(r.Invitees, PlanInvitee{strconv.Itoa(i), float64(binary.BigEndian.Uint16(more[i:])) / 65535})
			}
			r.Invitees = append(r.Invitees, PlanInvitee{"last", p})
		}
		asked := 0
		a, err := Plan(r, func() bool { asked++; return asked > 50 })
		if err != nil {
			return
		}
		x := a.Expected
		scale := 1 + x.Shows*x.Shows + float64(slots*lanes)
		if !(math.Abs(x.IdleSlots-(float64(slots*lanes)-x.Shows+x.Overtime)) <= 1e-9*scale) {
			t.Errorf("identity: %+v", x)
		}
		for _, v := range []float64{a.Utility, a.MeanWaitMinutes, x.WaitSlots, a.Probability.AnyWait, a.Probability.Nobody} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("not a number: %+v", a)
			}
		}
		if planTotal(a.Counts) != a.Invited || slices.Min(a.Counts) < 0 {
			t.Errorf("counts %v, invited %d", a.Counts, a.Invited)
		}
		if r.Evaluate == nil && r.WaitLimit != nil && *a.Probability.WaitOverLimit > alpha+1e-9 {
			t.Errorf("the limit %v is broken: %v", alpha, *a.Probability.WaitOverLimit)
		}
	})
}
