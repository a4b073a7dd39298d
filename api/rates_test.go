package api_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

func TestShowRatesAndFunnel(t *testing.T) {
	b := newBench(t, 2)
	got := b.want(200, staff.Director, "GET", "/api/v1/show-rates", nil)
	if got.text("all", "rate") != "0.2" || got.text("kind") != "shrunk" || strings.Contains(got.raw, "null") {
		t.Error(got.raw)
	}
	b.refused(404, "not_found", staff.Interviewer, "GET", "/api/v1/show-rates", nil)
	for _, by := range []string{"vacancy", "source", "city", "week"} {
		f := b.want(200, staff.HR, "GET", "/api/v1/funnel?by="+by+"&zone=Europe/Moscow", nil)
		if f.text("total", "responded") != "2" || !strings.Contains(f.raw, `"total_minor":500000`) || !strings.Contains(f.raw, `"per_response_minor":250000`) {
			t.Error(f.raw)
		}
	}
	b.refused(422, "invalid_input", staff.HR, "GET", "/api/v1/funnel?by=person", nil)
	b.refused(422, "invalid_input", staff.HR, "GET", "/api/v1/funnel?zone=Mars/Base", nil)
}

func TestAttendanceOperations(t *testing.T) {
	b := newBench(t, 0)
	const file = "city,came,reply\nPerm,yes,yes\nPerm,no,\nOmsk,,\nOmsk,no,no\nOmsk,yes,yes\nOmsk,yes,yes\nPerm,yes,yes\n"
	upload := func() answer {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "past.csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(file)); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		return b.call(staff.HR, "POST", "/api/v1/attendance", body.String(), "Content-Type", form.FormDataContentType())
	}
	made := upload()
	if made.status != 201 || made.text("state") != "preview" {
		t.Fatal(made.status, made.raw)
	}
	path := "/api/v1/attendance/" + made.text("id")
	look := b.want(200, staff.HR, "POST", path+"/preview", map[string]any{})
	if look.text("rows") != "6" || look.text("came") != "4" || look.text("columns", "came") != "came" || look.text("means", "city") != "city" {
		t.Error(look.raw)
	}
	b.refused(422, "column_unknown", staff.HR, "POST", path+"/preview", map[string]any{"came": "nothing"})
	b.refused(404, "not_found", staff.Director, "POST", path+"/take", map[string]any{"version": 1, "columns": map[string]any{}})
	take := map[string]any{"version": 1, "columns": map[string]any{"city": "city"}}
	for range 2 {
		if taken := b.want(200, staff.HR, "POST", path+"/take", take, "Idempotency-Key", "t"); taken.text("state") != "done" || taken.text("rows") != "6" || taken.text("skipped_rows") != "1" {
			t.Error(taken.raw)
		}
	}
	b.refused(409, "stale_form", staff.HR, "POST", path+"/take", take)
	b.refused(409, "not_in_preview", staff.HR, "POST", path+"/take", map[string]any{"version": 2, "columns": map[string]any{}})
	second := "/api/v1/attendance/" + upload().text("id")
	if look := b.want(200, staff.HR, "POST", second+"/preview", map[string]any{}); look.text("again", "asks") != "true" || !strings.Contains(look.raw, `"file":true`) {
		t.Error(look.raw)
	}
	b.refused(422, "invalid_input", staff.HR, "POST", second+"/take", map[string]any{"version": 1, "columns": map[string]any{}})
	b.want(204, staff.HR, "POST", second+"/discard", map[string]any{"version": 1})
	b.refused(404, "not_found", staff.HR, "GET", second, nil)
	if list := b.want(200, staff.Director, "GET", "/api/v1/attendance", nil); !strings.Contains(list.raw, `"past.csv"`) {
		t.Error(list.raw)
	}
	if back := b.want(200, staff.HR, "POST", path+"/revert", map[string]any{"version": 2}); back.text("state") != "reverted" {
		t.Error(back.raw)
	}
	b.refused(409, "not_done", staff.HR, "POST", path+"/revert", map[string]any{"version": 3})
	b.refused(404, "not_found", staff.HR, "GET", "/api/v1/attendance/"+uuid.NewString(), nil)
}
