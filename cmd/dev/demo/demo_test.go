package demo_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/cmd/dev/demo"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// company is an empty installation at which it is now.
func company(t *testing.T, now func() time.Time) demo.Company {
	t.Helper()
	db := storetest.Open(t)
	c := demo.Company{DB: db, Reader: store.NewReader(db), Catalog: store.NewCatalog(db), Now: now}
	engine := workflowstest.New(t, activities.New(store.NewRecords(db), c.Reader))
	engine.Now, c.Commands = now, engine.Commands()
	c.Accounts = auth.New(auth.Options{
		Reader: c.Reader, Catalog: c.Catalog, Links: link.Keys{1: bytes.Repeat([]byte{7}, 32)}, Origin: "http://127.0.0.1:8080",
	})
	return c
}

func count(t *testing.T, c demo.Company, query string, args ...any) int {
	t.Helper()
	var n int
	if err := c.DB.NewRaw(query, args...).Scan(context.Background(), &n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestSeed(t *testing.T) {
	ctx := context.Background()
	c := company(t, time.Now)
	began := time.Now()
	if err := demo.Seed(ctx, c); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}

	// What the company is promised to have.
	for query, want := range map[string][2]int{
		"SELECT count(*) FROM profile":                                                                                                                   {4, 4},
		"SELECT count(DISTINCT city) FROM vacancy WHERE state = 'open'":                                                                                  {5, 5},
		"SELECT count(*) FROM venue WHERE directions <> '' AND map_url <> ''":                                                                            {5, 5},
		"SELECT count(*) FROM vacancy_source WHERE cost_minor > 0":                                                                                       {20, 30},
		"SELECT count(*) FROM application WHERE responded_at > now() - interval '20 days'":                                                               {100, 200},
		"SELECT count(DISTINCT vacancy_id) FROM application WHERE state = 'responded'":                                                                   {7, 7},
		"SELECT count(*) FROM interview WHERE state = 'open' AND starts_at > now()":                                                                      {2, 2},
		"SELECT count(*) FROM interview WHERE starts_at BETWEEN now() AND now() + interval '7 days'":                                                     {2, 2},
		"SELECT count(*) FROM application WHERE state IN ('shortlisted')":                                                                                {12, 60},
		"SELECT count(*) FROM booking WHERE state = 'invited'":                                                                                           {5, 14},
		"SELECT count(*) FROM booking WHERE state = 'confirmed'":                                                                                         {4, 8},
		"SELECT count(*) FROM outgoing_mail WHERE kind = 'invitation'":                                                                                   {10, 14},
		"SELECT count(*) FROM interview WHERE state = 'closed' AND starts_at < now()":                                                                    {20, 20},
		"SELECT count(*) FROM booking WHERE state IN ('interviewed', 'left_without_interview', 'no_show', 'cancelled_late')":                             {360, 440},
		"SELECT count(*) FROM session_report WHERE verdict IS NOT NULL":                                                                                  {20, 20},
		"SELECT count(*) FROM forecast WHERE final":                                                                                                      {400, 520},
		"SELECT count(DISTINCT model_id) FROM forecast WHERE final":                                                                                      {19, 20},
		"SELECT count(*) FROM forecast WHERE interview_id IN (SELECT id FROM interview WHERE state = 'closed') AND scored_at IS NULL":                    {0, 0},
		"SELECT rows FROM rate_model ORDER BY seq DESC LIMIT 1":                                                                                          {450, 540},
		"SELECT count(*) FROM booking b WHERE state = 'interviewed' AND NOT EXISTS (SELECT FROM call WHERE booking_id = b.id AND ended_at = b.ended_at)": {0, 0},
		"SELECT count(*) FROM booking b JOIN call c ON c.booking_id = b.id WHERE c.called_at < b.arrived_at OR c.called_at < (SELECT starts_at FROM interview WHERE id = b.interview_id)": {0, 0},
		"SELECT count(*) FROM call c JOIN call d ON c.lane_id = d.lane_id AND c.id <> d.id AND c.started_at BETWEEN d.started_at AND d.ended_at - interval '1 second'":                    {0, 0},
		"SELECT count(*) FROM scorecard":                        {70, 130},
		"SELECT count(*) FROM decision":                         {60, 130},
		"SELECT count(*) FROM decision WHERE decision = 'hire'": {5, 60},
		"SELECT count(*) FROM slot WHERE taken <> (SELECT count(*) FROM booking b WHERE b.interview_id = slot.interview_id AND b.slot = slot.number AND b.holds_seat)": {0, 0},
		"SELECT count(*) FROM booking WHERE starts_at < now() AND (ended_at > now() OR ended_at IS NULL OR booked_at > starts_at)":                                     {0, 0},
		"SELECT count(*) FROM decision WHERE decided_at > now()":                                                                                                       {0, 0},
		"SELECT count(*) FROM person WHERE email <> '' AND email !~ '@example[.](com|org|net)$'":                                                                       {0, 0},
	} {
		if n := count(t, c, query); n < want[0] || n > want[1] {
			t.Errorf("%d, want %d to %d: %s", n, want[0], want[1], query)
		}
	}
	for _, role := range staff.Roles {
		if n := count(t, c, "SELECT count(*) FROM staff WHERE ? = ANY(roles) AND password_hash <> ''", string(role)); n == 0 {
			t.Errorf("nobody is %s", role)
		}
	}

	// Sessions lie in the working hours of their cities.
	var sessions []store.Interview
	if err := c.DB.NewSelect().Model(&sessions).Scan(ctx); err != nil {
		t.Fatal(err)
	}
	for _, s := range sessions {
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		from, to := s.StartsAt.In(zone), s.EndsAt.In(zone)
		if from.Hour() < 9 || to.Hour() > 18 || from.Weekday() == time.Saturday || from.Weekday() == time.Sunday {
			t.Errorf("a session from %v to %v", from, to)
		}
	}
	if rows, broken, err := c.Reader.VerifyJournal(ctx); err != nil || len(broken) > 0 || rows < 150 {
		t.Errorf("journal: %d rows, broken %v, %v", rows, broken, err)
	}

	// A second building, as after an interruption, changes nothing.
	before := count(t, c, "SELECT count(*) FROM journal")
	if err := demo.Seed(ctx, c); err != nil {
		t.Fatalf("again: %v", err)
	}
	if after := count(t, c, "SELECT count(*) FROM journal"); after != before {
		t.Errorf("%d journal rows became %d", before, after)
	}
}

// The rates differ by source and city as the trade's do, so that there is something to learn.
func TestRatesDiffer(t *testing.T) {
	now, err := time.Parse(time.RFC3339, "2026-03-04T09:17:00Z")
	if err != nil {
		t.Fatal(err)
	}
	c := company(t, func() time.Time { return now })
	if err := demo.Seed(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		City, Source string
		State        hiring.Attendance
	}
	err = c.DB.NewRaw(`SELECT v.city, s.kind AS source, b.state FROM booking b JOIN application a ON a.id = b.application_id
		JOIN vacancy v ON v.id = a.vacancy_id JOIN source s ON s.id = a.source_id JOIN interview i ON i.id = b.interview_id WHERE i.state = 'closed'`).
		Scan(context.Background(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	came, all := map[string]float64{}, map[string]float64{}
	for _, r := range rows {
		for _, of := range []string{"", r.City, r.Source} {
			if yes := r.State.Came(); yes != nil {
				all[of]++
				if *yes {
					came[of]++
				}
			}
		}
	}
	rate := func(of string) float64 { return came[of] / all[of] }
	if r := rate(""); r < 0.19 || r > 0.26 {
		t.Errorf("%.3f came of %v", r, all[""])
	}
	if rate("referral") < 1.3*rate("board") || rate("Нижний Новгород") < 1.2*rate("Санкт-Петербург") {
		t.Errorf("referral %.2f, board %.2f, Nizhny %.2f, Petersburg %.2f", rate("referral"), rate("board"), rate("Нижний Новгород"), rate("Санкт-Петербург"))
	}
}
