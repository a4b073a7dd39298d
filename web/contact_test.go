package web

import (
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/staff"
)

func TestCorrectingContactDetails(t *testing.T) {
	h := newHouse(t)
	h.open()
	ids := h.add("Анна Белая", "Пётр Серый")
	page, path := "/candidates/"+ids[0], "/candidates/"+ids[0]+"/contact"
	if !strings.Contains(h.get(page), path) {
		t.Fatal("the page of the application does not lead there")
	}
	for _, lang := range i18n.Languages() {
		if form := h.get(path, "X-Lang", lang); !strings.Contains(form, `value="Анна Белая"`) || !strings.Contains(form, `value="p0@example.org"`) {
			t.Error(lang, "what is known does not stand in the form")
		}
	}
	typed := func(pairs ...string) url.Values {
		v := values("version", "1", "name", "Анна Белая", "email", "p0@example.org", "phone", "", "city", "", "birth_year", "", "language", "")
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	// What is wrong stands at its field, and what was typed stays.
	_, got := h.post(path, 422, typed("name", "", "email", "no address", "phone", "12", "city", "Тула", "birth_year", "x"))
	for _, want := range []string{`id="f-name-error"`, `id="f-email-error"`, `id="f-phone-error"`, `id="f-birth_year-error"`, `value="no address"`, `value="Тула"`} {
		if !strings.Contains(got, want) {
			t.Error("missing:", want)
		}
	}
	// Somebody else's address leads to him.
	_, got = h.post(path, 422, typed("email", "P1@example.org", "city", "Тула"))
	other, mine := h.id("SELECT person_id FROM application WHERE id = '"+ids[1]+"'"), h.id("SELECT person_id FROM application WHERE id = '"+ids[0]+"'")
	for _, want := range []string{"/candidates/person/" + mine.String() + "/compare?with=" + other.String(), "Пётр Серый", `id="f-email-error"`, `value="Тула"`, `value="P1@example.org"`} {
		if !strings.Contains(got, want) {
			t.Error("missing:", want)
		}
	}
	h.get("/candidates/person/" + mine.String() + "/compare?with=" + other.String())

	if h.post(path, 303, typed("city", "Москва", "language", "ru")); strings.Contains(h.get(page), i18n.T("en", "journal.person.correct")) {
		t.Error("saving what stands there counts as a correction")
	}
	to, _ := h.post(path, 303, typed("email", "anna@example.org", "phone", "8 916 123-45-67"))
	if got := html.UnescapeString(h.get(to)); to != page || !strings.Contains(got, "mailto:anna@example.org") || !strings.Contains(got, "tel:+79161234567") || !strings.Contains(got, i18n.T("en", "journal.person.correct")) {
		t.Error("the page does not say what is true now", to)
	}
	// The second of two at once is shown what stands now beside what he typed; sent again, it counts.
	shown := []string{"was_name", "Анна Белая", "was_email", "p0@example.org", "was_phone", "", "was_city", "Москва", "was_birth_year", "", "was_language", "ru"}
	_, got = h.post(path, 422, typed(append(shown, "name", "Анна Чёрная", "city", "Тула", "language", "ru")...))
	got = html.UnescapeString(got)
	if both := got[strings.Index(got, i18n.T("en", "contact.now")):strings.Index(got, "<form class=\"form")]; strings.Count(both, "<dt>") != 1 || !strings.Contains(both, "City") {
		t.Error("both have changed the city alone:", both)
	}
	for _, want := range []string{i18n.T("en", "contact.now"), `name="email" type="email" value="anna@example.org"`, `value="+79161234567"`, "Анна Белая", `value="Анна Чёрная"`, `value="Тула"`, `name="version" value="2"`, `name="was_email" value="anna@example.org"`} {
		if !strings.Contains(got, want) {
			t.Error("missing:", want)
		}
	}
	h.post(path, 303, typed("name", "Анна Чёрная", "version", "2", "email", "anna@example.org", "phone", "+79161234567"))
	if !strings.Contains(h.get("/candidates"), "Анна Чёрная") {
		t.Error("the list has the old name")
	}

	// A merged record says whose it is; an erased person is left alone.
	h.post("/candidates/person/"+mine.String()+"/merge", 303, values("other", other.String(), "keep", other.String()))
	if got := h.get(path); !strings.Contains(got, "Пётр Серый") {
		t.Error("it does not say that the record was merged")
	}
	// Without an address of its own it shows whose is used, and does not write that one down when another field is corrected.
	h.post(path, 303, typed("name", "Анна Чёрная", "version", "4", "email", ""))
	if got := h.get(path); !strings.Contains(got, `name="email" type="email" value=""`) || !strings.Contains(got, "p1@example.org") {
		t.Error("the address of whom it was merged into passes for the record's own")
	}
	h.post("/candidates/"+ids[1]+"/contact", 303, typed("name", "Пётр Серый", "version", "1", "email", "right@example.org"))
	h.post(path, 303, typed("name", "Анна Чёрная", "version", "5", "email", "", "city", "Тула"))
	// Its history: four corrections of its own, one of whom it was merged into.
	if got := h.get(page); !strings.Contains(got, "mailto:right@example.org") || strings.Contains(got, "p1@example.org") || strings.Count(got, i18n.T("en", "journal.person.correct")) != 5 {
		t.Error("a correction of one record undoes that of the other")
	}
	for column, code := range map[string]string{"erase_at": "person_erasing", "erased_at": "person_erased"} {
		h.must(func() error {
			_, err := h.db.NewRaw("UPDATE person SET "+column+" = now() WHERE id = ?", mine).Exec(t.Context())
			return err
		}())
		if got := h.get(page); strings.Contains(got, path) {
			t.Error(code, "the page leads to the form")
		}
		for _, method := range []string{"GET", "POST"} {
			res, _ := do(t, h.app, method, path, typed("_command", code).Encode(), "X-Roles", "hr")
			if res.StatusCode != 303 || res.Header.Get("Location") != page {
				t.Error(method, code, res.StatusCode)
			}
		}
		h.must(func() error {
			_, err := h.db.NewRaw("UPDATE person SET "+column+" = NULL WHERE id = ?", mine).Exec(t.Context())
			return err
		}())
	}
	for _, bad := range []string{"/candidates/x/contact", "/candidates/" + uuid.NewString() + "/contact"} {
		if res, _ := do(t, h.app, "GET", bad, "", "X-Roles", "hr"); res.StatusCode != 404 {
			t.Error(bad, res.StatusCode)
		}
	}
	if got := h.get(page, "X-Roles", string(staff.Director)); strings.Contains(got, path) {
		t.Error("who may not correct is led there")
	}
}

// After another address the page says no longer that mail does not reach the person, but that he can be invited again.
func TestTheRefusalOfAnOldAddressIsOver(t *testing.T) {
	f := newFirm(t, 1)
	f.session(3)
	f.shortlist(f.Applications...)
	app := f.Applications[0]
	_, err := f.DB.NewRaw(`INSERT INTO outgoing_mail (id, key, kind, application_id, due_at, created_at, state, code) VALUES (?, 'k', 'invitation', ?, ?, ?, 'failed', 'smtp_address')`,
		uuid.New(), app, f.now, f.now).Exec(t.Context())
	f.command(err)
	path := "/candidates/" + app.String()
	_, page := f.get(staff.HR, path)
	wantPage(t, page, "Mail does not reach this person", path+"/contact")
	res, page := f.post(staff.HR, path+"/contact", path+"/contact", values("version", "1", "name", "Анна Новая", "email", "anna@example.org"))
	f.want(res, page, 303)
	_, page = f.get(staff.HR, path)
	wantPage(t, html.UnescapeString(page), "can be invited again", "refused by the address of that time", `href="/sessions"`)
	if strings.Contains(page, "Mail does not reach") {
		t.Error("the new address passes for dead")
	}
	_, page = f.get(staff.HR, "/audit")
	wantPage(t, page, "Contact details corrected", "E-mail")
}

// Somebody else's telephone is taken, and that the two are perhaps one is said where they can be compared.
func TestOneTelephoneOfTwo(t *testing.T) {
	h := newHouse(t)
	h.open()
	ids := h.add("Анна Белая", "Пётр Серый")
	for n, name := range []string{"Анна Белая", "Пётр Серый"} {
		h.post("/candidates/"+ids[n]+"/contact", 303, values("version", "1", "name", name, "email", "p"+strconv.Itoa(n)+"@example.org", "phone", "+79161234567", "city", "", "birth_year", "", "language", ""))
	}
	other := h.id("SELECT person_id FROM application WHERE id = '" + ids[1] + "'")
	if got := h.get("/candidates/" + ids[0]); !strings.Contains(got, i18n.T("en", "application.probable", "n", 1)) || !strings.Contains(got, "compare?with="+other.String()) {
		t.Error("nobody sees that two have one telephone")
	}
}
