package api_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/api/auth"
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

// A signed-in browser needs the form token for what changes something, a program does not.
func TestBrowsersProveTheRequestIsTheirs(t *testing.T) {
	b := newBench(t, 1)
	ctx := context.Background()
	const password = "correct horse battery staple"
	if _, err := b.accounts.Create(ctx, "create", store.NewStaff{Email: "b@example.org", Name: "B", Language: "en", Zone: "Europe/Moscow", Roles: []staff.Role{staff.HR}}, password); err != nil {
		t.Fatal(err)
	}
	signed, err := b.accounts.SignIn(ctx, "b@example.org", password, auth.Client{})
	if err != nil {
		t.Fatal(err)
	}
	// A page gets it from its principal; a program that plays browser derives it as package auth does.
	raw, err := base64.RawURLEncoding.DecodeString(signed.Secret)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, raw)
	mac.Write([]byte("form"))
	form := base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	cookie := b.accounts.CookieName() + "=" + signed.Secret
	path := "/api/v1/applications/" + b.Applications[0].String()
	if me := b.want(200, "", "GET", "/api/v1/me", nil, "Cookie", cookie); me.text("by") != "staff" {
		t.Fatal(me.raw)
	}
	b.refused(403, "forbidden", "", "POST", path+"/shortlist", `{}`, "Cookie", cookie)
	b.refused(403, "forbidden", "", "POST", path+"/shortlist", `{}`, "Cookie", cookie, "Sec-Fetch-Site", "cross-site", "X-CSRF-Token", form)
	b.want(200, "", "POST", path+"/shortlist", `{}`, "Cookie", cookie, "Sec-Fetch-Site", "same-origin", "X-CSRF-Token", form)
	token := b.want(201, "", "POST", "/api/v1/me/tokens", `{"name":"program","scope":"read","days":7}`, "Cookie", cookie, "X-CSRF-Token", form)
	bearer := "Bearer " + token.text("secret")
	b.want(200, "", "GET", path, nil, "Authorization", bearer)
	b.refused(403, "token_scope", "", "POST", path+"/unshortlist", nil, "Authorization", bearer)
	b.want(204, "", "DELETE", "/api/v1/me/tokens/"+token.text("id"), nil, "Cookie", cookie, "X-CSRF-Token", form)
	b.refused(401, "bad_token", "", "GET", path, nil, "Authorization", bearer)
	sessions := b.want(200, "", "GET", "/api/v1/me/sessions", nil, "Cookie", cookie).items()
	if len(sessions) != 1 || sessions[0]["current"] != true {
		t.Fatal(sessions)
	}
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

func TestCompany(t *testing.T) {
	b := newBench(t, 0)
	if got := b.want(200, staff.Receptionist, "GET", "/api/v1/company", nil); got.text("version") != "1" {
		t.Fatal(got.raw)
	}
	body := map[string]any{"version": 1, "name": "Мост Телеком", "language": "ru", "reply_to": "hr@example.org"}
	b.refused(404, "not_found", staff.HR, "PUT", "/api/v1/company", body)
	set := b.want(200, staff.Admin, "PUT", "/api/v1/company", body, "Idempotency-Key", "c")
	if set.text("version") != "2" || set.text("name") != "Мост Телеком" || set.text("reply_to") != "hr@example.org" {
		t.Fatal(set.raw)
	}
	b.want(200, staff.Admin, "PUT", "/api/v1/company", body, "Idempotency-Key", "c")
	b.refused(409, "stale_form", staff.Admin, "PUT", "/api/v1/company", body)
	body["reply_to"] = "nobody"
	b.refused(422, "invalid_input", staff.Admin, "PUT", "/api/v1/company", body)
}
