package hiring

import (
	"math"
	"testing"
)

func TestPlanReplay(t *testing.T) {
	w := DefaultPlanWeights()
	people := []PlanTurnout{{0, true}, {0, true}, {1, false}, {2, true}, {9, true}, {-1, true}}
	was := PlanHappened(people, 3, 1, w)
	// Two come at once, one waits a slot; the third comes on time: nobody is idle, none stays over.
	if was.Invited != 4 || was.Shows != 3 || was.Wait != 1 || was.Idle != 0 || was.Overtime != 0 || was.Longest != 1 || was.Utility != 3-0.5 {
		t.Fatalf("%+v", was)
	}
	if got := PlanReplay(people[:4], []int{2, 1, 1}, 1, w); math.Abs(got.Shows-3) > 1e-9 || got.Invited != 4 {
		t.Fatalf("all four are dealt, three come, in whatever order: %+v", got)
	}
	twice := PlanReplay(people[:4], []int{4, 2, 2}, 1, w)
	if math.Abs(twice.Shows-6) > 1e-9 {
		t.Fatalf("a rule that wants twice as many meets twice as many: %+v", twice)
	}
	half := PlanReplay(people[:4], []int{1, 0, 1}, 1, w)
	if math.Abs(half.Shows-1.5) > 1e-9 || math.Abs(half.Idle-(3-1.5)) > 1e-9 {
		t.Fatalf("%+v", half)
	}
	if none := PlanReplay(nil, []int{5, 5}, 2, w); none.Shows != 0 || none.Idle != 4 || none.MeanWait() != 0 || none.Utility != -4 {
		t.Fatalf("%+v", none)
	}
}

// What the model says of every day holds for replayed ones too: E[I] = kT - E[S] + E[O].
func TestPlanReplayIdentity(t *testing.T) {
	var people []PlanTurnout
	for n := range 37 {
		people = append(people, PlanTurnout{n % 8, n%5 == 0 || n%7 == 3})
	}
	for _, counts := range [][]int{{6, 4, 4, 4, 3, 4, 4, 2}, {5, 5, 5, 5, 5, 5, 5, 5}, {0, 0, 0, 0, 0, 0, 0, 9}, {1, 1, 1, 1, 1, 1, 1, 1}} {
		for lanes := 1; lanes <= 3; lanes++ {
			got := PlanReplay(people, counts, lanes, DefaultPlanWeights())
			if math.Abs(got.Idle-(float64(8*lanes)-got.Shows+got.Overtime)) > 1e-9 {
				t.Fatalf("%v %d: %+v", counts, lanes, got)
			}
		}
	}
}

func TestPlanOneMore(t *testing.T) {
	p := 0.2
	r := PlanRequest{Slots: 8, SlotMinutes: 30, Lanes: 1, ShowProbability: &p, DayEffect: 0.03}
	counts := []int{6, 4, 4, 4, 3, 4, 4, 2}
	r.Evaluate = &PlanEvaluate{Counts: counts}
	now, err := Plan(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	more, err := PlanOneMore(r, counts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range more {
		if m.Invited != 32 || math.Abs(m.Utility-now.Utility-now.Slots[i].OneMore) > 1e-9 {
			t.Fatalf("slot %d: %v after %v, one more was said to bring %v", i, m.Utility, now.Utility, now.Slots[i].OneMore)
		}
	}
	if cut, err := PlanOneMore(r, counts, func() bool { return true }); err != nil || cut[0] != nil {
		t.Fatal("time is up", err)
	}
}

func BenchmarkPlanOneMore(b *testing.B) {
	p := 0.2
	for _, slots := range []int{8, 16, 32} {
		r := PlanRequest{Slots: slots, SlotMinutes: 30, Lanes: 2, ShowProbability: &p, DayEffect: 0.03, WaitLimit: &PlanWait{60, 0.1}}
		b.Run("", func(b *testing.B) {
			for b.Loop() {
				if _, err := PlanOneMore(r, PlanOnePerP(slots, 2, p), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
