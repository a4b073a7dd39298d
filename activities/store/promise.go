package store

import (
	"context"
	"slices"
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

// promisedPlace are the places (b) beside which no other can come first unless there is a lane more.
const promisedPlace = `(b.state IN ('confirmed', 'arrived', 'arrived_late', 'interviewed') OR b.priority AND b.state = 'invited')`

// firstOf marks the times at which a place that comes first can be promised now (hiring.CheckPriority), and leaves out
// others without a free seat. Judged again when one is taken.
func (r *Reader) firstOf(ctx context.Context, times []FreeTime) ([]FreeTime, error) {
	if len(times) == 0 {
		return nil, nil
	}
	var list []struct {
		InterviewID     uuid.UUID
		Number          int
		Promised, Lanes int
	}
	var interviews []uuid.UUID
	for _, t := range times {
		if !slices.Contains(interviews, t.InterviewID) {
			interviews = append(interviews, t.InterviewID)
		}
	}
	err := r.db.NewRaw(`SELECT s.interview_id, s.number, count(b.id) AS promised,
			(SELECT count(*) FROM lane l WHERE l.interview_id = s.interview_id AND l.closed_at IS NULL) AS lanes
		FROM slot s LEFT JOIN booking b ON b.interview_id = s.interview_id AND b.slot = s.number AND `+promisedPlace+`
		WHERE s.interview_id IN (?) GROUP BY s.interview_id, s.number`, bun.List(interviews)).Scan(ctx, &list)
	type slot struct {
		interview uuid.UUID
		number    int
	}
	first := map[slot]bool{}
	for _, s := range list {
		first[slot{s.InterviewID, s.Number}] = hiring.CheckPriority(s.Promised, s.Lanes) == nil
	}
	for i, t := range times {
		times[i].First = first[slot{t.InterviewID, t.Slot}]
	}
	return slices.DeleteFunc(times, func(t FreeTime) bool { return t.Free <= 0 && !t.First }), err
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

// Owed is somebody who was promised a time that comes first and has no other yet. Email is where his mail goes.
type Owed struct {
	ID                 uuid.UUID // of the application
	Name, Phone, Email string
	Until              time.Time
}

// Owed returns those who were promised a time (hiring.PromisedUntil) and have not chosen one, whose time ends soonest first.
func (r *Reader) Owed(ctx context.Context, now time.Time) ([]Owed, error) {
	policy, err := r.Policy(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Booking            `bun:",extend"`
		Name, Phone, Email string
	}
	// A day more, for whoever left before his own time.
	err = r.db.NewRaw(owedBookings, bun.List(hiring.OurFault), now.AddDate(0, 0, -policy.AgainDays-1), hiring.Shortlisted).Scan(ctx, &rows)
	var list []Owed
	for i := 0; i < len(rows); {
		one, own := rows[i], []hiring.Booking(nil)
		for ; i < len(rows) && rows[i].ApplicationID == one.ApplicationID; i++ {
			own = append(own, rows[i].Rule())
		}
		if until := hiring.PromisedUntil(own, policy); now.Before(until) {
			list = append(list, Owed{one.ApplicationID, one.Name, one.Phone, one.Email, until})
		}
	}
	slices.SortFunc(list, func(a, b Owed) int { return a.Until.Compare(b.Until) })
	return list, err
}

// owedBookings begins with the few who were sent away lately.
var owedBookings = `SELECT b.*, ` + shownName + ` AS name, p.phone, ` + addressOf("p") + ` AS email
	FROM (SELECT DISTINCT application_id FROM booking WHERE state IN (?) AND ended_at > ?) sent
	JOIN application a ON a.id = sent.application_id JOIN person p ON p.id = a.person_id JOIN booking b ON b.application_id = a.id
	WHERE a.state = ? AND p.erased_at IS NULL ORDER BY a.id, ` + latestFirst("b.") + ` LIMIT 500`
