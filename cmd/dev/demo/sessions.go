package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// A session of this week, as HR sets it.
type session struct {
	city      int
	vacancies []int
	hours     int // it begins so long ahead at least
	at        int // o'clock in its city
	seats     []int
	lanes     []string // interviewers' addresses
	shortlist int      // so many are put on its shortlist
	invite    int      // and the first so many are invited
}

// One session has its first wave out, the other awaits it.
var sessions = []session{
	{0, []int{0, 1}, 50, 10, []int{4, 3, 3, 3, 0, 3, 3, 2}, []string{"interviewer@stazh.example", "a.moroz@stazh.example"}, 18, 14},
	{1, []int{2, 3}, 60, 11, []int{3, 3, 2, 2, 2, 2}, []string{"t.gareeva@stazh.example"}, 12, 0},
}

// slotMinutes is the length of an interview in the demo's sessions.
const slotMinutes = 30

// schedule makes this week's sessions, shortlists people and invites a first wave; some of them answer.
func (b *builder) schedule(ctx context.Context) error {
	for n, s := range sessions {
		id := b.id(fmt.Sprintf("session/%d", n+1))
		args := workflows.ScheduleArgs{Venue: b.venues[s.city].String(), Rules: hiring.DefaultCandidateRules(), Session: hiring.Session{
			Starts: nextWorkingDay(b.start.Add(time.Duration(s.hours)*time.Hour), cities[s.city].zone, s.at), SlotMinutes: slotMinutes,
			Seats: s.seats, Room: cities[s.city].venue.Room, WaitMinutes: 60,
		}}
		for _, v := range s.vacancies {
			args.Vacancies = append(args.Vacancies, b.vacancies[v].String())
		}
		for _, email := range s.lanes {
			args.Session.Lanes = append(args.Session.Lanes, b.staff[email].String())
		}
		if _, err := workflows.Do(ctx, b.Commands, workflows.Schedule, id.String(), b.hr("schedule/"+id.String()), args); err != nil {
			return fmt.Errorf("session %d: %w", n+1, err)
		}
		list := b.of(s.vacancies...)
		list = list[:min(s.shortlist, len(list))]
		for i, application := range list {
			rank := i + 1
			args := workflows.ShortlistArgs{Rank: &rank}
			if _, err := workflows.Do(ctx, b.Commands, workflows.Shortlist, application.String(), b.hr("shortlist/"+application.String()), args); err != nil {
				return fmt.Errorf("shortlist: %w", err)
			}
		}
		if s.invite == 0 {
			continue
		}
		if err := b.invite(ctx, id, list[:min(s.invite, len(list))]); err != nil {
			return err
		}
	}
	return nil
}

// invite sends a first wave; when the invitations are out some people say yes, one says no.
func (b *builder) invite(ctx context.Context, session uuid.UUID, people []uuid.UUID) error {
	var args workflows.InviteArgs
	for _, id := range people {
		args.Applications = append(args.Applications, id.String())
	}
	if _, err := workflows.Do(ctx, b.Commands, workflows.Invite, session.String(), b.hr("invite/"+session.String()), args); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	for i, id := range people {
		booking, version, err := b.booked(ctx, id)
		if err != nil {
			return err
		}
		by := workflows.By{Actor: "candidate/" + id.String(), Key: "demo/answer"}
		seen := workflows.BookingArgs{Booking: booking.String(), Version: version}
		switch {
		case i%5 == 0 || i%5 == 2:
			_, err = workflows.Do(ctx, b.Commands, workflows.Confirm, id.String(), by, seen)
		case i == 6:
			_, err = workflows.Do(ctx, b.Commands, workflows.Cancel, id.String(), by, seen)
		}
		if err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	return nil
}

// booked waits until the application's process has taken the offer up, and returns the booking as the invitation
// shows it.
func (b *builder) booked(ctx context.Context, application uuid.UUID) (uuid.UUID, int, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		list, err := b.Reader.Bookings(ctx, application)
		if err != nil {
			return uuid.Nil, 0, err
		}
		if len(list) > 0 {
			return list[0].ID, 1, nil // the version of an invitation; a repeat of the command must carry the same
		}
		select {
		case <-ctx.Done():
			return uuid.Nil, 0, fmt.Errorf("an invitation was not taken up: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (b *builder) hr(key string) workflows.By {
	return workflows.By{Actor: "staff/" + b.staff[hrEmail].String(), Key: "demo/" + key}
}

// nextWorkingDay returns the first moment from a time on at which it is that hour of a working day there.
func nextWorkingDay(from time.Time, zone string, hour int) time.Time {
	local := from.In(location(zone))
	for day := 0; ; day++ {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, hour, 0, 0, 0, local.Location())
		if !at.Before(from) && at.Weekday() != time.Saturday && at.Weekday() != time.Sunday {
			return at.UTC()
		}
	}
}

// location is a zone of the tables above.
func location(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("demo: " + err.Error())
	}
	return zone
}
