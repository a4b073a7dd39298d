package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/intake"
)

var intakeDay = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

type intakeBench struct {
	testing.TB
	db      *bun.DB
	steps   *Steps
	files   files
	catalog *store.Catalog
	vacancy uuid.UUID
	key     int
}

func newIntakeBench(t testing.TB) *intakeBench {
	t.Helper()
	db := storetest.Open(t)
	b := &intakeBench{TB: t, db: db, steps: New(store.NewRecords(db), store.NewReader(db)), catalog: store.NewCatalog(db)}
	profile, err := b.catalog.SaveProfile(context.Background(), b.act(), store.Profile{Title: "Account manager"})
	b.must(err)
	b.vacancy = b.newVacancy(profile.ID, "Moscow")
	return b
}

func (b *intakeBench) newVacancy(profile uuid.UUID, city string) uuid.UUID {
	v, err := b.catalog.SaveVacancy(context.Background(), b.act(), store.Vacancy{
		ProfileID: profile, Title: "Account manager", City: city, Zone: "Europe/Moscow", Language: "ru", Headcount: 3, PayLevel: 1, State: store.VacancyOpen,
	}, nil)
	b.must(err)
	return v.ID
}

func (b *intakeBench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *intakeBench) act() store.Act {
	b.key++
	return store.Act{Actor: "system", Key: fmt.Sprint("act ", b.key), Business: intakeDay}
}

func (b *intakeBench) upload(name string, body []byte, s store.BatchSettings) uuid.UUID {
	b.Helper()
	table, err := intake.Read(name, body, intake.ReadOptions{})
	b.must(err)
	s.Mapping = intake.GuessMapping(table.Headers, table.Records)
	b.must(s.Mapping.Check(table.Headers))
	id, err := b.catalog.NewImport(context.Background(), b.act(), b.vacancy, nil, store.Document{Name: name, Body: body}, len(table.Records), s)
	b.must(err)
	return id
}

func in[A any](b *intakeBench, id uuid.UUID, key string, args A) workflows.In[A] {
	return workflows.In[A]{ID: id.String(), By: workflows.By{Actor: "system", Key: key}, At: intakeDay, Args: args}
}

// bothTimes runs a step two times and wants one answer.
func bothTimes[A any](b *intakeBench, step func(context.Context, workflows.In[A]) (intakeOut, error), a workflows.In[A]) intakeOut {
	b.Helper()
	first, err := step(context.Background(), a)
	b.must(err)
	again, err := step(context.Background(), a)
	b.must(err)
	if fmt.Sprint(first) != fmt.Sprint(again) {
		b.Errorf("twice gives %+v, then %+v", first, again)
	}
	return again
}

// work does what the process does: command, then step after step until nothing is due.
func (b *intakeBench) work(id uuid.UUID, command workflows.Command[workflows.None, hiring.IntakeFacts], do func(context.Context, *batchChange, workflows.None) (workflows.Answer, error)) (store.Batch, []string) {
	b.Helper()
	out := bothTimes(b, onBatch(b.steps, string(command), do), in(b, id, string(command)+id.String(), workflows.None{}))
	advance := onBatch(b.steps, string(workflows.AdvanceIntake), b.files.advance)
	var nudges []string
	for steps := 0; ; steps++ {
		next := out.Facts.Next(intakeDay)
		if next.Do == "" {
			break
		}
		if steps > 1000 {
			b.Fatal("no end")
		}
		out = bothTimes(b, advance, in(b, id, id.String()+"/"+next.Do+"/"+next.Occasion, workflows.Advance{Do: next.Do}))
		nudges = append(nudges, out.Answer.Nudge...)
	}
	batch, err := b.steps.Reader.Batch(context.Background(), id)
	b.must(err)
	return batch, nudges
}

func (b *intakeBench) count(query string, args ...any) (n int) {
	b.Helper()
	b.must(b.db.NewRaw(query, args...).Scan(context.Background(), &n))
	return n
}

