package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

func TestRevertKeepsWhatWasTouched(t *testing.T) {
	b := newIntakeBench(t)
	ctx := context.Background()
	batch, _ := b.work(b.upload("a.csv", csvFile(1100), store.BatchSettings{Acknowledge: true}), workflows.StartBatch, startBatch)
	// A finished import keeps no file: whoever asks to be erased must not live on in it.
	if files := b.count("SELECT count(*) FROM document WHERE kind = 'import'"); batch.DocumentID != nil || files != 0 {
		t.Errorf("the file is still there: %v %d", batch.DocumentID, files)
	}
	var touched []string
	b.must(b.db.NewRaw("SELECT id FROM application ORDER BY responded_at, id LIMIT 3").Scan(ctx, &touched))
	for _, id := range touched {
		_, err := onApplication(b.steps, "application.shortlist", shortlist)(ctx, workflows.In[workflows.ShortlistArgs]{
			ID: id, By: workflows.By{Actor: "system", Key: id}, At: intakeDay,
		})
		b.must(err)
	}
	reverted, _ := b.work(batch.ID, workflows.RevertBatch, revertBatch)
	if reverted.Reverted != 1097 || reverted.Kept != 3 {
		t.Errorf("%+v", reverted)
	}
	kept, _, err := b.steps.Reader.BatchRows(ctx, batch.ID, store.BatchRowQuery{Code: store.CodeKept})
	if err != nil || len(kept) != 3 || kept[0].Name == "" {
		t.Errorf("%+v %v", kept, err)
	}
	if people, mails := b.count("SELECT count(*) FROM person"), b.count("SELECT count(*) FROM outgoing_mail WHERE state = 'queued'"); people != 3 || mails != 3 {
		t.Errorf("%d people, %d mails", people, mails)
	}
	_, err = onBatch(b.steps, "intake.revert", revertBatch)(ctx, in(b, batch.ID, "again", workflows.None{}))
	if fault.CodeOf(err) != "cannot_revert" {
		t.Error(err)
	}
	_, err = onBatch(b.steps, "intake.start", startBatch)(ctx, in(b, batch.ID, "anew", workflows.None{}))
	if fault.CodeOf(err) != "batch_started" {
		t.Error(err)
	}
	if rows, broken, err := b.steps.Reader.VerifyJournal(ctx); err != nil || len(broken) > 0 || rows == 0 {
		t.Error(rows, broken, err)
	}
}

func TestBulkReject(t *testing.T) {
	b := newIntakeBench(t)
	ctx := context.Background()
	b.work(b.upload("a.csv", csvFile(250), store.BatchSettings{}), workflows.StartBatch, startBatch)
	var ids []uuid.UUID
	b.must(b.db.NewRaw("SELECT id FROM application ORDER BY id").Scan(ctx, &ids))
	_, err := onApplication(b.steps, "application.decide", decide)(ctx, workflows.In[workflows.DecideArgs]{
		ID: ids[0].String(), By: workflows.By{Actor: "system", Key: "one"}, At: intakeDay,
		Args: workflows.DecideArgs{Decision: hiring.Reserve, Reason: "next_vacancy"},
	})
	b.must(err)
	_, err = b.catalog.NewReject(ctx, b.act(), ids, "no such reason", false)
	if fault.As(err) == nil || fault.As(err).Fields["reason"] == "" {
		t.Error(err)
	}
	id, err := b.catalog.NewReject(ctx, b.act(), append(ids, uuid.New(), ids[1]), "requirements_not_met", false)
	b.must(err)
	batch, nudges := b.work(id, workflows.StartBatch, startBatch)
	if batch.State != store.BatchDone || batch.Total != 251 || batch.Added != 249 || batch.Refused != 2 || len(nudges) != 0 {
		t.Errorf("%+v, nudges %v", batch, nudges)
	}
	if n := b.count("SELECT count(*) FROM outgoing_mail WHERE kind = 'decision_reject' AND due_at = ?", intakeDay.Add(10*time.Minute)); n != 249 {
		t.Errorf("%d mails after the undo window", n)
	}
	if n := b.count("SELECT count(*) FROM journal WHERE step = 'application.decide'"); n != 250 {
		t.Errorf("%d journal rows", n)
	}
	skipped, _, err := b.steps.Reader.BatchRows(ctx, id, store.BatchRowQuery{Outcome: store.Skipped})
	if err != nil || len(skipped) != 2 || skipped[0].Code != "already_decided" || skipped[1].Code != "not_found" {
		t.Errorf("%+v %v", skipped, err)
	}
	raw, err := json.Marshal(batch.Settings)
	if err != nil || batch.Settings.Reason != "requirements_not_met" {
		t.Errorf("%s %v", raw, err)
	}
}

