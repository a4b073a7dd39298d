package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/hiring"
)

// SessionRate returns the forecast, as known at business time at, for somebody of whom nothing is known
// but the session: its city, its day and, where it is for one only, its vacancy. With it a session is
// planned before anybody is invited. The model is the one behind it. Fault not_found.
func (r *Reader) SessionRate(ctx context.Context, interview uuid.UUID, at time.Time) (hiring.RateForecast, *hiring.RateModel, error) {
	var s struct {
		Zone     string
		City     string
		StartsAt time.Time
		Vacancy  string
	}
	err := r.db.NewRaw(`SELECT i.zone, i.starts_at, v.city, coalesce((SELECT min(t.title) FROM interview_vacancy iv JOIN vacancy t ON t.id = iv.vacancy_id
			WHERE iv.interview_id = i.id HAVING count(DISTINCT t.title) = 1), '') AS vacancy
		FROM interview i JOIN venue v ON v.id = i.venue_id WHERE i.id = ?`, interview).Scan(ctx, &s)
	if err != nil {
		return hiring.RateForecast{}, nil, missing(err, "interview")
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return hiring.RateForecast{}, nil, err
	}
	model, err := r.RateModel(ctx)
	if err != nil {
		return hiring.RateForecast{}, nil, err
	}
	i := hiring.Invitation{City: s.City, Vacancy: s.Vacancy, StartsAt: s.StartsAt, Zone: zone, BookedAt: at, Reply: hiring.ReplyPending}
	return model.Model.Forecast(i.Facts()), model.Model, nil
}
