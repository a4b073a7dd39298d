package hiring

import (
	"math"
	"slices"
)

// FunnelSeats are the seats still free in a session to come, and the vacancies it is held for, as indexes.
type FunnelSeats struct {
	Free      int
	Vacancies []int
}

// FunnelLack is a shortlist that is too short: of these vacancies together, for the seats that only they fill.
type FunnelLack struct {
	Vacancies []int
	Seats     int // free
	Shortlist int // people for them
	Lack      int // Seats - Shortlist
}

// ShortResponses is how many more responses it takes to find so many people among, beyond those that nobody
// has read yet.
func (l FunnelLack) ShortResponses(unread int) int {
	return max(0, int(math.Ceil(float64(l.Lack)*FunnelViewed/FunnelInvited-1e-9))-unread)
}

// FunnelLacks fills free seats from the shortlists, a person to one seat and a seat of several vacancies once, as well
// as it can be done (a maximum flow: Ford and Fulkerson 1956), and returns what stays empty. Vacancies that share
// the seats they lack people for are told together.
func FunnelLacks(shortlist []int, sessions []FunnelSeats) []FunnelLack {
	f := seatFlow{left: slices.Clone(shortlist), sessions: sessions, taken: make([][]int, len(sessions))}
	for s := range sessions {
		f.taken[s] = make([]int, len(shortlist))
	}
	var empty []int
	for s, seats := range sessions {
		if len(seats.Vacancies) == 0 {
			continue
		}
		for free := seats.Free; free > 0; {
			n, _, _ := f.fill(s, free)
			if n == 0 {
				empty = append(empty, s)
				break
			}
			free -= n
		}
	}
	type together struct{ vacancies, circle []int }
	var all []together
	for _, s := range empty {
		// All that could have filled the seat is used up, and used by sessions of this very circle: the difference is exact.
		_, vacancies, circle := f.fill(s, 1)
		one := together{vacancies, circle}
		all = slices.DeleteFunc(all, func(other together) bool {
			shared := slices.ContainsFunc(other.vacancies, func(v int) bool { return slices.Contains(one.vacancies, v) })
			if shared {
				one.vacancies, one.circle = append(one.vacancies, other.vacancies...), append(one.circle, other.circle...)
			}
			return shared
		})
		all = append(all, one)
	}
	var out []FunnelLack
	for _, one := range all {
		slices.Sort(one.vacancies)
		slices.Sort(one.circle)
		lack := FunnelLack{Vacancies: slices.Compact(one.vacancies)}
		for _, s := range slices.Compact(one.circle) {
			lack.Seats += sessions[s].Free
		}
		for _, v := range lack.Vacancies {
			lack.Shortlist += shortlist[v]
		}
		lack.Lack = lack.Seats - lack.Shortlist
		out = append(out, lack)
	}
	return out
}

// seatFlow is who sits where so far.
type seatFlow struct {
	left     []int // people of each vacancy without a seat
	sessions []FunnelSeats
	taken    [][]int // seats of a session by vacancy
}

// fill seats up to most people in a session, moving others to where their own vacancies have seats too. It returns how
// many, and what it looked at: with 0 these are all vacancies and sessions that could have helped.
func (f *seatFlow) fill(session, most int) (n int, vacancies, circle []int) {
	from := make([]int, len(f.left))     // the session that a vacancy was reached from
	by := make([]int, len(f.sessions))   // the vacancy that a session was reached by
	seen := make([]bool, len(f.left))    // vacancies
	met := make([]bool, len(f.sessions)) // sessions
	met[session], circle = true, []int{session}
	for i := 0; i < len(circle); i++ {
		s := circle[i]
		for _, v := range f.sessions[s].Vacancies {
			if seen[v] {
				continue
			}
			seen[v], from[v] = true, s
			vacancies = append(vacancies, v)
			if f.left[v] > 0 {
				n = min(most, f.left[v])
				for at := s; at != session; at = from[by[at]] {
					n = min(n, f.taken[at][by[at]])
				}
				f.left[v] -= n
				for use := v; ; use = by[from[use]] {
					at := from[use]
					f.taken[at][use] += n
					if at == session {
						return n, vacancies, circle
					}
					f.taken[at][by[at]] -= n
				}
			}
			for other := range f.sessions {
				if !met[other] && f.taken[other][v] > 0 {
					met[other], by[other] = true, v
					circle = append(circle, other)
				}
			}
		}
	}
	return 0, vacancies, circle
}
