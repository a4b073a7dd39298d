package store

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/fault"
)

func TestFunnelCountsAndCosts(t *testing.T) {
	r, _, _ := ratesWorld(t, 400)
	ctx := context.Background()
	db := r.db.(*bun.DB)
	ratesExec(t, db,
		// HeadHunter brought 100 to vacancy 0: app0, app8, ... have source 0 and vacancy 0; 50 of them.
		`INSERT INTO vacancy_source VALUES (md5('v0')::uuid, md5('s0')::uuid, 1000000, 'RUB'), (md5('v1')::uuid, md5('s0')::uuid, 333, 'BGN')`,
		`UPDATE application SET state = 'decided', decision = 'hire' WHERE id = md5('app0')::uuid`,
		`INSERT INTO scorecard (id, application_id, staff_id, scores, recommendation, filed_at) SELECT gen_random_uuid(), md5('app80')::uuid, id, '{}', 'hire', '2027-01-01Z' FROM staff`,
	)
	total := FunnelCounts{}
	for _, by := range FunnelCuts {
		f, err := r.Funnel(ctx, FunnelQuery{By: by, Zone: "Europe/Moscow"})
		if err != nil {
			t.Fatal(by, err)
		}
		if f.Total.Responded != 401 || f.Total.Invited != 400 || f.Total.Hired != 1 {
			t.Errorf("%s: %+v", by, f.Total)
		}
		if total != (FunnelCounts{}) && f.Total != total {
			t.Errorf("%s: %+v, other cuts %+v", by, f.Total, total)
		}
		total = f.Total
		for _, l := range f.Lines {
			if l.Name == "" || l.Invited > l.Responded || l.Confirmed > l.Invited || l.Came > l.Confirmed || l.Fit > l.Came || l.Hired > l.Fit {
				t.Errorf("%s: %+v", by, l)
			}
		}
	}
	f, err := r.Funnel(ctx, FunnelQuery{By: FunnelBySource})
	if err != nil {
		t.Fatal(err)
	}
	var board FunnelLine
	for _, l := range f.Lines {
		if l.Name == "HeadHunter" {
			board = l
		}
	}
	if len(board.Costs) != 2 || board.Costs[0].Currency != "BGN" || board.Costs[0].Total != 333 {
		t.Fatalf("%+v", board)
	}
	var responded, came int
	if err := db.NewRaw(`SELECT count(*), count(*) FILTER (WHERE b.state = 'interviewed') FROM application a LEFT JOIN booking b ON b.application_id = a.id
		WHERE a.vacancy_id = md5('v0')::uuid AND a.source_id = md5('s0')::uuid`).Scan(ctx, &responded, &came); err != nil {
		t.Fatal(err)
	}
	if c := board.Costs[1]; c.Total != 1000000 || c.PerResponse != each(1000000, responded) || c.PerArrival != each(1000000, came) || c.PerHire != 1000000 || came == 0 {
		t.Errorf("%+v of %d responded, %d came", c, responded, came)
	}
	// Half of the time bears its share of the price.
	half, err := r.Funnel(ctx, FunnelQuery{By: FunnelBySource, From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 1, 3, 20, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range half.Lines {
		if l.Name == "HeadHunter" && (l.Costs[1].Total >= 600000 || l.Costs[1].Total <= 400000 || l.Costs[1].PerResponse < 19000) {
			t.Errorf("half: %+v", l)
		}
	}
	for _, bad := range []FunnelQuery{{By: "person"}, {By: FunnelByWeek, Zone: "Mars/Base"}, {}} {
		if _, err := r.Funnel(ctx, bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	list, err := r.FunnelVacancies(ctx)
	if err != nil || len(list) != 4 {
		t.Fatalf("%+v %v", list, err)
	}
	for _, v := range list {
		if v.Headcount != 3 || v.Responded < 100 || v.Invited < 100 || v.Came == 0 || v.Sessions != 12 {
			t.Errorf("%+v", v)
		}
		if v.Title == "Vacancy 0" && v.Hired != 1 {
			t.Errorf("%+v", v)
		}
	}
	// Each seat once, whatever the session's vacancies; those asked for alone are named.
	ids := []uuid.UUID{list[0].ID, list[1].ID}
	seats, more, err := r.FunnelSeats(ctx, ids, 1000)
	free, named := 0, 0
	for _, s := range seats {
		free, named = free+s.Free, max(named, len(s.Vacancies))
	}
	if err != nil || free != 500 || named != 2 || more {
		t.Errorf("%+v %v", seats, err)
	}
	all := len(seats)
	for most, over := range map[int]bool{all: false, all - 1: true} {
		if next, more, err := r.FunnelSeats(ctx, ids, most); err != nil || len(next) != most || more != over || !reflect.DeepEqual(next, seats[:most]) {
			t.Errorf("%d of %d: %+v %v %v", most, all, next, more, err)
		}
	}
}

func TestFunnelOfManyIsOnePassOverEach(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 rows")
	}
	r, _, _ := ratesWorld(t, 100000)
	ctx := context.Background()
	for _, by := range FunnelCuts {
		start := time.Now()
		f, err := r.Funnel(ctx, FunnelQuery{By: by, Zone: "Europe/Moscow"})
		if err != nil || f.Total.Responded != 100001 {
			t.Fatal(by, f.Total, err)
		}
		t.Logf("all by %s: %s", by, time.Since(start))
	}
	// A month of it is read by the index of responses.
	cut := funnelKeys[FunnelByWeek]
	q := FunnelQuery{By: FunnelByWeek, Zone: "Europe/Moscow", From: time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 6, 0, 0, 0, 0, time.UTC)}
	var lines []string
	if err := r.db.NewRaw("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) ?", bun.Safe(r.funnelSelect(q, cut.key, cut.name).String())).Scan(ctx, &lines); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n")
	if !strings.Contains(text, "application_all") || strings.Contains(text, "loops=100") {
		t.Error(text)
	}
	start := time.Now()
	if _, err := r.FunnelVacancies(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("vacancies: %s", time.Since(start))
}

const history = "Date;Город;Источник;Пришёл;Ответ;ФИО\n" +
	"01.02.2026;Пермь;Авито;да;да;Иванов Иван\n" +
	"01.02.2026;Пермь;Авито;нет;;Петров Пётр\n" +
	"02.02.2026;Омск;Друзья;да;да;Сидоров Семён\n" +
	"02.02.2026;Омск;Друзья;;;Орлов Олег\n" +
	"03.02.2026;Омск;Друзья;возможно;;Орлов Олег\n" +
	"03.02.2026;Омск;Авито;нет;нет;Котов Кот\n"

func TestAttendanceGoesInAndBack(t *testing.T) {
	r, c, _ := ratesWorld(t, 0)
	ctx := context.Background()
	act := func(key string) Act { return Act{Actor: "staff/" + listStaff, Key: key, Business: ratesNow} }
	var body bytes.Buffer
	body.WriteString(strings.SplitAfter(history, "\n")[0])
	for i := range 30 {
		for _, line := range strings.SplitAfter(history, "\n")[1:] {
			body.WriteString(strings.Replace(line, "Иван", fmt.Sprint("Имя", i), 1))
		}
	}
	saved, err := c.StartAttendance(ctx, act("1"), "история.csv", body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.StartAttendance(ctx, act("1"), "история.csv", body.Bytes()); err != nil || again != saved {
		t.Fatalf("%+v %v", again, err)
	}
	a, err := r.AttendanceImport(ctx, saved.ID)
	if err != nil || a.State != "preview" || a.DocumentID == nil {
		t.Fatalf("%+v %v", a, err)
	}
	file, err := r.AttendancePreview(ctx, a, AttendanceColumns{})
	if err != nil || len(file.Rows) != 120 || len(file.Skipped) != 60 {
		t.Fatalf("%+v %v", file, err)
	}
	columns := AttendanceColumns{City: "Город", Source: "Источник"}
	for range 2 {
		if saved, err = c.RunAttendance(ctx, act("2"), saved.ID, 1, columns, false); err != nil || saved.Version != 2 {
			t.Fatalf("%+v %v", saved, err)
		}
	}
	if _, err := c.RunAttendance(ctx, act("3"), saved.ID, 2, columns, false); fault.CodeOf(err) != "not_in_preview" {
		t.Errorf("twice: %v", err)
	}
	if _, err := c.RevertAttendance(ctx, act("4"), saved.ID, 1); fault.CodeOf(err) != "stale_form" {
		t.Errorf("stale: %v", err)
	}
	if a, err = r.AttendanceImport(ctx, saved.ID); err != nil || a.Rows != 120 || a.Came != 60 || a.SkippedAll != 60 || a.DocumentID != nil {
		t.Fatalf("%+v %v", a, err)
	}
	var text string
	if err := r.db.NewRaw(`SELECT coalesce(string_agg(fields::text || numbers::text || day, ' '), '') || (SELECT count(*) FROM document) FROM attendance`).Scan(ctx, &text); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "орлов") || strings.Contains(text, "имя") || !strings.Contains(text, `"city": "пермь"`) || !strings.HasSuffix(text, "0") {
		t.Error("names were kept, or no city, or the file:", text[:min(len(text), 300)])
	}
	if err := c.LearnRates(ctx, ratesNow); err != nil {
		t.Fatal(err)
	}
	m, err := r.RateModel(ctx)
	if err != nil || m.Model.Rows != 120 || strings.Join(m.Model.Context, " ") != "city source" {
		t.Fatalf("%+v %v", m.Model, err)
	}
	groups, err := r.RateGroups(ctx)
	if err != nil || len(groups) != 2 || groups[0].Field != "city" || groups[0].Groups[0].Rows != 60 || groups[0].Groups[0].Low >= groups[0].Groups[0].Rate {
		t.Errorf("%+v %v", groups, err)
	}
	if _, err := c.RevertAttendance(ctx, act("5"), saved.ID, 2); err != nil {
		t.Fatal(err)
	}
	if err := c.LearnRates(ctx, ratesNow); err != nil {
		t.Fatal(err)
	}
	if m, err = r.RateModel(ctx); err != nil || m.Model.Rows != 0 {
		t.Errorf("after the revert: %+v %v", m.Model, err)
	}
	if list, _, err := r.AttendanceImports(ctx, Page{}); err != nil || len(list) != 1 || list[0].State != "reverted" {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := c.StartAttendance(ctx, act("6"), "x.csv", []byte("a\x00b")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no table: %v", err)
	}
}

// Learned on the first eleven in twelve sessions, the forecasts of the rest beat one rate.
func TestForecastsBeatOneRate(t *testing.T) {
	r, c, records := ratesWorld(t, 1200)
	ctx := context.Background()
	db := r.db.(*bun.DB)
	ratesExec(t, db, `UPDATE interview SET state = 'running' WHERE id IN (md5('i28')::uuid, md5('i29')::uuid)`)
	if err := c.LearnRates(ctx, ratesNow); err != nil {
		t.Fatal(err)
	}
	ratesExec(t, db, `CREATE TABLE truth AS SELECT id, state, confirmed_at FROM booking WHERE interview_id IN (md5('i28')::uuid, md5('i29')::uuid)`,
		`UPDATE booking SET state = 'invited', confirmed_at = NULL WHERE id IN (SELECT id FROM truth)`)
	for s := 28; s < 30; s++ {
		session := ratesID(fmt.Sprintf("i%d", s))
		var people []uuid.UUID
		var starts time.Time
		if err := db.NewRaw(`SELECT application_id FROM booking WHERE interview_id = ?`, session).Scan(ctx, &people); err != nil {
			t.Fatal(err)
		}
		if err := db.NewRaw(`SELECT starts_at FROM interview WHERE id = ?`, session).Scan(ctx, &starts); err != nil {
			t.Fatal(err)
		}
		forecasts, _, err := r.Forecasts(ctx, session, starts.Add(-48*time.Hour), people)
		if err != nil || len(forecasts) != 40 {
			t.Fatal(len(forecasts), err)
		}
		if err := records.Do(ctx, func(rec *Record) error { return rec.AddForecasts(ctx, session, starts.Add(-48*time.Hour), forecasts) }); err != nil {
			t.Fatal(err)
		}
	}
	ratesExec(t, db, `UPDATE booking SET state = truth.state, confirmed_at = truth.confirmed_at FROM truth WHERE truth.id = booking.id`, `UPDATE interview SET state = 'closed' WHERE state = 'running'`)
	if n, err := c.ScoreForecasts(ctx, ratesNow); err != nil || n != 80 {
		t.Fatal(n, err)
	}
	s, err := r.ForecastScores(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if s.All.Model.Rows != 80 || s.All.Model.LogLoss > s.All.One.LogLoss-0.05 || s.All.Model.Brier > s.All.One.Brier-0.02 || math.IsNaN(s.All.One.Brier) {
		t.Errorf("%+v", s.All)
	}
	if len(s.City) != 2 || len(s.Source) != 2 || s.Hand != nil {
		t.Errorf("%+v", s)
	}
}
