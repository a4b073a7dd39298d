package web

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/staff"
)

// What a session's forms offer to choose from, the nearest to its place first.

// vacancyOptions lists the open vacancies, those of the city first.
func (p *Pages) vacancyOptions(ctx context.Context, city string) ([]Option, error) {
	rows, _, err := p.Reader.Vacancies(ctx, store.VacancyFilter{State: "open"}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b store.VacancyRow) int {
		switch {
		case strings.EqualFold(a.City, city) && !strings.EqualFold(b.City, city):
			return -1
		case !strings.EqualFold(a.City, city) && strings.EqualFold(b.City, city):
			return 1
		}
		return 0
	})
	var options []Option
	for _, v := range rows {
		options = append(options, Option{Value: v.ID.String(), Label: position(v.Title, v.City)})
	}
	return options, nil
}

// interviewers are those who may be given a lane at a venue, but not the ones left out: first who had one in its city
// before, then whose clock is the venue's.
func (p *Pages) interviewers(ctx context.Context, at store.Venue, out func(uuid.UUID) bool) ([]Option, error) {
	led, err := p.Reader.LedIn(ctx, at.City)
	if err != nil {
		return nil, err
	}
	var near [3][]Option
	seen := map[uuid.UUID]bool{}
	for _, role := range []staff.Role{staff.Interviewer, staff.HeadOfSales} {
		list, _, err := p.Reader.StaffList(ctx, store.StaffQuery{Role: role, Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, one := range list {
			if !seen[one.ID] && !out(one.ID) {
				n := 2
				if led[one.ID] {
					n = 0
				} else if one.Zone == at.Zone {
					n = 1
				}
				near[n] = append(near[n], Option{Value: one.ID.String(), Label: one.Name})
			}
			seen[one.ID] = true
		}
	}
	return slices.Concat(near[:]...), nil
}
