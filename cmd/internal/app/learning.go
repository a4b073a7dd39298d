package app

import (
	"context"
	"time"
)

// learning scores forecasts of closed sessions and learns show rates anew, within a minute of a
// session's end. Each look is two small queries; only one process learns at a time.
func (a *App) learning(ctx context.Context) {
	for {
		if err := a.learn(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("show rates not learned")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

func (a *App) learn(ctx context.Context) error {
	clock, err := a.Reader.Clock(ctx)
	if err != nil {
		return err
	}
	now := clock.At(time.Now())
	if _, err := a.Catalog.ScoreForecasts(ctx, now); err != nil {
		return err
	}
	return a.Catalog.LearnRates(ctx, now)
}
