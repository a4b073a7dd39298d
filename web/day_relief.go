package web

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

// dayRelief is what can be done about waits that come near the limit: one way in sight, the others folded.
type dayRelief struct {
	Over, Near int // people
	Limit      time.Duration
	Longest    time.Duration
	Free       []string // interviewers who could call somebody at once: nothing else helps sooner
	Ways       []reliefWay
}

// reliefWay is an interviewer who may open a lane, or another time for one of those waiting.
type reliefWay struct {
	Session uuid.UUID
	Idle    *store.IdleInterviewer
	Guest   dayPlace
	Slot    store.PrioritySlot
	Local   *time.Location
}

// reliefWays is how many of each kind are proposed.
const reliefWays = 3

// reliefOf asks what can be done when waits come near the limit; nil while all is well.
func (p *Pages) reliefOf(ctx context.Context, b *board, outlook []hiring.Outlook, people map[uuid.UUID]dayPlace) (*dayRelief, error) {
	s, now := b.Row, b.Now
	if _, needed := hiring.ProposeRelief(outlook, 0, 0); !needed {
		return nil, nil
	}
	idle, err := p.Reader.IdleInterviewers(ctx, s.VenueID, now, s.EndsAt)
	if err != nil {
		return nil, err
	}
	slots, err := p.Reader.PrioritySlots(ctx, s.ID, now.Add(time.Hour), 20)
	if err != nil {
		return nil, err
	}
	proposal, _ := hiring.ProposeRelief(outlook, len(idle), len(slots))
	r := &dayRelief{Over: len(proposal.Over), Near: len(proposal.Near), Limit: minutes(s.WaitMinutes), Longest: proposal.Longest.Truncate(time.Minute)}
	for _, l := range b.Lanes {
		if l.State() == "free" {
			r.Free = append(r.Free, l.StaffName)
		}
	}
	var away []reliefWay
	for _, one := range idle[:min(len(idle), reliefWays)] {
		if way := (reliefWay{Session: s.ID, Idle: &one}); one.Here {
			r.Ways = append(r.Ways, way)
		} else {
			away = append(away, way)
		}
	}
	r.Ways = append(r.Ways, movesOf(s, proposal.Move, slots, people)...)
	r.Ways = append(r.Ways, away...) // whoever is elsewhere needs a while to be here
	return r, nil
}

// movesOf gives people, in the order to ask them, the next time at which their own vacancy is met.
func movesOf(s meeting, ask []string, slots []store.PrioritySlot, people map[uuid.UUID]dayPlace) []reliefWay {
	slots = slices.Clone(slots)
	var ways []reliefWay
	for _, id := range ask {
		key, err := uuid.Parse(id)
		guest, ok := people[key]
		if err != nil || !ok || len(ways) == reliefWays {
			continue
		}
		n := slices.IndexFunc(slots, func(t store.PrioritySlot) bool {
			return t.Free > 0 && slices.Contains(t.Vacancies, guest.VacancyID) && !(t.InterviewID == s.ID && t.Number == guest.Slot)
		})
		if n < 0 {
			continue
		}
		slots[n].Free--
		ways = append(ways, reliefWay{Session: s.ID, Guest: guest, Slot: slots[n], Local: zoneOf(slots[n].Zone)})
	}
	return ways
}

// First is the way in sight: none or one.
func (r dayRelief) First() []reliefWay {
	if len(r.Free) > 0 {
		return nil
	}
	return r.Ways[:min(len(r.Ways), 1)]
}

// More are the others.
func (r dayRelief) More() []reliefWay { return r.Ways[len(r.First()):] }
