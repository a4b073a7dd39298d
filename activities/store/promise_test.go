package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/stazh/stazh/workflows/hiring"
)

// Who is owed a time is found from the few who were sent away lately, whatever the number of places that ever were.
func TestOwedBeginsWithWhoWasSentAway(t *testing.T) {
	r := fillLists(t, 20000, 10)
	exec := func(query string) {
		t.Helper()
		if _, err := r.db.NewRaw(query).Exec(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	exec(`UPDATE booking SET state = 'interviewed', ended_at = '2027-02-01Z'`)
	exec(`UPDATE application SET state = 'shortlisted'`)
	exec(`UPDATE booking SET state = 'left_without_interview', ended_at = starts_at WHERE id IN (SELECT id FROM booking ORDER BY id LIMIT 3)`)
	exec(`UPDATE application SET state = 'withdrawn' WHERE id = (SELECT application_id FROM booking WHERE state = 'left_without_interview' LIMIT 1)`)
	exec(`ANALYZE`)
	var at time.Time
	if err := r.db.NewRaw(`SELECT max(starts_at) FROM booking WHERE state = 'left_without_interview'`).Scan(context.Background(), &at); err != nil {
		t.Fatal(err)
	}
	for late, want := range map[time.Duration]int{time.Minute: 2, 30 * 24 * time.Hour: 0} {
		if list, err := r.Owed(context.Background(), at.Add(late)); err != nil || len(list) != want {
			t.Error(late, list, err)
		}
	}
	query := r.db.NewRaw(owedBookings, bun.List(hiring.OurFault), at.AddDate(0, 0, -4), hiring.Shortlisted).String()
	var lines []string
	if err := r.db.NewRaw("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) ?", bun.Safe(query)).Scan(context.Background(), &lines); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n")
	t.Log(text)
	if !strings.Contains(text, "booking_owed") || strings.Contains(text, "Seq Scan on application") || strings.Contains(text, "Seq Scan on booking") {
		t.Error(text)
	}
}
