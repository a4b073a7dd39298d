package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Judge asks of a session that is over whether the plan would have been better, and says on which outcomes:
// equal ones are judged alike. Whoever was still expected did not come. The interviewers are those of most of
// the day (hiring.LanesOpen). The show probability is the one
// logged with the first plan, so that what the day itself taught does not help a rule; without a plan,
// today's. nil when nobody's outcome is known.
func (r *Reader) Judge(ctx context.Context, s Interview, stop func() bool) (*hiring.PlanVerdict, string, error) {
	people, on, err := r.turnout(ctx, s.ID)
	if err != nil || len(people) == 0 {
		return nil, on, err
	}
	slots, err := r.Slots(ctx, s.ID)
	if err != nil {
		return nil, "", err
	}
	seats := make([]int, len(slots))
	for n, slot := range slots {
		seats[n] = max(slot.Seats, slot.Taken)
	}
	lanes, err := r.dayLanes(ctx, s.ID, s.EndsAt)
	if err != nil {
		return nil, "", err
	}
	rate, model, err := r.SessionRate(ctx, s.ID, s.CreatedAt)
	if err != nil {
		return nil, "", err
	}
	plans, err := r.Plans(ctx, s.ID, 1000)
	if err != nil {
		return nil, "", err
	}
	if n := len(plans); n > 0 {
		if first := plans[n-1].After; first.Invited > 0 {
			rate.P = first.Expected.Shows / float64(first.Invited)
		}
	}
	request, _ := s.Settings.OrDefault(s.WaitMinutes).Seated(seats, s.SlotMinutes, hiring.LanesOpen(lanes, s.StartsAt, s.EndsAt), s.Room, model.DayEffect)
	v := hiring.PlanJudge(people, seats, request, rate.P, s.OwnSeats, stop)
	return &v, on, nil
}

// turnout returns who of those invited to a session came and who did not, by slot, and the same in short:
// of each slot "number:people/came". Who moved, called off in time or was withdrawn by us is in no rule's
// plan, walk-ins, whose places are made at the moment they arrive, are in nobody's.
func (r *Reader) turnout(ctx context.Context, interview uuid.UUID) ([]hiring.PlanTurnout, string, error) {
	var rows []struct {
		Slot  int
		State hiring.Attendance
	}
	err := r.db.NewRaw(`SELECT slot, state FROM booking WHERE interview_id = ? AND NOT coalesce(arrived_at = booked_at, false) ORDER BY slot, id`, interview).Scan(ctx, &rows)
	if err != nil {
		return nil, "", err
	}
	var people []hiring.PlanTurnout
	for _, row := range rows {
		came, _, known := row.State.Invited(true)
		if known || row.State.Expected() {
			people = append(people, hiring.PlanTurnout{Slot: row.Slot, Came: came})
		}
	}
	var on strings.Builder
	for from := 0; from < len(people); {
		next, came := from, 0
		for ; next < len(people) && people[next].Slot == people[from].Slot; next++ {
			if people[next].Came {
				came++
			}
		}
		on.WriteString(strconv.Itoa(people[from].Slot) + ":" + strconv.Itoa(next-from) + "/" + strconv.Itoa(came) + " ")
		from = next
	}
	return people, on.String(), nil
}

// SaveReport keeps what a session's day came to, and the verdict on its plan (nil: nobody's outcome is known)
// with the outcomes it was given on. What is counted and judged again, on outcomes that were corrected, takes
// the place of what was kept before; at stays the time of the first.
func (r *Record) SaveReport(ctx context.Context, interview uuid.UUID, report hiring.DayReport, verdict *hiring.PlanVerdict, on string, at time.Time) error {
	_, err := r.tx.NewRaw(`INSERT INTO session_report (interview_id, body, verdict, judged_on, written_at) VALUES (?, ?, nullif(?, 'null')::jsonb, ?, ?)
		ON CONFLICT (interview_id) DO UPDATE SET body = excluded.body, verdict = excluded.verdict, judged_on = excluded.judged_on`,
		interview, jsonOf(report), jsonOf(verdict), on, at).Exec(ctx)
	return err
}

// ReportedAt returns when the session's day was counted first, at its close; the zero time before.
func (r *Reader) ReportedAt(ctx context.Context, interview uuid.UUID) (time.Time, error) {
	var at *time.Time
	err := r.db.NewRaw(`SELECT max(written_at) FROM session_report WHERE interview_id = ?`, interview).Scan(ctx, &at)
	return value(at), err
}

