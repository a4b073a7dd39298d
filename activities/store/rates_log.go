package store

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// forecastRow is one forecast as it was made.
type forecastRow struct {
	bun.BaseModel `bun:"table:forecast"`
	ID            uuid.UUID       `bun:"id,pk"`
	BookingID     *uuid.UUID      `bun:"booking_id"`
	ApplicationID uuid.UUID       `bun:"application_id"`
	InterviewID   uuid.UUID       `bun:"interview_id"`
	At            time.Time       `bun:"at"`
	P             float64         `bun:"p"`
	ModelID       *uuid.UUID      `bun:"model_id"`
	Reasons       json.RawMessage `bun:"reasons,type:jsonb"`
	OverrideP     *float64        `bun:"override_p"`
	OverrideBy    string          `bun:"override_by"`
}

// AddForecasts keeps what was forecast for a session at business time at, to be scored after it: each
// person's forecast when it is new or has changed since it was last kept. The caller holds the session.
func (r *Record) AddForecasts(ctx context.Context, interview uuid.UUID, at time.Time, forecasts map[uuid.UUID]hiring.RateForecast) error {
	var people []uuid.UUID
	for id, f := range forecasts { // sorted below
		if n := len(f.Reasons); n == 0 || f.Reasons[n-1].Code != "arrived" { // to see is not to forecast
			people = append(people, id)
		}
	}
	if len(people) == 0 {
		return nil
	}
	slices.SortFunc(people, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	model, err := r.rateModelID(ctx)
	if err != nil {
		return err
	}
	var last []struct {
		ApplicationID uuid.UUID
		P             *float64
		OverrideP     *float64   `bun:"override_p"`
		BookingID     *uuid.UUID // of the forecast
		Place         *uuid.UUID // the booking or offer now
	}
	err = r.tx.NewRaw(`SELECT a.id AS application_id, f.p, f.override_p, f.booking_id, coalesce(b.id, o.id) AS place FROM application a
		LEFT JOIN LATERAL (SELECT p, override_p, booking_id FROM forecast WHERE interview_id = ? AND application_id = a.id ORDER BY seq DESC LIMIT 1) f ON true
		LEFT JOIN LATERAL (SELECT id FROM booking WHERE application_id = a.id AND interview_id = ? ORDER BY booked_at DESC, id LIMIT 1) b ON true
		LEFT JOIN LATERAL (SELECT id FROM offer WHERE application_id = a.id AND interview_id = ? ORDER BY created_at DESC LIMIT 1) o ON b.id IS NULL
		WHERE a.id IN (?) ORDER BY a.id`, interview, interview, interview, bun.List(people)).Scan(ctx, &last)
	if err != nil {
		return err
	}
	var rows []forecastRow
	for _, l := range last {
		f := forecasts[l.ApplicationID]
		row := forecastRow{ID: uuid.New(), BookingID: l.Place, ApplicationID: l.ApplicationID, InterviewID: interview, At: at, P: f.Modelled(), ModelID: model}
		if p := f.P; p != row.P {
			row.OverrideP = &p
		}
		if l.P != nil && near(l.P, &row.P) && near(l.OverrideP, row.OverrideP) && sameID(l.BookingID, l.Place) {
			continue
		}
		if row.Reasons, err = json.Marshal(f.Reasons); err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = r.tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

func (r *Reader) rateModelID(ctx context.Context) (id *uuid.UUID, err error) {
	err = r.db.NewRaw(`SELECT (SELECT id FROM rate_model ORDER BY seq DESC LIMIT 1)`).Scan(ctx, &id)
	return id, err
}

func near(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) < 1e-9
}

func sameID(a, b *uuid.UUID) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Forecast is what an override answers: the model's probability and the one in force.
type Forecast struct {
	ID    uuid.UUID `json:"id"`
	P     float64   `json:"p"`     // in force
	Model float64   `json:"model"` // the model's own
}

// OverrideForecast sets HR's own probability for a person in a session, 0 to 1, or with nil takes it
// back; it is kept beside the model's and both are scored. Faults: invalid_input (p), not_found for a
// session or an application not to one of its vacancies.
func (c *Catalog) OverrideForecast(ctx context.Context, act Act, interview, application uuid.UUID, p *float64) (Forecast, error) {
	var out Forecast
	var f fault.Fields
	f.Require(p == nil || *p >= 0 && *p <= 1, "p", "out_of_range") // NaN is neither
	if err := f.Err(); err != nil {
		return out, err
	}
	args := []any{interview, application, p}
	_, err := c.onCatalogue(ctx, act, "forecast/"+application.String(), "forecast.override", args, &out, func(ctx context.Context, tx bun.Tx) error {
		known, err := tx.NewSelect().TableExpr("application a JOIN interview_vacancy v ON v.vacancy_id = a.vacancy_id").
			Where("a.id = ? AND v.interview_id = ?", application, interview).Exists(ctx)
		if err != nil {
			return err
		}
		if !known {
			return fault.Missing("application")
		}
		r := &Reader{tx}
		model, err := r.RateModel(ctx)
		if err != nil {
			return err
		}
		people, err := r.forecast(ctx, model.Model, interview, act.Business, []uuid.UUID{application})
		if err != nil {
			return err
		}
		person := people[application]
		reasons, err := json.Marshal(person.forecast.Reasons)
		if err != nil {
			return err
		}
		row := forecastRow{
			ID: act.NewID(), BookingID: person.booking, ApplicationID: application, InterviewID: interview, At: act.Business,
			P: person.forecast.Modelled(), ModelID: model.ID, Reasons: reasons, OverrideP: p, OverrideBy: act.Actor,
		}
		out = Forecast{ID: row.ID, P: row.P, Model: row.P}
		if p != nil {
			out.P = *p
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	return out, err
}

// ScoreForecasts writes, for closed sessions, what became of each person forecast, and marks the last
// forecast before the time promised, which is the one that counts. Whoever his process has not noted as absent
// yet waits for the next time. It returns how many rows it scored.
func (c *Catalog) ScoreForecasts(ctx context.Context, at time.Time) (int, error) {
	came, missed := taught()
	res, err := c.db.NewRaw(`WITH outcome AS (
			SELECT f.id, f.seq, f.at, b.starts_at, f.interview_id, f.application_id,
				CASE WHEN b.state IN (?) THEN true WHEN b.state IN (?) THEN false END AS came
			FROM forecast f JOIN interview i ON i.id = f.interview_id
			LEFT JOIN LATERAL (SELECT state, starts_at FROM booking WHERE application_id = f.application_id AND interview_id = f.interview_id
				ORDER BY booked_at DESC, id LIMIT 1) b ON true
			WHERE f.scored_at IS NULL AND i.state IN ('closed', 'cancelled') AND coalesce(b.state NOT IN ('invited', 'confirmed'), true)),
		last AS (SELECT DISTINCT ON (interview_id, application_id) id FROM outcome WHERE at < starts_at AND came IS NOT NULL ORDER BY interview_id, application_id, seq DESC)
		UPDATE forecast SET came = outcome.came, scored_at = ?, final = EXISTS (SELECT FROM last WHERE last.id = forecast.id)
		FROM outcome WHERE outcome.id = forecast.id`, bun.List(came), bun.List(missed), at).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, _ := res.RowsAffected()
	return int(n), nil
}
