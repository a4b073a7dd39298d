package activities

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/workflows"
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
