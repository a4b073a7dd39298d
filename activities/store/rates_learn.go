package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// rateRowsMost is how many outcomes are learned from, the newest. The regression's choice among its
// penalties takes about seven seconds of one core for so many; older ones say little of today.
const rateRowsMost = 20000

// rateModelsKept are kept to look at; a forecast whose model is gone keeps its reasons.
const rateModelsKept = 200

// rateLock makes learners wait their turn across processes.
const rateLock = 7382914651

// rateMark says what there is to learn from; equal marks teach the same. The leading number is raised
// when learning itself changes.
const rateMark = `SELECT concat_ws('/', 1,
	(SELECT concat_ws('-', count(*), coalesce(sum(b.version), 0)) FROM booking b JOIN interview i ON i.id = b.interview_id WHERE i.state = 'closed'),
	(SELECT concat_ws('-', count(*), coalesce(sum(version), 0)) FROM attendance_import WHERE state = 'done'),
	(SELECT sum(version) FROM vacancy), (SELECT sum(version) FROM venue), (SELECT sum(version) FROM source))`

// rateOutcomes are the ended invitations of closed sessions, the newest first: of an open one the
// no-shows come last, and learning then would see only those who came. Walk-ins were not invited.
const rateOutcomes = `SELECT b.state, b.confirmed_at IS NOT NULL AS confirmed, b.starts_at, b.booked_at, i.zone, ve.city, v.title AS vacancy,
		coalesce(s.name, '') AS source,
		count(*) FILTER (WHERE b.state IN ('no_show', 'cancelled_late')) OVER (PARTITION BY coalesce(p.merged_into, p.id) ORDER BY b.starts_at, b.id
			ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS missed
	FROM booking b JOIN interview i ON i.id = b.interview_id JOIN venue ve ON ve.id = i.venue_id
	JOIN application a ON a.id = b.application_id JOIN vacancy v ON v.id = a.vacancy_id JOIN person p ON p.id = b.person_id
	LEFT JOIN source s ON s.id = a.source_id
	WHERE i.state = 'closed' AND b.state IN (?) AND (b.arrived_at IS NULL OR b.booked_at < b.arrived_at)
	ORDER BY b.starts_at DESC, b.id LIMIT ?`

const rateImported = `SELECT a.import_id, a.day, a.came, a.reply, a.fields, a.numbers FROM attendance a JOIN attendance_import i ON i.id = a.import_id
	WHERE i.state = 'done' ORDER BY i.created_at DESC, i.id, a.line DESC LIMIT ?`

// attendances are all states of a booking.
var attendances = []hiring.Attendance{
	hiring.BookingInvited, hiring.BookingConfirmed, hiring.BookingArrived, hiring.BookingArrivedLate, hiring.BookingWalkIn,
	hiring.BookingInterviewed, hiring.BookingMoved, hiring.BookingDeclined, hiring.BookingNoAnswer, hiring.BookingCancelled,
	hiring.BookingCancelledLate, hiring.BookingWithdrawn, hiring.BookingLeft, hiring.BookingNoShow, hiring.BookingNoInterview,
}

// taught splits the states of ended bookings into those that say the person came, and those that say he
// did not (hiring.Attendance.Invited); the rest say nothing.
func taught() (came, missed []hiring.Attendance) {
	for _, a := range attendances {
		switch yes, _, ok := a.Invited(true); {
		case ok && yes && a != hiring.BookingWalkIn:
			came = append(came, a)
		case ok && !yes:
			missed = append(missed, a)
		}
	}
	return came, missed
}

