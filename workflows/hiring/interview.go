package hiring

import (
	"slices"
	"time"

	"github.com/stazh/stazh/workflows/fault"
)

// Bounds of a session: what the planner can plan, so that every session can be.
const (
	MaxSlots = PlanMaxSlots
	MaxSeats = PlanMaxInvitees
	MaxLanes = PlanMaxLanes
)

// Session is the shape of a session of streaming interviews as HR sets it.
type Session struct {
	Starts      time.Time `json:"starts"`
	SlotMinutes int       `json:"slot_minutes"`
	Seats       []int     `json:"seats"` // how many may be invited to each arrival time; 0 is a break
	Lanes       []string  `json:"lanes"` // staff ids of the interviewers
	Room        int       `json:"room"`
	WaitMinutes int       `json:"wait_minutes"`
}

// Check returns an invalid fault naming the fields that are out of bounds, or nil.
func (s Session) Check(now time.Time) error {
	var f fault.Fields
	f.Require(s.Starts.After(now), "starts", "in_past")
	f.Require(s.Starts.Before(now.AddDate(1, 0, 0)), "starts", "too_far")
	f.Require(s.SlotMinutes >= 5 && s.SlotMinutes <= 240, "slot_minutes", "out_of_range")
	f.Require(len(s.Seats) >= 1 && len(s.Seats) <= MaxSlots, "seats", "out_of_range")
	total := 0
	for _, n := range s.Seats {
		f.Require(n >= 0 && n <= MaxSeats, "seats", "out_of_range")
		total += n
	}
	f.Require(total >= 1 && total <= MaxSeats, "seats", "out_of_range")
	f.Require(len(s.Lanes) >= 1 && len(s.Lanes) <= MaxLanes, "lanes", "required")
	seen := map[string]bool{}
	for _, id := range s.Lanes {
		f.Require(id != "" && !seen[id], "lanes", "twice")
		seen[id] = true
	}
	f.Require(s.Room >= 1 && s.Room <= 1000, "room", "out_of_range")
	f.Require(s.WaitMinutes >= 5 && s.WaitMinutes <= 480, "wait_minutes", "out_of_range")
	f.Require(s.SlotMinutes*len(s.Seats) <= 16*60, "seats", "longer_than_a_day")
	return f.Err()
}

// SlotTimes returns when each slot starts. Slots are elapsed time: a night with a clock change makes
// none of them longer.
func (s Session) SlotTimes() []time.Time {
	at := make([]time.Time, len(s.Seats))
	for i := range at {
		at[i] = s.Starts.Add(time.Duration(i*s.SlotMinutes) * time.Minute)
	}
	return at
}

// Ends returns the planned end of the last slot.
func (s Session) Ends() time.Time { return s.Starts.Add(minutes(s.SlotMinutes * len(s.Seats))) }

// AssignSlots gives n people, in order of rank, the free seats, each the earliest of the slots that he can come to; -1 for
// those who find none.
func AssignSlots(free []int, n int, can func(person, slot int) bool) []int {
	left, given := slices.Clone(free), make([]int, n)
	for i := range given {
		given[i] = -1
		for slot := range left {
			if left[slot] > 0 && can(i, slot) {
				given[i] = slot
				left[slot]--
				break
			}
		}
	}
	return given
}
