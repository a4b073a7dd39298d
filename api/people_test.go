package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

// Saying that two people are one, that they are not, and taking it back: each operation, each status.
func TestPeople(t *testing.T) {
	b := newBench(t, 5)
	person := func(n int) string { return "/api/v1/people/" + b.People[n].String() }
	into := func(n int) map[string]any { return map[string]any{"into": b.People[n]} }
	other := func(n int) map[string]any { return map[string]any{"other": b.People[n]} }
	nobody := uuid.NewString()

	// Who may, and what names nothing or has a wrong shape.
	for _, op := range []struct {
		path, field string
		body        map[string]any
	}{{"/merge", "into", into(1)}, {"/distinct", "other", other(1)}, {"/unmerge", "", nil}} {
		var body any
		if op.body != nil {
			body = op.body
		}
		b.refused(401, "unauthenticated", "", "POST", person(0)+op.path, body)
		for _, role := range staff.Roles {
			if !slices.Contains([]staff.Role{staff.Admin, staff.HR}, role) {
				b.refused(404, "not_found", role, "POST", person(0)+op.path, body)
			}
		}
		for _, role := range []staff.Role{staff.Admin, staff.HR} {
			b.refused(404, "not_found", role, "POST", "/api/v1/people/"+nobody+op.path, body)
		}
		b.refused(422, "invalid_input", staff.HR, "POST", "/api/v1/people/x"+op.path, body)
		b.refused(422, "bad_key", staff.HR, "POST", person(0)+op.path, body, "Idempotency-Key", "a\tb")
		if op.field == "" {
			continue
		}
		b.refused(404, "not_found", staff.HR, "POST", person(0)+op.path, map[string]any{op.field: nobody})
		for want, body := range map[string]map[string]any{"required": {}, "not_an_id": {op.field: "x"}} {
			if got := b.refused(422, "invalid_input", staff.HR, "POST", person(0)+op.path, body); got.text("fields", op.field) != want {
				t.Errorf("%s: %s", op.path, got.raw)
			}
		}
		b.refused(400, "bad_json", staff.HR, "POST", person(0)+op.path, "{")
		b.refused(409, "same_person", staff.HR, "POST", person(0)+op.path, map[string]any{op.field: b.People[0]})
	}
	twice := func(path, code string, body, another any) {
		t.Helper()
		key := uuid.NewString()
		first := b.want(200, staff.HR, "POST", path, body, "Idempotency-Key", key)
		if again := b.want(200, staff.HR, "POST", path, body, "Idempotency-Key", key); again.raw != first.raw || first.text("code") != code {
			t.Errorf("%s: %s, then %s", path, first.raw, again.raw)
		}
		if another != nil {
			b.refused(422, "key_reused", staff.HR, "POST", path, another, "Idempotency-Key", key)
		}
	}
	merged := func(n int) string {
		t.Helper()
		var into string
		if err := b.DB.NewRaw("SELECT coalesce(merged_into::text, '') FROM person WHERE id = ?", b.People[n]).Scan(t.Context(), &into); err != nil {
			t.Fatal(err)
		}
		return into
	}

	// Not the same; then the same after all, and taken back.
	twice(person(0)+"/distinct", "distinct", other(1), other(2))
	b.refused(409, "not_merged", staff.HR, "POST", person(0)+"/unmerge", nil)
	twice(person(0)+"/merge", "merged", into(1), into(2))
	if merged(0) != b.People[1].String() {
		t.Fatal(merged(0))
	}
	b.refused(409, "same_person", staff.HR, "POST", person(1)+"/merge", into(0))
	b.refused(409, "same_person", staff.HR, "POST", person(1)+"/distinct", other(0))
	b.refused(409, "merged_meanwhile", staff.HR, "POST", person(0)+"/merge", into(2))
	twice(person(0)+"/unmerge", "unmerged", nil, nil)
	if merged(0) != "" {
		t.Fatal(merged(0))
	}
	b.refused(409, "not_merged", staff.HR, "POST", person(0)+"/unmerge", nil)

	// Both are to come to one session.
	session := b.schedule(2, 1)
	b.invite(0, session)
	b.invite(1, session)
	b.refused(409, "both_in_session", staff.HR, "POST", person(0)+"/merge", into(1))

	// Who asked to be erased, and who was, stays as he is: neither joined nor parted.
	b.want(200, staff.HR, "POST", person(3)+"/merge", into(2))
	for _, c := range []struct{ column, code string }{{"erase_at", "person_erasing"}, {"erased_at", "person_erased"}} {
		b.exec(fmt.Sprintf("UPDATE person SET %s = ? WHERE id IN (?, ?)", c.column), b.now.Add(time.Hour), b.People[3], b.People[4])
		b.refused(409, c.code, staff.HR, "POST", person(3)+"/unmerge", nil)
		b.refused(409, c.code, staff.HR, "POST", person(4)+"/merge", into(0))
		b.refused(409, c.code, staff.HR, "POST", person(0)+"/merge", into(4))
	}
	if merged(3) != b.People[2].String() || merged(4) != "" {
		t.Error("a refusal changed who is who", merged(3), merged(4))
	}
}
