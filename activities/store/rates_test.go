package store

import (
	"context"
	"crypto/md5"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/hiring"
)

// ratesWorld is a firm with a history: n invitations over closed sessions in two cities, from two
// sources. Of HeadHunter's one in ten comes, of the referred six in ten; the last session, "next",
// is open and has people of both.
func ratesWorld(t *testing.T, n int) (*Reader, *Catalog, *Records) {
	t.Helper()
	db, err := Open(pgtest.Migrated(t), 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	sessions := n/40 + 1
	ratesExec(t, db,
		`INSERT INTO profile (id, title, created_at) VALUES (md5('p')::uuid, 'Account manager', '2027-01-01Z')`,
		`INSERT INTO source (id, name, created_at) VALUES (md5('s0')::uuid, 'HeadHunter', '2027-01-01Z'), (md5('s1')::uuid, 'Referral', '2027-01-01Z')`,
		`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, created_at)
			SELECT md5('v' || g)::uuid, md5('p')::uuid, 'Vacancy ' || g, 'Moscow', 'Europe/Moscow', 3, 1, true, '2027-01-01Z' FROM generate_series(0, 3) g`,
		`INSERT INTO venue (id, name, city, zone, address, created_at) VALUES (md5('e0')::uuid, 'Office', 'Moscow', 'Europe/Moscow', 'Lenina 1', '2027-01-01Z'),
			(md5('e1')::uuid, 'Office', 'Yekaterinburg', 'Asia/Yekaterinburg', 'Mira 1', '2027-01-01Z')`,
		fmt.Sprintf(`INSERT INTO person (id, name, first_name, email, created_at)
			SELECT md5('person' || g)::uuid, 'Person ' || g, 'Person', 'p' || g || '@example.org', '2027-01-01Z' FROM generate_series(0, %d) g`, n),
		fmt.Sprintf(`INSERT INTO application (id, person_id, vacancy_id, source_id, state, responded_at, changed_at)
			SELECT md5('app' || g)::uuid, md5('person' || g)::uuid, md5('v' || g %% 4)::uuid, md5('s' || g / 4 %% 2)::uuid, 'interviewed',
			'2026-02-01Z'::timestamptz + g * interval '1 minute', '2027-02-01Z' FROM generate_series(0, %d) g`, n),
		fmt.Sprintf(`INSERT INTO interview (id, venue_id, zone, starts_at, ends_at, slot_minutes, room, wait_minutes, state, created_by, created_at, changed_at)
			SELECT md5('i' || g)::uuid, md5('e' || g %% 2)::uuid, 'Europe/Moscow', '2026-03-01T07:00Z'::timestamptz + g * interval '6 hours', '2026-03-01T11:00Z'::timestamptz + g * interval '6 hours',
			30, 12, 60, 'closed', 'system', '2026-01-01Z', '2026-01-01Z' FROM generate_series(0, %d) g`, sessions),
		`INSERT INTO interview (id, venue_id, zone, starts_at, ends_at, slot_minutes, room, wait_minutes, state, created_by, created_at, changed_at)
			VALUES (md5('next')::uuid, md5('e0')::uuid, 'Europe/Moscow', '2027-03-01T07:00Z', '2027-03-01T11:00Z', 30, 12, 60, 'open', 'system', '2027-01-01Z', '2027-01-01Z')`,
		`INSERT INTO interview_vacancy SELECT i.id, v.id FROM interview i, vacancy v`,
		`INSERT INTO slot SELECT id, 0, starts_at, 500, 0 FROM interview`,
		// (g * 7919) % 1000 is a fixed scatter
		fmt.Sprintf(`INSERT INTO booking (id, application_id, person_id, interview_id, slot, starts_at, state, holds_seat, uid, booked_at, confirmed_at, reminded_day, reminded_hours)
			SELECT md5('b' || g)::uuid, md5('app' || g)::uuid, md5('person' || g)::uuid, i.id, 0, i.starts_at,
				CASE WHEN (g::bigint * 7919) %% 1000 < CASE g / 4 %% 2 WHEN 0 THEN 100 ELSE 600 END THEN 'interviewed' WHEN g %% 3 = 0 THEN 'no_answer' ELSE 'no_show' END,
				true, g::text, i.starts_at - interval '2 days',
				CASE WHEN g %% 3 <> 0 OR (g::bigint * 7919) %% 1000 < CASE g / 4 %% 2 WHEN 0 THEN 100 ELSE 600 END THEN i.starts_at - interval '1 day' END, false, false
			FROM generate_series(0, %d) g JOIN interview i ON i.id = md5('i' || g / 40)::uuid`, n-1),
		`ANALYZE`)
	return NewReader(db), NewCatalog(db), NewRecords(db)
}

func ratesExec(t *testing.T, db *bun.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
}

var (
	ratesNow  = time.Date(2027, 2, 25, 9, 0, 0, 0, time.UTC)
	ratesNext = ratesID("next")
)

func TestForecastsSeparateSources(t *testing.T) {
	r, c, records := ratesWorld(t, 1200)
	ctx := context.Background()
	people := []uuid.UUID{ratesID("app0"), ratesID("app4"), ratesID("app8"), uuid.New()}

	before, model, err := r.Forecasts(ctx, ratesNext, ratesNow, people)
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != 3 || math.Abs(before[people[0]].P-0.2) > 1e-9 || model.Rows != 0 {
		t.Fatalf("before any learning: %+v", before)
	}
	for range 2 { // the second changes nothing
		if err := c.LearnRates(ctx, ratesNow); err != nil {
			t.Fatal(err)
		}
	}
	var models int
	if err := r.db.NewRaw(`SELECT count(*) FROM rate_model`).Scan(ctx, &models); err != nil || models != 1 {
		t.Fatalf("%d models, %v", models, err)
	}
	after, model, err := r.Forecasts(ctx, ratesNext, ratesNow, people)
	if err != nil {
		t.Fatal(err)
	}
	board, friend := after[people[0]], after[people[1]]
	if model.Rows != 1200 || board.P > 0.2 || friend.P < 0.45 {
		t.Errorf("%d rows: HeadHunter %.3f, referred %.3f", model.Rows, board.P, friend.P)
	}
	if model.HeldOut["shrunk"] > model.HeldOut["one_rate"]-0.05 {
		t.Errorf("held out: %v", model.HeldOut)
	}
	said := false
	for _, reason := range friend.Reasons {
		said = said || reason.Code == "context" && reason.Field == hiring.RateSource && reason.Value == "referral" && reason.Rows > 200 && reason.To > 0.4
	}
	if !said {
		t.Errorf("reasons %+v", friend.Reasons)
	}

	// A yes raises, and who said it is pending no more.
	ratesExec(t, r.db.(*bun.DB), `INSERT INTO booking (id, application_id, person_id, interview_id, slot, starts_at, state, holds_seat, uid, booked_at, confirmed_at, reminded_day, reminded_hours)
		VALUES (md5('yes')::uuid, md5('app4')::uuid, md5('person4')::uuid, md5('next')::uuid, 0, '2027-03-01T07:00Z', 'confirmed', true, 'u', '2027-02-24Z', '2027-02-25Z', false, false)`)
	yes, _, err := r.Forecasts(ctx, ratesNext, ratesNow, people)
	if err != nil || yes[people[1]].P < friend.P+0.03 {
		t.Errorf("a yes: %.3f after %.3f, %v", yes[people[1]].P, friend.P, err)
	}

	// Kept once; again only what changed.
	keep := func(at time.Time, f map[uuid.UUID]hiring.RateForecast) int {
		t.Helper()
		if err := records.Do(ctx, func(rec *Record) error { return rec.AddForecasts(ctx, ratesNext, at, f) }); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := r.db.NewRaw(`SELECT count(*) FROM forecast`).Scan(ctx, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := keep(ratesNow, yes); n != 3 {
		t.Errorf("%d forecasts kept", n)
	}
	if n := keep(ratesNow.Add(time.Hour), yes); n != 3 {
		t.Errorf("%d forecasts kept when nothing changed", n)
	}

	// HR's word wins, once for its key, and can be taken back.
	p := 0.9
	act := Act{Actor: "staff/" + uuid.NewString(), Key: "k1", Business: ratesNow.Add(2 * time.Hour)}
	for range 2 {
		got, err := c.OverrideForecast(ctx, act, ratesNext, people[0], &p)
		if err != nil || got.P != 0.9 || math.Abs(got.Model-board.P) > 1e-9 {
			t.Fatalf("%+v %v", got, err)
		}
	}
	over, _, err := r.Forecasts(ctx, ratesNext, ratesNow, people)
	if err != nil || over[people[0]].P != 0.9 || math.Abs(over[people[0]].Modelled()-board.P) > 1e-9 {
		t.Errorf("override: %+v %v", over[people[0]], err)
	}
	if n := keep(ratesNow.Add(3*time.Hour), over); n != 4 {
		t.Errorf("%d forecasts kept after an override", n)
	}
	act.Key = "k2"
	if _, err := c.OverrideForecast(ctx, act, ratesNext, people[0], nil); err != nil {
		t.Fatal(err)
	}
	if back, _, err := r.Forecasts(ctx, ratesNext, ratesNow, people); err != nil || math.Abs(back[people[0]].P-board.P) > 1e-9 {
		t.Errorf("taken back: %+v %v", back[people[0]], err)
	}
	act.Key = "k3"
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := c.OverrideForecast(ctx, act, ratesNext, people[0], &bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := c.OverrideForecast(ctx, act, ratesNext, uuid.New(), &p); fault.KindOf(err) != fault.NotFound {
		t.Errorf("nobody: %v", err)
	}

	// After the day each person's last forecast is scored against what happened.
	if n, err := c.ScoreForecasts(ctx, ratesNow); err != nil || n != 0 {
		t.Errorf("scored %d of an open session, %v", n, err)
	}
	ratesExec(t, r.db.(*bun.DB), `UPDATE interview SET state = 'closed' WHERE id = md5('next')::uuid`)
	if _, err := c.ScoreForecasts(ctx, ratesNow.AddDate(0, 0, 4)); err != nil {
		t.Fatal(err)
	}
	if n, err := r.db.NewSelect().Table("forecast").Where("application_id = ? AND scored_at IS NOT NULL", people[1]).Count(ctx); n != 0 || err != nil {
		t.Errorf("%d scored before anybody knows whether he came, %v", n, err)
	}
	ratesExec(t, r.db.(*bun.DB), `UPDATE forecast SET scored_at = NULL, came = NULL`, `UPDATE booking SET state = 'interviewed' WHERE id = md5('yes')::uuid`)
	if n, err := c.ScoreForecasts(ctx, ratesNow.AddDate(0, 0, 5)); err != nil || n != 5 {
		t.Errorf("scored %d, %v", n, err)
	}
	var final []struct {
		ApplicationID uuid.UUID
		Came          bool
		P             float64
	}
	if err := r.db.NewRaw(`SELECT application_id, came, p FROM forecast WHERE final`).Scan(ctx, &final); err != nil {
		t.Fatal(err)
	}
	if len(final) != 1 || final[0].ApplicationID != people[1] || !final[0].Came || math.Abs(final[0].P-yes[people[1]].P) > 1e-9 {
		t.Errorf("final: %+v", final)
	}
	if _, _, err := r.Forecasts(ctx, uuid.New(), ratesNow, people); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no session: %v", err)
	}
}

func ratesID(text string) uuid.UUID { return md5.Sum([]byte(text)) }

// Two hundred people before a session of a firm with 100,000 past bookings are a matter of indexes.
func TestForecastPlans(t *testing.T) {
	if testing.Short() {
		t.Skip("100,000 rows")
	}
	r, _, _ := ratesWorld(t, 100000)
	ctx := context.Background()
	var people []uuid.UUID
	for i := range 200 {
		people = append(people, ratesID(fmt.Sprintf("app%d", i*400)))
	}
	start := time.Now()
	if _, _, err := r.Forecasts(ctx, ratesNext, ratesNow, people); err != nil {
		t.Fatal(err)
	}
	t.Logf("200 forecasts in %s", time.Since(start))
	lines := plan(t, r, r.db.NewSelect().TableExpr("("+forecastPeople+") q", ratesNext, ratesNext, ratesNext, ratesNext, bun.List(people)))
	if strings.Contains(lines, "Seq Scan on booking") || strings.Contains(lines, "Seq Scan on application") || strings.Contains(lines, "Seq Scan on person") {
		t.Error(lines)
	}
	start = time.Now()
	rows, err := r.rateRows(ctx)
	if err != nil || len(rows) != rateRowsMost {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	t.Logf("outcomes read in %s", time.Since(start))
	start = time.Now()
	if _, mark, err := sameMark(ctx, r.db); err != nil || mark == "" {
		t.Fatal(err)
	}
	t.Logf("mark in %s", time.Since(start))
}
