package web

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
)

// Two records of one name: compared, said to be another, merged, seen as one, taken apart.
func TestMergingOnPages(t *testing.T) {
	h := newHouse(t)
	h.open()
	ids := h.add("Анна Белая", "Белая Анна", "Анна Белая")
	person := func(app string) uuid.UUID {
		t.Helper()
		return h.id("SELECT person_id FROM application WHERE id = '" + app + "'")
	}
	a, b, c := person(ids[0]).String(), person(ids[1]).String(), person(ids[2]).String()
	look := "/candidates/person/" + a + "/compare?with=" + b
	if page := h.get("/candidates/" + ids[0]); !strings.Contains(page, look) {
		t.Fatal("the banner does not lead to comparing")
	}
	for _, lang := range i18n.Languages() {
		if page := h.get(look, "X-Lang", lang); !strings.Contains(page, "p0@example.org") || !strings.Contains(page, "p1@example.org") || !strings.Contains(page, "banner is-warning") {
			t.Errorf("%s: not both are shown, or two open applications are not noted", lang)
		}
	}
	for _, bad := range []string{"/candidates/person/" + a + "/compare", "/candidates/person/" + a + "/compare?with=x", "/candidates/person/" + a + "/compare?with=" + uuid.NewString()} {
		if res, _ := do(t, h.app, "GET", bad, "", "X-Roles", "hr"); res.StatusCode != 404 {
			t.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	h.post("/candidates/person/"+a+"/distinct", 303, values("other", c))
	if page := h.get("/candidates/" + ids[0]); strings.Contains(page, "with="+c) || !strings.Contains(page, look) {
		t.Error("who is another is still asked about, or the others no more")
	}
	to, _ := h.post("/candidates/person/"+a+"/merge", 303, values("other", b, "keep", a))
	page := h.get(to)
	for _, want := range []string{i18n.T("en", "person.merged"), "/candidates/person/" + b + "/unmerge", i18n.T("en", "person.twice"), i18n.T("en", "application.other_applications")} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a merged person lacks %q", want)
		}
	}
	if res, _ := do(t, h.app, "GET", look, "", "X-Roles", "hr"); res.StatusCode != 303 {
		t.Error("one person is compared with himself", res.StatusCode)
	}
	h.post("/candidates/person/"+b+"/merge", 303, values("other", a, "keep", a)) // a second tab: told
	if list := h.get("/candidates"); strings.Contains(list, "Белая Анна") {
		t.Error("the list shows two names of one person")
	}
	h.post("/candidates/person/"+b+"/unmerge", 303, values())
	h.post("/candidates/person/"+b+"/unmerge", 303, values()) // told
	if page := h.get("/candidates/" + ids[1]); strings.Contains(page, "/unmerge") || !strings.Contains(h.get("/candidates"), "Белая Анна") {
		t.Error("it is not taken apart")
	}
	for _, path := range []string{"/merge", "/distinct"} {
		if res, _ := do(t, h.app, "POST", "/candidates/person/"+a+path, values("_command", "bad"+path, "other", "nonsense").Encode(), "X-Roles", "hr"); res.StatusCode != 404 {
			t.Errorf("%s of nobody: %d", path, res.StatusCode)
		}
	}
}