// LearnRates learns show rates from the outcomes of closed sessions and the imported history, and stores
// what it learned at business time at. When nothing has changed since, it only looks; when another
// process learns, it leaves it to that.
func (c *Catalog) LearnRates(ctx context.Context, at time.Time) error {
	if same, _, err := sameMark(ctx, c.db); err != nil || same {
		return err
	}
	return c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var mine bool
		if err := tx.NewRaw(`SELECT pg_try_advisory_xact_lock(?)`, rateLock).Scan(ctx, &mine); err != nil || !mine {
			return err
		}
		same, mark, err := sameMark(ctx, tx)
		if err != nil || same {
			return err
		}
		rows, err := (&Reader{tx}).rateRows(ctx)
		if err != nil {
			return err
		}
		model := hiring.LearnRates(rows, rateContext(rows))
		body, err := learned{model, rateGroups(rows, model)}.encode()
		if err != nil {
			return err
		}
		if _, err = tx.NewRaw(`INSERT INTO rate_model (id, learned_at, rows, mark, body) VALUES (?, ?, ?, ?, ?)`,
			uuid.New(), at, len(rows), mark, body).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewRaw(`DELETE FROM rate_model WHERE seq <= (SELECT seq FROM rate_model ORDER BY seq DESC OFFSET ? LIMIT 1)`, rateModelsKept).Exec(ctx)
		return err
	})
}

// sameMark reports whether what was learned last still stands.
func sameMark(ctx context.Context, db bun.IDB) (same bool, mark string, err error) {
	if err = db.NewRaw(rateMark).Scan(ctx, &mark); err != nil {
		return false, "", err
	}
	err = db.NewRaw(`SELECT coalesce((SELECT mark FROM rate_model ORDER BY seq DESC LIMIT 1) = ?, false)`, mark).Scan(ctx, &same)
	return same, mark, err
}

// rateContext is the product's own context as far as any row has it; a history that knows none of it has
// its own found.
func rateContext(rows []hiring.RateRow) []string {
	var context []string
	for _, field := range hiring.RateContext {
		for _, r := range rows {
			if r.Fields[field] != "" {
				context = append(context, field)
				break
			}
		}
	}
	return context
}

// rateRows are what there is to learn from, at most rateRowsMost, the firm's own sessions first.
func (r *Reader) rateRows(ctx context.Context) ([]hiring.RateRow, error) {
	came, missed := taught()
	var own []struct {
		State     hiring.Attendance
		Confirmed bool
		StartsAt  time.Time
		BookedAt  time.Time
		Zone      string
		City      string
		Vacancy   string
		Source    string
		Missed    int
	}
	if err := r.db.NewRaw(rateOutcomes, bun.List(append(came, missed...)), rateRowsMost).Scan(ctx, &own); err != nil {
		return nil, err
	}
	zones := map[string]*time.Location{}
	rows := make([]hiring.RateRow, 0, len(own))
	for _, o := range own {
		zone, known := zones[o.Zone]
		if !known {
			var err error
			if zone, err = time.LoadLocation(o.Zone); err != nil {
				return nil, err
			}
			zones[o.Zone] = zone
		}
		came, reply, ok := o.State.Invited(o.Confirmed)
		if !ok {
			continue
		}
		i := hiring.Invitation{
			City: o.City, Source: o.Source, Vacancy: o.Vacancy, StartsAt: o.StartsAt, Timed: true, Zone: zone,
			BookedAt: o.BookedAt, MissedBefore: o.Missed, Reply: reply,
		}
		// One day in one city shares weather and metro.
		rows = append(rows, hiring.RateRow{RateFacts: i.Facts(), Came: came, Day: o.StartsAt.In(zone).Format(time.DateOnly) + " " + hiring.RateText(o.City)})
	}
	if len(rows) >= rateRowsMost {
		return rows, nil
	}
	var imported []struct {
		ImportID uuid.UUID
		Day      string
		Came     bool
		Reply    hiring.Reply
		Fields   map[string]string  `bun:"type:jsonb"`
		Numbers  map[string]float64 `bun:"type:jsonb"`
	}
	if err := r.db.NewRaw(rateImported, rateRowsMost-len(rows)).Scan(ctx, &imported); err != nil {
		return nil, err
	}
	for _, a := range imported {
		row := hiring.RateRow{RateFacts: hiring.RateFacts{Fields: a.Fields, Numbers: a.Numbers, Reply: a.Reply}, Came: a.Came}
		if a.Day != "" {
			row.Day = fmt.Sprintf("%s %s %s", a.Day, a.Fields[hiring.RateCity], a.ImportID)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