// unjudged says of session t that it is over and no verdict was given on its outcomes as they are.
const unjudged = `(t.state = 'closed' AND NOT EXISTS (SELECT FROM session_report s WHERE s.interview_id = t.id AND s.judged_on IS NOT NULL))`

// Unjudge returns those of the sessions that were judged on other outcomes than they have now, for their
// processes to judge anew; that they are to is kept, so that Reconcile finds them too. Their forecasts are
// scored again as well.
func (r *Record) Unjudge(ctx context.Context, interviews []uuid.UUID) ([]uuid.UUID, error) {
	var judged []struct {
		InterviewID uuid.UUID
		JudgedOn    string
	}
	err := r.tx.NewRaw(`SELECT interview_id, judged_on FROM session_report WHERE interview_id IN (?) AND judged_on IS NOT NULL ORDER BY interview_id`,
		bun.List(interviews)).Scan(ctx, &judged)
	var changed []uuid.UUID
	for _, one := range judged {
		_, on, err := r.turnout(ctx, one.InterviewID)
		if err != nil {
			return nil, err
		}
		if on != one.JudgedOn {
			changed = append(changed, one.InterviewID)
		}
	}
	if err != nil || len(changed) == 0 {
		return nil, err
	}
	if _, err = r.tx.NewRaw(`UPDATE session_report SET judged_on = NULL WHERE interview_id IN (?)`, bun.List(changed)).Exec(ctx); err != nil {
		return nil, err
	}
	_, err = r.tx.NewRaw(`UPDATE forecast SET scored_at = NULL, came = NULL, final = false WHERE interview_id IN (?)`, bun.List(changed)).Exec(ctx)
	return changed, err
}

// Verdict returns what was said of a session that is over, nil when nobody's outcome was known, and whether
// it was judged yet.
func (r *Reader) Verdict(ctx context.Context, interview uuid.UUID) (v *hiring.PlanVerdict, judged bool, err error) {
	err = r.db.NewSelect().Table("session_report").Column("verdict").ColumnExpr("judged_on IS NOT NULL").Where("interview_id = ?", interview).Scan(ctx, &jsonOver{&v}, &judged)
	if missing(err, "") != err {
		return nil, false, nil
	}
	return v, judged, err
}

// PlanSum is what one rule came to over all sessions that were judged and that the planner has a plan for. Times are in minutes,
// each session's by the length of its own slots.
type PlanSum struct {
	Rule     string // was, plan, naive, one_each; own: HR's numbers, of the sessions that have them
	Sessions int
	Invited  int
	Shows    float64
	Wait     float64
	Idle     float64
	Overtime float64 // interviews
	Utility  float64
	Gain     float64 // of utility above the planner's plan
}

// PlanSums sums up the verdicts of all sessions, by rule; it is empty while there are none.
func (r *Reader) PlanSums(ctx context.Context) (map[string]PlanSum, error) {
	var rows []PlanSum
	err := r.db.NewRaw(`SELECT rule, count(*) AS sessions, sum((played->>'invited')::int) AS invited, sum((played->>'shows')::float8) AS shows,
			sum((played->>'wait_slots')::float8 * slot) AS wait, sum((played->>'idle_slots')::float8 * slot) AS idle,
			sum((played->>'overtime')::float8) AS overtime, sum((played->>'utility')::float8) AS utility,
			sum((played->>'utility')::float8 - (verdict->'plan'->>'utility')::float8) AS gain
		FROM session_report CROSS JOIN LATERAL (SELECT (verdict->>'slot_minutes')::float8 AS slot) AS length
		CROSS JOIN LATERAL (VALUES ('was', verdict->'was'), ('plan', verdict->'plan'), ('naive', verdict->'naive'),
			('one_each', verdict->'one_each'), ('own', verdict->'own'->'played')) AS rules (rule, played)
		WHERE judged_on IS NOT NULL AND jsonb_typeof(verdict->'plan') = 'object' AND jsonb_typeof(played) = 'object' GROUP BY rule`).Scan(ctx, &rows)
	sums := map[string]PlanSum{}
	for _, row := range rows {
		sums[row.Rule] = row
	}
	return sums, err
}
