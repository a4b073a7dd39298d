package activities

import (
	"context"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// A process that counts by an older segment of the business clock gets its facts anew and does nothing.
func TestStepOfAnOldClock(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	s := New(store.NewRecords(db), store.NewReader(db))
	type out = workflows.Out[hiring.InterviewFacts]
	var loaded, done int
	step := inTime(s, func(context.Context, string) (out, error) { loaded++; return out{Found: true}, nil },
		func(context.Context, workflows.In[workflows.Advance]) (out, error) { done++; return out{}, nil })
	try := func(at time.Time, wantLoaded, wantDone int) {
		t.Helper()
		loaded, done = 0, 0
		if _, err := step(ctx, workflows.In[workflows.Advance]{At: at}); err != nil {
			t.Fatal(err)
		}
		if loaded != wantLoaded || done != wantDone {
			t.Errorf("loaded %d times, done %d times", loaded, done)
		}
	}
	// On real time a worker's clock may lag behind; the step is not held up.
	try(time.Now().Add(time.Hour), 0, 1)

	if err := store.NewCatalog(db).SetSpeed(ctx, time.Now(), 60, false); err != nil {
		t.Fatal(err)
	}
	clock, err := s.Reader.Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	try(clock.At(time.Now()), 0, 1)
	// A whole day of business is 24 minutes of this clock: the step's time has not come.
	try(clock.At(time.Now()).Add(24*time.Hour), 1, 0)
}
