package hiring

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

// Whatever is asked, nobody new goes where HR's own numbers are reached; without them the same call
// would go beyond some of them, or the test would show nothing.
func TestReplanKeepsTheSeats(t *testing.T) {
	g := rand.New(rand.NewPCG(23, 7))
	beyond := 0
	for n := range 60 {
		r := ReplanRequest{
			Session: PlanRequest{Slots: 1 + g.IntN(6), SlotMinutes: 30, Lanes: 1 + g.IntN(2), DayEffect: 0.03 * float64(n%2)},
			Reserve: planGuests(g, 4+g.IntN(24), 0.05, 0.6), AnyOrder: n%5 == 0,
		}
		if n%3 == 0 {
			r.Session.WaitLimit = &PlanWait{30, 0.2}
		}
		for slot := range r.Session.Slots {
			r.Seats = append(r.Seats, g.IntN(5))
			for range g.IntN(r.Seats[slot] + 1 + n%2) { // now and then more have the time than HR wants now
				r.Committed = append(r.Committed, PlanCommitted{"c" + strconv.Itoa(len(r.Committed)), g.Float64() / 2, slot})
			}
		}
		got, err := Replan(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if over := planOverSeats(r, got); over >= 0 {
			t.Fatalf("slot %d of %v takes too many: %+v", over, r.Seats, got.Invite)
		}
		free := r
		free.Seats = nil
		if got, err = Replan(free, nil); err != nil {
			t.Fatal(err)
		}
		if planOverSeats(r, got) >= 0 {
			beyond++
		}
	}
	if beyond < 20 {
		t.Errorf("only %d of 60 plans would have gone beyond the seats", beyond)
	}
}

// planOverSeats is the first slot to which somebody new is invited beyond its seats, or -1.
func planOverSeats(r ReplanRequest, a *ReplanAnswer) int {
	n := make([]int, r.Session.Slots)
	for _, c := range r.Committed {
		n[c.Slot]++
	}
	for _, c := range a.Invite {
		if n[c.Slot]++; n[c.Slot] > r.Seats[c.Slot] {
			return c.Slot
		}
	}
	return -1
}

func FuzzReplanSeats(f *testing.F) {
	f.Add(uint64(1), []byte{3, 1, 0, 4})
	f.Add(uint64(9), []byte{0, 0})
	f.Fuzz(func(t *testing.T, seed uint64, seats []byte) {
		if len(seats) == 0 || len(seats) > 8 {
			return
		}
		g := rand.New(rand.NewPCG(seed, 1))
		r := ReplanRequest{Session: PlanRequest{Slots: len(seats), SlotMinutes: 30, Lanes: 1, DayEffect: 0.05 * g.Float64()}, Reserve: planGuests(g, 12, 0, 1)}
		for slot, n := range seats {
			r.Seats = append(r.Seats, int(n%6))
			for range g.IntN(r.Seats[slot] + 1) {
				r.Committed = append(r.Committed, PlanCommitted{"c" + strconv.Itoa(len(r.Committed)), g.Float64(), slot})
			}
		}
		got, err := Replan(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if over := planOverSeats(r, got); over >= 0 {
			t.Errorf("slot %d of %v takes too many: %+v", over, r.Seats, got.Invite)
		}
	})
}
