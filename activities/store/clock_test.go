package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows/fault"
)

// A fast clock goes on from where it stands, stands still while it is away, and never goes back behind what was done.
func TestBusinessClock(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	catalog, reader := store.NewCatalog(db), store.NewReader(db)
	wall := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time {
		t.Helper()
		clock, err := reader.Clock(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return clock.At(wall.Add(d))
	}
	set := func(d time.Duration, speed float64, away bool) {
		t.Helper()
		if err := catalog.SetSpeed(ctx, wall.Add(d), speed, away); err != nil {
			t.Fatal(err)
		}
	}
	want := func(d, business time.Duration) {
		t.Helper()
		if got := at(d).Sub(wall); got != business {
			t.Errorf("after %v business time has gone %v, want %v", d, got, business)
		}
	}
	want(time.Hour, time.Hour)
	set(0, 60, false)
	want(time.Minute, time.Hour)

	// Seen alive after two minutes, started again after ten: eight minutes did not pass.
	if err := catalog.SeenAlive(ctx, wall.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	set(10*time.Minute, 60, true)
	want(10*time.Minute, 2*time.Hour)
	want(11*time.Minute, 3*time.Hour)

	// Slower while running: no jump.
	set(12*time.Minute, 1, false)
	want(12*time.Minute, 4*time.Hour)
	want(72*time.Minute, 5*time.Hour)

	// Killed three seconds after it was last seen, in which something was done.
	set(80*time.Minute, 3600, false)
	seen := at(80 * time.Minute).Sub(wall)
	done := at(80*time.Minute + 3*time.Second)
	act := store.Act{Actor: "system", Key: uuid.NewString(), Wall: wall, Business: done}
	if _, err := catalog.SaveSource(ctx, act, store.Source{Name: "HeadHunter", Kind: "board"}); err != nil {
		t.Fatal(err)
	}
	if seen+3*time.Hour != done.Sub(wall) {
		t.Errorf("three seconds were %v", done.Sub(wall)-seen)
	}
	set(90*time.Minute, 3600, true)
	want(90*time.Minute, done.Sub(wall))

	for _, speed := range []float64{0, 0.5, 100001} {
		if err := catalog.SetSpeed(ctx, wall, speed, false); fault.CodeOf(err) != "speed" {
			t.Errorf("speed %v: %v", speed, err)
		}
	}
}
