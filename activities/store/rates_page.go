package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"github.com/stazh/stazh/workflows/hiring"
)

// learned is what a stored model holds beside the model itself: its groups, which a page shows and no
// page should count anew.
type learned struct {
	*hiring.RateModel
	Groups []RateGroups `json:"groups"`
}

// RateGroups are the rates of one fact by its values.
type RateGroups struct {
	Field  string             `json:"field"`
	Groups []hiring.RateGroup `json:"groups"`
}

// rateGroups are the facts whose rates are shown: the product's own, and what else the model shrinks by.
func rateGroups(rows []hiring.RateRow, model *hiring.RateModel) []RateGroups {
	fields := append(slices.Clone(hiring.RateContext), hiring.RateHour, hiring.RateWeekday)
	for _, f := range model.Context {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	out := []RateGroups{}
	for _, f := range fields {
		if g := hiring.RateGroups(rows, f); len(g) > 0 {
			out = append(out, RateGroups{f, g})
		}
	}
	return out
}

// RateGroups returns the rates by fact as they were when the model in force was learned.
func (r *Reader) RateGroups(ctx context.Context) ([]RateGroups, error) {
	body := learned{RateModel: &hiring.RateModel{}}
	err := r.db.NewSelect().Table("rate_model").Column("body").OrderExpr("seq DESC").Limit(1).Scan(ctx, &jsonOver{&body})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return body.Groups, err
}

// ForecastScores says how good the forecasts of past sessions were, each person's last before the time
// promised.
type ForecastScores struct {
	All    ForecastScore   `json:"all"`
	City   []ForecastScore `json:"by_city"`
	Source []ForecastScore `json:"by_source"`
	Hand   *ForecastByHand `json:"by_hand,omitempty"`
}

// ForecastScore scores the model's forecasts beside the firm's one rate as it was known then.
type ForecastScore struct {
	Name  string           `json:"name,omitempty"`
	Model hiring.RateScore `json:"model"`
	One   hiring.RateScore `json:"one_rate"`
}

// ForecastByHand scores the people HR had a word of its own about: the word, and the model it replaced.
type ForecastByHand struct {
	Hand  hiring.RateScore `json:"hand"`
	Model hiring.RateScore `json:"model"`
}

// forecastsScored is how many forecasts are scored, the newest.
const forecastsScored = 20000

const forecastScores = `SELECT f.p, f.override_p, f.came, coalesce((f.reasons -> 0 ->> 'to')::float, 0.2) AS one, ve.city, coalesce(s.name, '') AS source
	FROM (SELECT * FROM forecast WHERE final ORDER BY seq DESC LIMIT ?) f
	JOIN interview i ON i.id = f.interview_id JOIN venue ve ON ve.id = i.venue_id
	JOIN application a ON a.id = f.application_id LEFT JOIN source s ON s.id = a.source_id ORDER BY f.seq`

type scoredForecasts struct {
	p, one []float64
	came   []bool
}

func (s *scoredForecasts) add(p, one float64, came bool) {
	s.p, s.one, s.came = append(s.p, p), append(s.one, one), append(s.came, came)
}

func (s *scoredForecasts) score(name string) ForecastScore {
	return ForecastScore{Name: name, Model: hiring.ScoreRates(s.p, s.came), One: hiring.ScoreRates(s.one, s.came)}
}

// ForecastScores scores the newest 20,000 forecasts of closed sessions.
func (r *Reader) ForecastScores(ctx context.Context) (ForecastScores, error) {
	var rows []struct {
		P         float64
		OverrideP *float64 `bun:"override_p"`
		Came      bool
		One       float64
		City      string
		Source    string
	}
	if err := r.db.NewRaw(forecastScores, forecastsScored).Scan(ctx, &rows); err != nil {
		return ForecastScores{}, err
	}
	var all, hand scoredForecasts
	city, source := map[string]*scoredForecasts{}, map[string]*scoredForecasts{}
	into := func(m map[string]*scoredForecasts, name string) *scoredForecasts {
		if m[name] == nil {
			m[name] = &scoredForecasts{}
		}
		return m[name]
	}
	for _, row := range rows {
		all.add(row.P, row.One, row.Came)
		into(city, row.City).add(row.P, row.One, row.Came)
		into(source, row.Source).add(row.P, row.One, row.Came)
		if row.OverrideP != nil {
			hand.add(*row.OverrideP, row.P, row.Came)
		}
	}
	out := ForecastScores{All: all.score(""), City: scoresBy(city), Source: scoresBy(source)}
	if len(hand.p) > 0 {
		out.Hand = &ForecastByHand{Hand: hiring.ScoreRates(hand.p, hand.came), Model: hiring.ScoreRates(hand.one, hand.came)}
	}
	return out, nil
}

// scoresBy are the scores by name, those of most forecasts first.
func scoresBy(groups map[string]*scoredForecasts) []ForecastScore {
	out := []ForecastScore{}
	for name, s := range groups {
		out = append(out, s.score(name))
	}
	slices.SortFunc(out, func(a, b ForecastScore) int {
		if a.Model.Rows != b.Model.Rows {
			return b.Model.Rows - a.Model.Rows
		}
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

// RateNames maps the texts that rates know (hiring.RateText) back to names as people wrote them: cities,
// sources, vacancies.
func (r *Reader) RateNames(ctx context.Context) (map[string]string, error) {
	var names []string
	err := r.db.NewRaw(`SELECT DISTINCT name FROM (SELECT city AS name FROM venue UNION ALL SELECT name FROM source UNION ALL
		(SELECT title FROM vacancy ORDER BY created_at DESC LIMIT 2000)) n ORDER BY name DESC`).Scan(ctx, &names)
	out := make(map[string]string, len(names))
	for _, n := range names {
		out[hiring.RateText(n)] = n
	}
	return out, err
}

func (m learned) encode() (string, error) {
	body, err := json.Marshal(m)
	return string(body), err
}
