package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/hiring"
)

// Vacancy is a profile sought in a city.
type Vacancy struct {
	ID        uuid.UUID            `json:"id"`
	Profile   uuid.UUID            `json:"profile"`
	Title     string               `json:"title"`
	City      string               `json:"city"`
	Zone      string               `json:"zone"`
	Language  string               `json:"language" enum:"en,bg,ru" doc:"Of mails to people whose own is unknown."`
	Headcount int                  `json:"headcount"`
	PayLevel  int                  `json:"pay_level"`
	State     string               `json:"state" enum:"draft,open,closed"`
	Public    bool                 `json:"public" doc:"Its application form is open to anyone."`
	CreatedAt time.Time            `json:"created_at"`
	ClosedAt  *time.Time           `json:"closed_at,omitempty"`
	Version   int                  `json:"version"`
	Counts    map[hiring.State]int `json:"counts" doc:"Its applications by state."`
}

// VacancySource is what a source costs for a vacancy.
type VacancySource struct {
	Source    string `json:"source" format:"uuid" maxLength:"36"`
	CostMinor int64  `json:"cost_minor" minimum:"0" doc:"In minor units of the currency."`
	Currency  string `json:"currency" minLength:"3" maxLength:"3" example:"RUB"`
}

// VacancyCommand is a vacancy as it is to be.
type VacancyCommand struct {
	Version   int             `json:"version,omitempty" minimum:"1" doc:"As seen, for a change."`
	Profile   string          `json:"profile" format:"uuid" maxLength:"36"`
	Title     string          `json:"title" minLength:"1" maxLength:"200"`
	City      string          `json:"city" minLength:"1" maxLength:"100"`
	Zone      string          `json:"zone" maxLength:"64" example:"Europe/Moscow"`
	Language  string          `json:"language" enum:"en,bg,ru"`
	Headcount int             `json:"headcount" minimum:"1" maximum:"1000"`
	PayLevel  int             `json:"pay_level" minimum:"1" maximum:"4"`
	State     string          `json:"state,omitempty" enum:"draft,open,closed" default:"open"`
	Public    bool            `json:"public,omitempty"`
	Sources   []VacancySource `json:"sources,omitempty" maxItems:"100"`
}

// VacancyStateCommand opens, closes or drafts a vacancy.
type VacancyStateCommand struct {
	Version int    `json:"version" minimum:"1"`
	State   string `json:"state" enum:"draft,open,closed"`
}

// SourceResult is what a source brought to a vacancy and what it cost.
type SourceResult struct {
	Source    *uuid.UUID `json:"source,omitempty" doc:"Absent for responses whose source nobody knows."`
	Name      string     `json:"name"`
	CostMinor int64      `json:"cost_minor"`
	Currency  string     `json:"currency,omitempty"`
	Responses int        `json:"responses"`
	Arrived   int        `json:"arrived" doc:"Came to an interview."`
	Hired     int        `json:"hired"`
}

func vacancyOf(v store.Vacancy, counts map[hiring.State]int) Vacancy {
	if counts == nil {
		counts = map[hiring.State]int{}
	}
	return Vacancy{
		v.ID, v.ProfileID, v.Title, v.City, v.Zone, v.Language, v.Headcount, v.PayLevel, v.State, v.Public, v.CreatedAt, v.ClosedAt, v.Version, counts,
	}
}

func (a *API) vacancies() {
	k := kind{"vacancy", "vacancies"}
	register(a, k.op("list-vacancies", http.MethodGet, "", "List vacancies", onTheDay), func(ctx context.Context, in *struct {
		PageInput
		State string `query:"state" enum:"draft,open,closed"`
		Text  string `query:"text" maxLength:"200" doc:"Anywhere in title and city."`
	},
	) (*listOutput[Vacancy], error) {
		rows, next, err := a.Reader.Vacancies(ctx, store.VacancyFilter{State: in.State, Text: in.Text}, in.page())
		if err != nil {
			return nil, err
		}
		return listOf(rows, next, func(r store.VacancyRow) Vacancy { return vacancyOf(r.Vacancy, r.Counts) }), nil
	})
	register(a, k.op("get-vacancy", http.MethodGet, "/{id}", "Get a vacancy", onTheDay), func(ctx context.Context, in *IDInput) (*one[Vacancy], error) {
		row, err := a.Reader.Vacancy(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		counts, err := a.Reader.CountByState(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		return &one[Vacancy]{vacancyOf(row, counts)}, nil
	})
	register(a, k.op("list-vacancy-sources", http.MethodGet, "/{id}/sources", "List what each source brought and cost", hirers), func(ctx context.Context, in *IDInput) (*listOutput[SourceResult], error) {
		if _, err := a.Reader.Vacancy(ctx, in.uuid()); err != nil {
			return nil, err
		}
		rows, err := a.Reader.SourceResults(ctx, in.uuid())
		if err != nil {
			return nil, err
		}
		return listOf(rows, "", func(r store.SourceResult) SourceResult {
			return SourceResult{r.SourceID, r.Name, r.CostMinor, r.Currency, r.Responses, r.Arrived, r.Hired}
		}), nil
	})
	saving(a, k, func(b VacancyCommand) int { return b.Version },
		func(ctx context.Context, act store.Act, id uuid.UUID, version int, b VacancyCommand) (store.Saved, error) {
			var sources []store.VacancySource
			for _, s := range b.Sources {
				sources = append(sources, store.VacancySource{SourceID: parseID(s.Source), CostMinor: s.CostMinor, Currency: s.Currency})
			}
			return a.Catalog.SaveVacancy(ctx, act, store.Vacancy{
				ID: id, Version: version, ProfileID: parseID(b.Profile), Title: trimmed(b.Title), City: trimmed(b.City), Zone: b.Zone,
				Language: b.Language, Headcount: b.Headcount, PayLevel: b.PayLevel, State: b.State, Public: b.Public,
			}, sources)
		})
	register(a, k.op("set-vacancy-state", http.MethodPost, "/{id}/state", "Open, close or draft a vacancy", planners), func(ctx context.Context, in *commandInput[VacancyStateCommand]) (*one[Saved], error) {
		act, err := a.act(ctx, auth.From(ctx), in.KeyInput)
		if err != nil {
			return nil, err
		}
		saved, err := a.Catalog.SetVacancyState(ctx, act, in.uuid(), in.Body.Version, in.Body.State)
		if err != nil {
			return nil, err
		}
		return &one[Saved]{Saved(saved)}, nil
	})
}
