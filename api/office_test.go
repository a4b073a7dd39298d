package api_test

import (
	"net/http"
	"testing"

	"github.com/stazh/stazh/workflows/staff"
)

func TestPolicy(t *testing.T) {
	b := newBench(t, 0)
	got := b.want(200, staff.Receptionist, "GET", "/api/v1/policy", nil)
	policy, _ := got.body["policy"].(map[string]any)
	policy["grace_minutes"] = 30
	body := map[string]any{"version": got.body["version"], "policy": policy}
	b.refused(404, "not_found", staff.HR, "PUT", "/api/v1/policy", body)
	set := b.want(200, staff.Admin, "PUT", "/api/v1/policy", body, "Idempotency-Key", "p")
	if set.text("version") != "2" || set.text("policy", "grace_minutes") != "30" {
		t.Fatal(set.raw)
	}
	b.want(200, staff.Admin, "PUT", "/api/v1/policy", body, "Idempotency-Key", "p")
	b.refused(409, "stale_form", staff.Admin, "PUT", "/api/v1/policy", body)
	policy["grace_minutes"] = 999
	b.refused(422, "invalid_input", staff.Admin, "PUT", "/api/v1/policy", body)
}

func TestAccounts(t *testing.T) {
	b := newBench(t, 0)
	me := b.want(200, staff.HR, "GET", "/api/v1/me", nil)
	if me.text("by") != "token" || me.text("email") != "hr@example.org" {
		t.Fatal(me.raw)
	}
	if tokens := b.want(200, staff.HR, "GET", "/api/v1/me/tokens", nil).items(); len(tokens) != 1 || tokens[0]["hash"] != nil {
		t.Fatal(tokens)
	}
	b.refused(403, "token_scope", staff.HR, "POST", "/api/v1/me/tokens", `{"name":"x","scope":"read","days":1}`)
	body := `{"email":"new@example.org","name":"New","roles":["hr"],"language":"bg","zone":"Europe/Sofia"}`
	made := b.want(201, staff.Admin, "POST", "/api/v1/staff", body, "Idempotency-Key", "n")
	if again := b.want(201, staff.Admin, "POST", "/api/v1/staff", body, "Idempotency-Key", "n"); again.text("id") != made.text("id") {
		t.Fatal(again.raw)
	}
	if taken := b.refused(422, "invalid_input", staff.Admin, "POST", "/api/v1/staff", body); taken.text("fields", "email") != "taken" {
		t.Fatal(taken.raw)
	}
	path := "/api/v1/staff/" + made.text("id")
	b.want(200, staff.HR, "GET", path, nil)
	b.want(200, staff.Admin, "PUT", path, `{"version":1,"name":"Newer","roles":["hr","interviewer"],"language":"bg","zone":"Europe/Sofia"}`)
	b.refused(409, "stale_form", staff.Admin, "PUT", path, `{"version":1,"name":"Old","roles":["hr"],"language":"bg","zone":"Europe/Sofia"}`)
	b.want(http.StatusNoContent, staff.Admin, "POST", path+"/disable", nil)
	b.refused(409, "account_disabled", staff.Admin, "POST", path+"/link", nil)
	b.want(http.StatusNoContent, staff.Admin, "POST", path+"/enable", nil)
	b.want(http.StatusNoContent, staff.Admin, "POST", path+"/link", nil)
	if list := b.want(200, staff.HR, "GET", "/api/v1/staff?role=interviewer", nil).items(); len(list) != 2 {
		t.Fatal(list)
	}
}
