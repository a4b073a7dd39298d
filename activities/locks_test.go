package activities

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// A session's step holds its session and writes offers that refer to applications; an application's step
// holds its application and writes bookings that refer to the session. Neither waits for the other's
// applications, or both would wait for ever.
func TestAWaveDoesNotWaitForItsPeople(t *testing.T) {
	w := newWorld(t)
	app := w.shortlisted()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := w.steps.Records.Do(ctx, func(rec *store.Record) error {
		if _, err := rec.LockApplication(ctx, app); err != nil {
			return err
		}
		mustStep(w, workflows.Invite.Step(), inOf(w, w.session, workflows.InviteArgs{Applications: []string{app.String()}}, w.key()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.advance(app)
	w.expect(app, "invited [invited+] [invitation]")
}

// A bulk rejection gives seats back: sessions that are being filled hear of it.
func TestBulkRejectWakesTheSessionsItFrees(t *testing.T) {
	w := newWorld(t)
	app, _ := w.confirmed()
	w.exec(`UPDATE interview SET filling = ?`, hiring.FillAuto)
	w2 := wakes{}
	err := w.steps.Records.Do(context.Background(), func(rec *store.Record) error {
		c := &batchChange{Record: rec, at: w.now, batch: store.Batch{Kind: store.BatchReject, ID: uuid.New(), CreatedBy: "staff/" + w.staff.String(), Settings: store.BatchSettings{Reason: "requirements_not_met"}}}
		refused, err := c.one(context.Background(), app, "intake/1", c.forward(), w2)
		if refused != "" {
			t.Error(refused)
		}
		return err
	})
	if err != nil || fmt.Sprint(w2.list()) != fmt.Sprintf("[application/%s interview/%s]", app, w.session) {
		t.Fatal(w2.list(), err)
	}
}

// Two clicks store one document, and both get its id.
func TestADocumentSentTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	catalog := store.NewCatalog(w.db)
	var ids sync.Map
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			id, err := catalog.PutDocument(context.Background(), store.Document{Key: "one", Kind: "note", MediaType: "text/plain", Body: []byte("a"), CreatedAt: w.now})
			if err != nil {
				t.Error(err)
			}
			ids.Store(id, true)
		})
	}
	wait.Wait()
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d ids", n)
	}
}
