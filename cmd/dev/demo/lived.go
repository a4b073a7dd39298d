package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows/hiring"
)

// When it was foretold who comes: with everybody invited, and shortly before the doors opened.
var foretold = []time.Duration{30 * time.Hour, 2 * time.Hour}

// remember lets the past sessions be lived one after another, so that the company knows from them what a company
// knows: who comes was foretold, with what the sessions before had taught; the day was counted and judged, and what
// was foretold of it was scored. Done again it does what is missing.
func (b *builder) remember(ctx context.Context) error {
	for n := range pastSessions {
		p := b.pastSession(n)
		if _, lived, err := b.Reader.Report(ctx, p.interview.ID); err != nil || lived {
			if err != nil {
				return err
			}
			continue
		}
		if err := b.live(ctx, p); err != nil {
			return fmt.Errorf("past session %d: %w", n+1, err)
		}
	}
	return nil
}

func (b *builder) live(ctx context.Context, p *past) error {
	records := store.NewRecords(b.DB)
	if err := b.write(ctx, rows(p.people), rows(p.applications), &p.interview, rows(p.links), rows(p.lanes), rows(p.slots)); err != nil {
		return err
	}
	for _, before := range foretold {
		at := p.interview.StartsAt.Add(-before)
		if err := b.stand(ctx, p, at); err != nil {
			return err
		}
		err := records.Do(ctx, func(r *store.Record) error {
			forecasts, _, err := r.Forecasts(ctx, p.interview.ID, at, p.expected(at))
			if err != nil {
				return err
			}
			return r.AddForecasts(ctx, p.interview.ID, at, forecasts)
		})
		if err != nil {
			return err
		}
	}
	closed := p.interview.ChangedAt
	if err := b.stand(ctx, p, closed); err != nil {
		return err
	}
	if err := b.write(ctx, rows(p.calls), rows(p.documents), rows(p.scorecards), rows(p.decisions)); err != nil {
		return err
	}
	err := records.Do(ctx, func(r *store.Record) error {
		report, err := r.DayReport(ctx, p.interview, closed, true)
		if err != nil {
			return err
		}
		verdict, on, err := r.Judge(ctx, p.interview, nil)
		if err != nil {
			return err
		}
		return r.SaveReport(ctx, p.interview.ID, report, verdict, on, closed)
	})
	if err != nil {
		return err
	}
	if _, err := b.Catalog.ScoreForecasts(ctx, closed); err != nil {
		return err
	}
	return b.Catalog.LearnRates(ctx, closed)
}

// asOf is a booking as it stood at a time.
func asOf(k store.Booking, at time.Time) store.Booking {
	if !k.EndedAt.After(at) {
		return k
	}
	k.State, k.ArrivedAt, k.EndedAt, k.HoldsSeat = hiring.BookingInvited, nil, nil, false
	if k.ConfirmedAt != nil && k.ConfirmedAt.After(at) {
		k.ConfirmedAt = nil
	}
	if k.ConfirmedAt != nil {
		k.State = hiring.BookingConfirmed
	}
	return k
}

// expected are the applications of those who could still come at a time.
func (p *past) expected(at time.Time) (list []uuid.UUID) {
	for _, k := range p.bookings {
		if asOf(k, at).State.Expected() {
			list = append(list, k.ApplicationID)
		}
	}
	return list
}

// stand puts the session's bookings where they stood at a time.
func (b *builder) stand(ctx context.Context, p *past, at time.Time) error {
	bookings := make([]store.Booking, len(p.bookings))
	for n, k := range p.bookings {
		bookings[n] = asOf(k, at)
	}
	_, err := b.DB.NewInsert().Model(&bookings).On("CONFLICT (id) DO UPDATE").Set(`state = EXCLUDED.state, holds_seat = EXCLUDED.holds_seat,
		confirmed_at = EXCLUDED.confirmed_at, arrived_at = EXCLUDED.arrived_at, ended_at = EXCLUDED.ended_at`).Exec(ctx)
	return err
}

// rows is a list to insert: of its own, because bun leaves in it what was new only; nil for none.
func rows[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return &list
}

// write writes rows that are not there yet, in one transaction.
func (b *builder) write(ctx context.Context, all ...any) error {
	return b.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, some := range all {
			if some == nil {
				continue
			}
			if _, err := tx.NewInsert().Model(some).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return fmt.Errorf("%T: %w", some, err)
			}
		}
		return nil
	})
}
