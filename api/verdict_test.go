package api_test

import (
	"context"
	"testing"

	"github.com/stazh/stazh/workflows/staff"
)

func TestVerdictOnAPlan(t *testing.T) {
	b := newBench(t, 1)
	path := "/api/v1/interviews/" + b.schedule(2)
	b.refused(404, "not_found", staff.HR, "GET", path+"/verdict", nil) // not over
	b.refused(404, "not_found", staff.HR, "GET", "/api/v1/interviews/3fa85f64-5717-4562-b3fc-2c963f66afa6/verdict", nil)
	b.refused(404, "not_found", staff.Employee, "GET", path+"/verdict", nil)
	if _, err := b.DB.NewRaw(`INSERT INTO session_report (interview_id, body, verdict, written_at)
		SELECT id, '{}', '{"people": 8, "came": 3, "rate": 0.2, "own_seats": true, "was": {"utility": 1.5}, "naive": {"utility": -1}}', now() FROM interview`).Exec(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := b.want(200, staff.HR, "GET", path+"/verdict", nil)
	if got.text("people") != "8" || got.text("was", "utility") != "1.5" || got.text("naive", "utility") != "-1" {
		t.Fatal(got.raw)
	}
}
