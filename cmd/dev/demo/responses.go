package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
)

// How many new responses there are, and since when they have come.
const (
	newResponses = 100
	responseDays = 16
)

// responses takes in the new ones, the earliest first, as forms and recruiters do.
func (b *builder) responses(ctx context.Context) error {
	// More in the working hours and on the last days; the last came half an hour ago.
	times := make([]time.Time, newResponses)
	for i := range times {
		ago := time.Duration(float64(responseDays*24*time.Hour) * b.people.rand.Float64() * b.people.rand.Float64())
		times[i] = b.start.Add(-30*time.Minute - ago).Truncate(time.Minute)
	}
	slices.SortFunc(times, time.Time.Compare)
	var shares, vacancyShares []int
	for _, s := range sources {
		shares = append(shares, s.share)
	}
	for _, v := range vacancies {
		vacancyShares = append(vacancyShares, v.share)
	}
	var earlier []store.Response
	for i, at := range times {
		n := b.weighted(vacancyShares)
		s := b.weighted(shares)
		who := b.people.draw(cities[vacancies[n].city].language)
		r := store.Response{
			Vacancy: b.vacancies[n], Source: &b.sources[s], Name: who.name, FirstName: who.first, Email: who.email, Phone: who.phone,
			City: cities[vacancies[n].city].name, BirthYear: who.birth, Language: cities[vacancies[n].city].language,
		}
		if b.people.rand.IntN(10) == 0 {
			r.Email = "" // boards often give a telephone only
		}
		if b.people.rand.IntN(5) == 0 {
			r.Comment = b.people.pick(comments)
		}
		// Whoever came by our own form consented there and was thanked.
		if sources[s].kind == "site" {
			r.Email, r.Consent, r.Acknowledge = who.email, "1", at.After(b.start.AddDate(0, 0, -1))
		}
		switch {
		case i%31 == 30: // the same person for another vacancy
			old := earlier[i-20]
			r.Name, r.FirstName, r.Email, r.Phone, r.BirthYear, r.City, r.Language = old.Name, old.FirstName, old.Email, old.Phone, old.BirthYear, old.City, old.Language
		case i%37 == 36: // probably the same: one name and year, other contacts
			old := earlier[i-15]
			r.Name, r.FirstName, r.BirthYear, r.City = old.Name, old.FirstName, old.BirthYear, old.City
		}
		earlier = append(earlier, r)
		out, err := b.Catalog.AddResponse(ctx, b.actAt(fmt.Sprintf("response/%d", i+1), at), r)
		if err != nil {
			return err
		}
		if out.Outcome != store.Repeated && r.Email != "" {
			b.responded[n] = append(b.responded[n], out.Application)
		}
	}
	return nil
}

// weighted draws a place in a list of weights.
func (b *builder) weighted(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := b.people.rand.IntN(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// of returns who responded to these vacancies, in turn, but for the last of each: on every day that the
// company is built, each vacancy has somebody whom nobody has read yet.
func (b *builder) of(vacancies ...int) (list []uuid.UUID) {
	for i := 0; ; i++ {
		more := false
		for _, v := range vacancies {
			if i < len(b.responded[v])-1 {
				list, more = append(list, b.responded[v][i]), true
			}
		}
		if !more {
			return list
		}
	}
}
