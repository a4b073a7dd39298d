package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// RateModel is what was learned last.
type RateModel struct {
	ID        *uuid.UUID // nil: nothing was learned yet, the handbook speaks
	LearnedAt time.Time
	Model     *hiring.RateModel
}

// RateModel returns the model in force: the newest stored, or the handbook's.
func (r *Reader) RateModel(ctx context.Context) (RateModel, error) {
	out := RateModel{Model: &hiring.RateModel{}}
	err := r.db.NewSelect().Table("rate_model").Column("id", "learned_at", "body").OrderExpr("seq DESC").Limit(1).
		Scan(ctx, &out.ID, &out.LearnedAt, &jsonOver{out.Model})
	if errors.Is(err, sql.ErrNoRows) {
		return RateModel{Model: hiring.LearnRates(nil, hiring.RateContext)}, nil
	}
	return out, err
}

// forecastFacts is what one query knows of a person before a session.
type forecastFacts struct {
	ID        uuid.UUID
	Vacancy   string
	Source    string
	Missed    int
	BookingID *uuid.UUID
	State     hiring.Attendance
	StartsAt  *time.Time
	BookedAt  *time.Time
	OverrideP *float64 `bun:"override_p"`
}

// forecastPeople reads the facts of applications towards a session: the live booking there, or the offer
// not yet taken up, meetings missed before by the same person (merged ones included), and HR's last word.
const forecastPeople = `SELECT a.id, v.title AS vacancy, coalesce(s.name, '') AS source, m.missed,
		coalesce(b.id, o.id) AS booking_id, coalesce(b.state, '') AS state, coalesce(b.starts_at, o.starts_at) AS starts_at,
		coalesce(b.booked_at, o.created_at) AS booked_at, f.override_p
	FROM application a JOIN vacancy v ON v.id = a.vacancy_id JOIN person p ON p.id = a.person_id
	LEFT JOIN source s ON s.id = a.source_id
	LEFT JOIN LATERAL (SELECT id, state, starts_at, booked_at FROM booking WHERE application_id = a.id AND interview_id = ?
		AND state IN ('invited', 'confirmed', 'arrived', 'arrived_late', 'walk_in', 'interviewed') ORDER BY booked_at DESC, id LIMIT 1) b ON true
	LEFT JOIN LATERAL (SELECT offer.id, slot.starts_at, offer.created_at FROM offer JOIN slot ON slot.interview_id = offer.interview_id AND slot.number = offer.slot
		WHERE offer.application_id = a.id AND offer.interview_id = ? AND NOT EXISTS (SELECT FROM booking WHERE booking.id = offer.id)
		ORDER BY offer.created_at DESC LIMIT 1) o ON b.id IS NULL
	CROSS JOIN LATERAL (SELECT count(*) AS missed FROM booking WHERE state IN ('no_show', 'cancelled_late') AND interview_id <> ?
		AND person_id IN (SELECT id FROM person WHERE id = coalesce(p.merged_into, p.id) OR merged_into = coalesce(p.merged_into, p.id))) m
	LEFT JOIN LATERAL (SELECT override_p FROM forecast WHERE interview_id = ? AND application_id = a.id AND override_by <> '' ORDER BY seq DESC LIMIT 1) f ON true
	WHERE a.id IN (?)`

// Forecasts returns, for each of the applications that exists, the probability that the person comes to
// the session, as known at business time at, and the model behind it. Who is invited or not yet invited
// counts as pending: his probability holds both the yes and the coming. Who is there already is certain
// (reason arrived), and a word of HR wins (reason override). Fault not_found for the session.
func (r *Reader) Forecasts(ctx context.Context, interview uuid.UUID, at time.Time, applications []uuid.UUID) (map[uuid.UUID]hiring.RateForecast, *hiring.RateModel, error) {
	model, err := r.RateModel(ctx)
	if err != nil {
		return nil, nil, err
	}
	people, err := r.forecast(ctx, model.Model, interview, at, applications)
	if err != nil {
		return nil, nil, err
	}
	out := make(map[uuid.UUID]hiring.RateForecast, len(people))
	for id, p := range people {
		out[id] = p.forecast
	}
	return out, model.Model, nil
}

// personForecast is a forecast with the place it is for.
type personForecast struct {
	forecast hiring.RateForecast
	booking  *uuid.UUID
}

func (r *Reader) forecast(ctx context.Context, model *hiring.RateModel, interview uuid.UUID, at time.Time, applications []uuid.UUID) (map[uuid.UUID]personForecast, error) {
	var session struct {
		Zone     string
		City     string
		StartsAt time.Time
	}
	err := r.db.NewRaw(`SELECT i.zone, i.starts_at, v.city FROM interview i JOIN venue v ON v.id = i.venue_id WHERE i.id = ?`, interview).Scan(ctx, &session)
	if err != nil {
		return nil, missing(err, "interview")
	}
	zone, err := time.LoadLocation(session.Zone)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]personForecast, len(applications))
	if len(applications) == 0 {
		return out, nil
	}
	var people []forecastFacts
	if err := r.db.NewRaw(forecastPeople, interview, interview, interview, interview, bun.List(applications)).Scan(ctx, &people); err != nil {
		return nil, err
	}
	for _, p := range people {
		i := hiring.Invitation{
			City: session.City, Source: p.Source, Vacancy: p.Vacancy, StartsAt: session.StartsAt, Zone: zone, BookedAt: at,
			MissedBefore: p.Missed, Reply: hiring.ReplyPending,
		}
		if p.StartsAt != nil && p.BookedAt != nil {
			i.StartsAt, i.Timed, i.BookedAt = *p.StartsAt, true, *p.BookedAt
		}
		if p.State == hiring.BookingConfirmed {
			i.Reply = hiring.ReplyConfirmed
		}
		out[p.ID] = personForecast{model.Forecast(i.Facts()).With(p.State, p.OverrideP), p.BookingID}
	}
	return out, nil
}
