package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

// Correcting what is known of a person: each status, and what it does to the mails.
func TestCorrectPerson(t *testing.T) {
	b := newBench(t, 3)
	path := func(n int) string { return "/api/v1/people/" + b.People[n].String() }
	body := func(pairs ...any) map[string]any {
		m := map[string]any{"version": 1, "name": "Ivanova Anna", "email": "anna@new.example.org"}
		for i := 0; i+1 < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
		return m
	}
	b.refused(401, "unauthenticated", "", "PUT", path(0), body())
	for _, role := range staff.Roles {
		if !slices.Contains([]staff.Role{staff.Admin, staff.HR}, role) {
			b.refused(404, "not_found", role, "PUT", path(0), body())
		}
	}
	b.refused(404, "not_found", staff.HR, "PUT", "/api/v1/people/"+uuid.NewString(), body())
	b.refused(422, "invalid_input", staff.HR, "PUT", "/api/v1/people/x", body())
	b.refused(422, "bad_key", staff.HR, "PUT", path(0), body(), "Idempotency-Key", "a\tb")
	b.refused(400, "bad_json", staff.HR, "PUT", path(0), "{")
	for field, bad := range map[string]map[string]any{
		"name": body("name", nil), "email": body("email", "nothing"), "phone": body("phone", "12"), "birth_year": body("birth_year", 3), "language": body("language", "de"), "version": body("version", 0),
	} {
		if got := b.refused(422, "invalid_input", staff.HR, "PUT", path(0), bad); got.text("fields", field) == "" {
			t.Errorf("%s: %s", field, got.raw)
		}
	}
	if got := b.refused(422, "invalid_input", staff.HR, "PUT", path(0), body("email", nil)); got.text("fields", "email") != "row_no_contact" {
		t.Error(got.raw)
	}

	// An invitation went to the old address.
	session := b.schedule(2, 1)
	b.invite(0, session)
	b.exec("UPDATE outgoing_mail SET state = 'sent'")
	key := uuid.NewString()
	first := b.want(200, staff.HR, "PUT", path(0), body(), "Idempotency-Key", key)
	if again := b.want(200, staff.HR, "PUT", path(0), body(), "Idempotency-Key", key); again.raw != first.raw {
		t.Errorf("%s, then %s", first.raw, again.raw)
	}
	if first.text("id") != b.People[0].String() || first.text("version") != "2" || first.text("mails") != "1" {
		t.Error(first.raw)
	}
	b.refused(422, "key_reused", staff.HR, "PUT", path(0), body("city", "Tula"), "Idempotency-Key", key)
	b.refused(409, "stale_form", staff.HR, "PUT", path(0), body("city", "Tula"))
	read := b.want(200, staff.HR, "GET", "/api/v1/applications/"+b.Applications[0].String(), nil)
	if read.text("person", "email") != "anna@new.example.org" || read.text("person", "version") != "2" || read.text("person", "name") != "Ivanova Anna" {
		t.Error(read.raw)
	}
	mails := b.want(200, staff.HR, "GET", "/api/v1/applications/"+b.Applications[0].String()+"/mail", nil).items()
	if len(mails) != 2 || mails[0]["state"] != "queued" && mails[1]["state"] != "queued" {
		t.Error(mails)
	}
	if got := b.refused(409, "email_taken", staff.HR, "PUT", path(1), body("email", "Anna@new.example.org")); got.text("details", "person") != b.People[0].String() {
		t.Error(got.raw)
	}
	for column, code := range map[string]string{"erase_at": "person_erasing", "erased_at": "person_erased"} {
		b.exec(fmt.Sprintf("UPDATE person SET %s = ? WHERE id = ?", column), b.now.Add(time.Hour), b.People[2])
		b.refused(409, code, staff.HR, "PUT", path(2), body("email", "c@example.org"))
		b.exec(fmt.Sprintf("UPDATE person SET %s = NULL WHERE id = ?", column), b.People[2])
	}
	// What is read can be put back: also of a record that was merged and has no address, or no language, of its own.
	b.want(200, staff.HR, "POST", path(1)+"/merge", map[string]any{"into": b.People[0].String()})
	b.exec("UPDATE person SET email = '', phone = '+79161234567', language = '', birth_year = 1999, name = 'Petrova Olga' WHERE id = ?", b.People[1])
	was := b.want(200, staff.HR, "GET", path(1), nil)
	if was.text("email") != "" || was.text("phone") != "+79161234567" || was.text("name") != "Petrova Olga" || was.text("birth_year") != "1999" {
		t.Error(was.raw)
	}
	if got := b.want(200, staff.HR, "PUT", path(1), was.raw); got.text("version") != was.text("version") || !strings.Contains(got.raw, `"changed":[]`) {
		t.Error(was.raw, got.raw)
	}
	for _, role := range staff.Roles {
		if !slices.Contains([]staff.Role{staff.Admin, staff.HR}, role) {
			b.refused(404, "not_found", role, "GET", path(1), nil)
		}
	}
	b.refused(404, "not_found", staff.HR, "GET", "/api/v1/people/"+uuid.NewString(), nil)
}
