package web

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows/hiring"
)

// sessionPeople is what changes on a session's page while it stands: people answer, waves invite.
func (p *Pages) sessionPeople(c *fiber.Ctx) error {
	s, err := p.session(c)
	if err != nil {
		return err
	}
	body, err := p.sessionNews(c, s)
	if err != nil {
		return err
	}
	body.News = true
	return p.Frame.Fragment(c, fiber.StatusOK, "interview/session", "news", Page{Body: body})
}

// sessionNews is the people of a session, the seats they hold and, for who manages it, the shortlist.
func (p *Pages) sessionNews(c *fiber.Ctx, s meeting) (sessionBody, error) {
	ctx, now := c.UserContext(), p.Now()
	body := sessionBody{Row: s, Manage: auth.Of(c).Has(planners...) && s.Live(), Links: auth.Of(c).Has(hirers...)}
	policy, err := p.Reader.Policy(ctx)
	if err != nil {
		return body, err
	}
	slots, err := p.Reader.Slots(ctx, s.ID)
	if err != nil {
		return body, err
	}
	places, err := p.Reader.SessionPeople(ctx, s.ID)
	if err != nil {
		return body, err
	}
	forecasts, _, err := p.Reader.Forecasts(ctx, s.ID, now, awaited(places))
	if err != nil {
		return body, err
	}
	asked := awaited(places)
	for _, place := range places {
		if place.ReplacedBy != nil { // by a time under another application, it may be
			asked = append(asked, place.ApplicationID)
		}
	}
	others, err := p.Reader.OtherTimes(ctx, asked...)
	if err != nil {
		return body, err
	}
	sum := fnv.New64a()
	for _, place := range places {
		fmt.Fprint(sum, place.ApplicationID, place.Slot, place.State)
		row, stay := placeOf(place), hiring.StayAt(place.StartsAt, s.WaitMinutes, s.SlotMinutes)
		row.Other = besideWords(p.Frame.Lang(c), others[place.ApplicationID], &stay)
		body.People = append(body.People, row)
	}
	times, seats := make([]time.Time, len(slots)), make([]int, len(slots))
	for n, slot := range slots {
		times[n], seats[n] = slot.StartsAt, slot.Seats
		row := slotRow{Slot: slot, Typed: strconv.Itoa(slot.Seats), Late: now.After(policy.InviteUntil(slot.StartsAt))}
		for _, place := range places {
			if place.Slot == n {
				row.Expected += comes(place, forecasts)
			}
		}
		if !row.Late {
			body.Free += slot.Seats - slot.Taken
		}
		body.Slots = append(body.Slots, row)
		body.Comes += row.Expected
	}
	body.Places = strconv.FormatUint(sum.Sum64(), 36)
	if !body.Manage || c.Query("places") == body.Places { // the shortlist is the dearest part: it is what it was
		return body, nil
	}
	body.Listed = true
	if body.TooLate, err = p.tooLate(ctx, p.Frame.Lang(c), times, seats); err != nil {
		return body, err
	}
	if body.List, err = p.shortlistOf(ctx, p.Frame.Lang(c), s.ID); err != nil {
		return body, err
	}
	body.List.order(body.Free)
	return body, nil
}

// hasTime reports whether somebody is counted on: invited, yet to be, or there.
func hasTime(place store.SessionPlace) bool {
	return place.State == "" || place.State.Expected() || place.State.Present()
}

// awaited are the applications of those who have a time.
func awaited(places []store.SessionPlace) (ids []uuid.UUID) {
	for _, place := range places {
		if hasTime(place) {
			ids = append(ids, place.ApplicationID)
		}
	}
	return ids
}

// comes is what somebody with a time adds to the number expected, by his own forecast. The session's page and its
// plan's add these up, so that they say the same.
func comes(place store.SessionPlace, forecasts map[uuid.UUID]hiring.RateForecast) float64 {
	if !hasTime(place) {
		return 0
	}
	return forecasts[place.ApplicationID].P
}