func TestImportOfMessyFiles(t *testing.T) {
	for _, name := range []string{"hh_cp1251.csv", "jobsbg_utf16le.csv", "linkedin_utf8bom.csv", "latin1_cr.txt"} {
		t.Run(name, func(t *testing.T) {
			b := newIntakeBench(t)
			body, err := os.ReadFile("../workflows/intake/testdata/" + name)
			b.must(err)
			id := b.upload(name, body, store.BatchSettings{Acknowledge: true})
			batch, _ := b.work(id, workflows.StartBatch, startBatch)
			if batch.State != store.BatchDone || batch.Added == 0 || batch.Added+batch.Joined+batch.Repeated+batch.Refused != batch.Total {
				t.Errorf("%+v", batch)
			}
			if n := b.count("SELECT count(*) FROM application WHERE state = 'responded' AND batch_id = ?", id); n != batch.Added+batch.Joined {
				t.Errorf("%d applications, counted %d", n, batch.Added+batch.Joined)
			}
			if n := b.count("SELECT count(*) FROM batch_row WHERE batch_id = ?", id); n != batch.Total {
				t.Errorf("%d rows of %d reported", n, batch.Total)
			}
			if n, m := b.count("SELECT count(*) FROM outgoing_mail"), b.count("SELECT count(*) FROM person WHERE email <> ''"); n != m {
				t.Errorf("%d acknowledgements, %d addresses", n, m)
			}
			again := b.upload(name, body, store.BatchSettings{Acknowledge: true})
			second, _ := b.work(again, workflows.StartBatch, startBatch)
			if second.Added+second.Joined != 0 || second.Repeated != batch.Added+batch.Joined+batch.Repeated {
				t.Errorf("the same file again: %+v", second)
			}
			reverted, _ := b.work(id, workflows.RevertBatch, revertBatch)
			if reverted.State != store.BatchReverted || reverted.Reverted != batch.Added+batch.Joined || reverted.Kept != 0 {
				t.Errorf("%+v", reverted)
			}
			for _, table := range []string{"application", "person", "document WHERE kind = 'response'", "outgoing_mail WHERE state = 'queued'"} {
				if n := b.count("SELECT count(*) FROM " + table); n != 0 {
					t.Errorf("%d left of %s", n, table)
				}
			}
		})
	}
}

// word is a name of its own for each number.
func word(i int) string {
	s := []rune("А")
	for ; i > 0; i /= 10 {
		s = append(s, []rune("бвгдежзикл")[i%10])
	}
	return string(s)
}

func csvFile(rows int) []byte {
	var out bytes.Buffer
	out.WriteString("ФИО;Email;Телефон;Город;Дата отклика;Комментарий\n")
	for i := range rows {
		fmt.Fprintf(&out, "Иванов %s;p%d@example.org;+7916%07d;Москва;01.02.2027 10:%02d;Пишу сам\n", word(i), i, i, i%60)
	}
	return out.Bytes()
}

// Rows of one person in one file, in several chunks, and people known before: one application each.
func TestImportJoinsAcrossChunks(t *testing.T) {
	b := newIntakeBench(t)
	ctx := context.Background()
	known, err := b.catalog.AddResponse(ctx, b.act(), store.Response{Vacancy: b.newVacancy(b.profile(), "Sofia"), Name: "Known One", Email: "p3@example.org"})
	b.must(err)
	body := csvFile(1203)
	body = append(body, "Ещё Раз;p1@example.org;;;;\nТретий Раз;;+79160000002;;;\nБез Связи;;;;;\n"...)
	batch, _ := b.work(b.upload("a.csv", body, store.BatchSettings{}), workflows.StartBatch, startBatch)
	if batch.Total != 1206 || batch.Added != 1202 || batch.Joined != 1 || batch.Repeated != 2 || batch.Refused != 1 || batch.Position != 1206 {
		t.Errorf("%+v", batch)
	}
	p, err := b.steps.Reader.Person(ctx, known.Person)
	if err != nil || p.Phone != "+79160000003" || p.City != "Москва" || p.Version != 2 {
		t.Errorf("the known person was not completed: %+v %v", p, err)
	}
	if n := b.count("SELECT count(*) FROM outgoing_mail"); n != 0 {
		t.Errorf("%d mails nobody asked for", n)
	}
	rows, _, err := b.steps.Reader.BatchRows(ctx, batch.ID, store.BatchRowQuery{Outcome: store.Refused})
	if err != nil || len(rows) != 1 || rows[0].Code != intake.CodeNoContact || rows[0].Line != 1207 {
		t.Errorf("%+v %v", rows, err)
	}
}

func (b *intakeBench) profile() (id uuid.UUID) {
	b.must(b.db.NewRaw("SELECT id FROM profile LIMIT 1").Scan(context.Background(), &id))
	return id
}

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

func BenchmarkImport10000(b *testing.B) {
	body := csvFile(10000)
	for b.Loop() {
		bench := newIntakeBench(b)
		id := bench.upload("a.csv", body, store.BatchSettings{Acknowledge: true})
		start := time.Now()
		batch, _ := bench.work(id, workflows.StartBatch, startBatch)
		b.ReportMetric(time.Since(start).Seconds(), "s/import")
		start = time.Now()
		if batch, _ = bench.work(id, workflows.RevertBatch, revertBatch); batch.Reverted != 10000 {
			b.Fatalf("%+v", batch)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/revert")
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