// Taking a bulk change back undoes it one by one, but for those decided about since.
func TestBulkChangesAreTakenBack(t *testing.T) {
	b := newIntakeBench(t)
	ctx := context.Background()
	b.work(b.upload("a.csv", csvFile(130), store.BatchSettings{}), workflows.StartBatch, startBatch)
	var ids []uuid.UUID
	b.must(b.db.NewRaw("SELECT id FROM application ORDER BY id").Scan(ctx, &ids))
	alone := func(id uuid.UUID, args any) {
		t.Helper()
		var err error
		by := workflows.By{Actor: "system", Key: fmt.Sprint("alone ", b.key)}
		b.key++
		switch a := args.(type) {
		case workflows.ShortlistArgs:
			_, err = onApplication(b.steps, "application.shortlist", shortlist)(ctx, workflows.In[workflows.ShortlistArgs]{ID: id.String(), By: by, At: intakeDay, Args: a})
		case workflows.DecideArgs:
			_, err = onApplication(b.steps, "application.decide", decide)(ctx, workflows.In[workflows.DecideArgs]{ID: id.String(), By: by, At: intakeDay, Args: a})
		case workflows.None:
			_, err = onApplication(b.steps, "application.undo_decision", undoDecision)(ctx, workflows.In[workflows.None]{ID: id.String(), By: by, At: intakeDay})
		}
		b.must(err)
	}
	rank := 7
	alone(ids[0], workflows.ShortlistArgs{Rank: &rank})
	id, err := b.catalog.NewShortlist(ctx, b.act(), ids)
	b.must(err)
	batch, _ := b.work(id, workflows.StartBatch, startBatch)
	if batch.Added != 129 || batch.Refused != 1 || b.count("SELECT count(*) FROM application WHERE state = 'shortlisted'") != 130 || b.count("SELECT count(*) FROM application WHERE rank = 7") != 1 {
		t.Errorf("%+v: the one with a rank is to keep it", batch)
	}
	alone(ids[1], workflows.DecideArgs{Decision: hiring.Reserve, Reason: "next_vacancy"})
	batch, _ = b.work(id, workflows.RevertBatch, revertBatch)
	if batch.State != store.BatchReverted || batch.Reverted != 128 || batch.Kept != 1 || b.count("SELECT count(*) FROM application WHERE state = 'shortlisted'") != 1 {
		t.Errorf("%+v", batch)
	}
	if id, err = b.catalog.NewReject(ctx, b.act(), ids, "competence", false); err != nil {
		t.Fatal(err)
	}
	b.work(id, workflows.StartBatch, startBatch)
	alone(ids[2], workflows.None{})
	alone(ids[2], workflows.DecideArgs{Decision: hiring.Reserve, Reason: "next_vacancy"})
	batch, _ = b.work(id, workflows.RevertBatch, revertBatch)
	if batch.Reverted != 128 || batch.Kept != 1 || b.count("SELECT count(*) FROM application WHERE decision = 'reject'") != 0 || b.count("SELECT count(*) FROM application WHERE decision = 'reserve'") != 2 {
		t.Errorf("%+v", batch)
	}
	if n := b.count("SELECT count(*) FROM outgoing_mail WHERE kind = 'decision_reject' AND state = 'queued'"); n != 0 {
		t.Errorf("%d letters would still go", n)
	}
	if rows, broken, err := b.steps.Reader.VerifyJournal(ctx); err != nil || len(broken) > 0 || rows == 0 {
		t.Error(rows, broken, err)
	}
}

// A file that nobody takes in does not keep its people for ever; one at work is left alone.
func TestAForgottenPreviewIsSwept(t *testing.T) {
	b := newIntakeBench(t)
	b.upload("forgotten.csv", csvFile(3), store.BatchSettings{})
	b.work(b.upload("taken.csv", csvFile(2), store.BatchSettings{}), workflows.StartBatch, startBatch)
	for _, sweep := range []struct {
		before time.Time
		want   int
	}{{intakeDay.AddDate(0, 0, -1), 0}, {intakeDay.AddDate(0, 0, 1), 1}} {
		if n, err := b.catalog.SweepPreviews(context.Background(), sweep.before); err != nil || n != sweep.want {
			t.Error(n, err)
		}
	}
	if batches, files := b.count("SELECT count(*) FROM batch"), b.count("SELECT count(*) FROM document WHERE kind = 'import'"); batches != 1 || files != 0 {
		t.Errorf("%d batches, %d files", batches, files)
	}
}
