package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

type funnelNeed struct {
	store.FunnelVacancy
	hiring.FunnelNeed
	P float64
}

// funnelLack is a shortlist that is too short, and how many more responses it takes.
type funnelLack struct {
	hiring.FunnelLack
	Titles    string
	Responses int
}

// maxFunnelSessions bounds how far ahead the shortlists are held against the seats.
const maxFunnelSessions = 200

func (p *Pages) funnelNeeds(c *fiber.Ctx, body *funnelBody) error {
	ctx := c.UserContext()
	list, err := p.Reader.FunnelVacancies(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	model, err := p.Reader.RateModel(ctx)
	if err != nil {
		return err
	}
	var hire []funnelNeed // who still is to be hired for
	var ids []uuid.UUID
	var shortlist []int
	for _, v := range list {
		rate := model.Model.Forecast(hiring.RateFacts{Reply: hiring.ReplyPending, Fields: map[string]string{
			hiring.RateCity: hiring.RateText(v.City), hiring.RateVacancy: hiring.RateText(v.Title),
		}}).P
		need := funnelNeed{v, v.Need(rate), rate}
		body.Needs = append(body.Needs, need)
		if need.Hires > 0 {
			hire, ids, shortlist = append(hire, need), append(ids, v.ID), append(shortlist, v.Shortlist)
		}
	}
	seats, more, err := p.Reader.FunnelSeats(ctx, ids, maxFunnelSessions)
	if err != nil {
		return err
	}
	if more {
		body.Sessions = maxFunnelSessions
	}
	for _, lack := range hiring.FunnelLacks(shortlist, seats) {
		var titles []string
		unread := 0
		for _, v := range lack.Vacancies {
			titles, unread = append(titles, position(hire[v].Title, hire[v].City)), unread+hire[v].Unread
		}
		body.Lacks = append(body.Lacks, funnelLack{lack, strings.Join(titles, "; "), lack.ShortResponses(unread)})
	}
	return nil
}
