package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Rules returns what the rules need to know of the bookings, in their order.
func Rules(list []Booking) []hiring.Booking {
	out := make([]hiring.Booking, len(list))
	for i, b := range list {
		out[i] = b.Rule()
	}
	return out
}

// promises returns until when people who might be invited to a session may choose a time for one of its vacancies that
// comes first (hiring.PromisedUntil), by the person's surviving record. Those whose time is over at now are not in it.
func (r *Reader) promises(ctx context.Context, interview uuid.UUID, now time.Time) (map[uuid.UUID]time.Time, error) {
	var list []struct {
		Booking   `bun:",extend"`
		Surviving uuid.UUID `bun:"surviving"`
	}
	err := r.db.NewRaw(`SELECT b.*, coalesce(p.merged_into, p.id) AS surviving
		FROM application a JOIN person p ON p.id = a.person_id JOIN booking b ON b.application_id = a.id
		WHERE a.vacancy_id IN (SELECT vacancy_id FROM interview_vacancy WHERE interview_id = ?) AND a.state IN (?)
			AND EXISTS (SELECT FROM booking x WHERE x.application_id = a.id AND x.state IN (?))
		ORDER BY a.id, `+latestFirst("b."), interview, bun.List([]hiring.State{hiring.Shortlisted, hiring.Invited}), bun.List(hiring.OurFault)).Scan(ctx, &list)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	policy, err := r.Policy(ctx)
	found := map[uuid.UUID]time.Time{}
	for i := 0; i < len(list); {
		var own []hiring.Booking
		first := list[i]
		for ; i < len(list) && list[i].ApplicationID == first.ApplicationID; i++ {
			own = append(own, list[i].Rule())
		}
		if until := hiring.PromisedUntil(own, policy); !now.After(until) && until.After(found[first.Surviving]) {
			found[first.Surviving] = until
		}
	}
	return found, err
}
