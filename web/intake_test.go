package web

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/web/i18n"
)

func TestCatalogueForms(t *testing.T) {
	h := newHouse(t)
	h.get("/vacancies/new")
	_, page := h.post("/profiles", 422, values("title", "", "duties", "typed before", "text_0", strings.Repeat("x", 501), "kind_0", "skill"))
	if !strings.Contains(page, "typed before") || !strings.Contains(page, i18n.Invalid("en", "required")) {
		t.Error("what was typed is gone, or nothing says what is wrong")
	}
	h.open()
	if n := h.count("SELECT cost_minor FROM vacancy_source"); n != 1500050 {
		t.Errorf("cost %d", n)
	}
	_, page = h.post("/sources", 422, values("name", "headhunter", "kind", "board"))
	if !strings.Contains(page, i18n.Invalid("en", "taken")) {
		t.Error("a name in use is not named")
	}
	form := values("name", "Office", "city", "Moscow", "zone", "Europe/Moscow", "address", "Lenina 1", "room", "many", "map_url", "javascript:alert(1)")
	_, page = h.post("/venues", 422, form)
	if !strings.Contains(page, i18n.Invalid("en", "invalid_whole")) || !strings.Contains(page, i18n.Invalid("en", "invalid_url")) {
		t.Error("not everything wrong is said at once")
	}
	form.Set("room", "12")
	form.Set("map_url", "https://maps.example/1")
	form.Set("_command", "twice")
	h.post("/venues", 303, form)
	h.post("/venues", 303, form) // sent twice
	if n := h.count("SELECT count(*) FROM venue"); n != 1 {
		t.Errorf("%d venues", n)
	}
	venue := h.id("SELECT id FROM venue")
	h.post("/venues/"+venue.String()+"/archive", 303, values("version", "1", "archived", "yes"))
	if page := h.get("/venues?archived=1"); !strings.Contains(page, "Office") {
		t.Error("the archived venue is not in the archive")
	}
	change := h.vacancyForm()
	change.Set("version", "1")
	change.Set("city", "Казань")
	h.post("/vacancies/"+h.vacancy.String(), 303, change)
	change.Set("city", "Тула")
	change.Set("_command", "late")
	if _, page := h.post("/vacancies/"+h.vacancy.String(), 422, change); !strings.Contains(page, "Тула") || !strings.Contains(page, i18n.T("en", "fault.stale_form")) {
		t.Error("an old form is not told, or lost what was typed")
	}
	h.post("/vacancies/"+h.vacancy.String()+"/state", 303, values("version", "2", "state", "closed"))
	for _, path := range []string{"/profiles/x", "/venues/" + uuid.NewString(), "/vacancies/" + uuid.NewString(), "/sources/1"} {
		if res, _ := do(t, h.app, "GET", path, "", "X-Roles", "hr"); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestImportFromUploadToRevert(t *testing.T) {
	h := newHouse(t)
	h.open()
	for name, body := range map[string]string{"": "", "a.csv": " ", "b.pdf": "%PDF-1.7 not a table", "c.xls": "\xD0\xCF\x11\xE0xx"} {
		if res, page := h.upload(name, []byte(body)); res.StatusCode != 422 || !strings.Contains(page, "errors-title") {
			t.Errorf("%q: %d", name, res.StatusCode)
		}
	}
	if _, page := h.upload("none.csv", nil); !strings.Contains(page, i18n.Invalid("en", "file_empty")) || strings.Contains(page, "Error:</span> "+i18n.Invalid("en", "choose_file")) {
		t.Error("an empty file is taken for none")
	}
	body, err := os.ReadFile("../workflows/intake/testdata/hh_cp1251.csv")
	h.must(err)
	res, page := h.upload("отклики.csv", body, "acknowledge", "yes", "source", h.source.String())
	if res.StatusCode != 303 {
		t.Fatal(res.StatusCode, page)
	}
	at := res.Header.Get("Location")
	page = h.get(at)
	if !strings.Contains(page, "windows-1251") || !strings.Contains(page, "отклики.csv") {
		t.Error("the preview does not say how the file was read")
	}
	if n := h.count("SELECT count(*) FROM application"); n != 0 {
		t.Error("a preview wrote applications")
	}
	version := versionField.FindStringSubmatch(page)[1]
	h.post(at+"/settings", 303, values("version", version, "encoding", "windows-1252", "delimiter", "semicolon", "header", "0", "acknowledge", "yes"))
	if _, page := h.post(at+"/start", 422, values()); !strings.Contains(page, i18n.T("en", "fault.mapping_no_name")) {
		t.Error("a file read wrongly can be started")
	}
	page = h.get(at)
	h.post(at+"/settings", 303, values("version", version, "encoding", "utf-8", "delimiter", "comma", "header", "1")) // an old form: told, not done
	version = versionField.FindStringSubmatch(page)[1]
	h.post(at+"/settings", 422, values("version", version, "encoding", "utf-8", "delimiter", "comma", "header", "9999"))
	var b store.Batch
	h.must(h.db.NewSelect().Model(&b).Scan(context.Background()))
	good, err := os.ReadFile("../workflows/intake/testdata/hh_cp1251.csv")
	h.must(err)
	res, _ = h.upload("again.csv", good, "acknowledge", "yes")
	at = res.Header.Get("Location")
	h.post(at+"/start", 303, values("_command", "go"))
	h.post(at+"/start", 303, values("_command", "go"))
	page = h.get(at)
	if !strings.Contains(page, i18n.T("en", "import.revert")) {
		t.Error("a finished import cannot be taken back")
	}
	people := h.count("SELECT count(*) FROM application")
	if people == 0 || people != h.count("SELECT added FROM batch WHERE state = 'done'") {
		t.Errorf("%d applications", people)
	}
	res, report := do(t, h.app, "GET", at+"/report", "", "X-Roles", "hr")
	if res.StatusCode != 200 || strings.Count(report, "\r\n") != h.count("SELECT total FROM batch WHERE state = 'done'")+1 {
		t.Errorf("report %d:\n%s", res.StatusCode, report)
	}
	for _, show := range []string{"added", "joined", "repeated", "refused", "kept"} {
		h.get(at + "?show=" + show)
	}
	if res, _ := do(t, h.app, "GET", at+"/progress", "", "X-Roles", "hr", "HX-Request", "true"); res.Header.Get("HX-Redirect") != at {
		t.Error("the progress of a finished import does not lead to its report")
	}
	h.post(at+"/revert", 303, values())
	if n := h.count("SELECT count(*) FROM application") + h.count("SELECT count(*) FROM person"); n != 0 {
		t.Errorf("%d left after the revert", n)
	}
	h.get(at)
	h.post(at+"/revert", 303, values("_command", "second-time"))
}

func TestOpenForm(t *testing.T) {
	h := newHouse(t)
	h.open()
	for _, lang := range i18n.Languages() {
		res, page := do(t, h.app, "GET", "/apply/"+h.vacancy.String()+"?source="+h.source.String(), "", "Accept-Language", lang)
		if res.StatusCode != 200 || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(page, i18n.T(lang, "apply.consent_text")) {
			t.Errorf("%s: %d", lang, res.StatusCode)
		}
		soundHTML(t, page)
	}
	form := values("name", "Мария Петрова", "email", "maria@example", "comment", "typed")
	if status, page := h.apply(form); status != 422 || !strings.Contains(page, "typed") || !strings.Contains(page, i18n.Invalid("en", "must_accept")) {
		t.Errorf("%d", status)
	}
	form = values("name", "Мария Петрова", "email", "maria@example.org", "consent", "yes", "source", h.source.String(), "language", "ru", "_command", "one")
	firstStatus, first := h.apply(form)
	again, page := h.apply(form)
	form.Set("_command", "two")
	known, third := h.apply(form)
	if firstStatus != 303 || again != 303 || known != 303 || first != page || first != third {
		t.Errorf("known or not shows: %d %d %d\n%s\n%s", firstStatus, again, known, first, third)
	}
	if n := h.count("SELECT count(*) FROM application WHERE consent_version = '" + consentVersion + "' AND source_id IS NOT NULL"); n != 1 {
		t.Errorf("%d applications", n)
	}
	if n := h.count("SELECT count(*) FROM outgoing_mail"); n != 1 {
		t.Errorf("%d mails", n)
	}
	if res, page := do(t, h.app, "GET", "/apply/"+h.vacancy.String()+"/thanks", ""); res.StatusCode != 200 || !strings.Contains(page, "Менеджер") {
		t.Error(res.StatusCode)
	}
	form.Set("source", uuid.NewString()) // made up
	form.Set("email", "other@example.org")
	form.Del("_command")
	if status, _ := h.apply(form); status != 303 {
		t.Error(status)
	}
	for i := range 25 {
		form.Set("email", fmt.Sprintf("p%d@example.org", i))
		form.Del("_command")
		// a client may claim any address; the last is the one our proxy saw
		if status, _ := h.apply(form, "X-Forwarded-For", fmt.Sprintf("10.0.0.%d, 192.0.2.1", i)); status == 429 {
			break
		} else if i == 24 {
			t.Error("nothing bounds the form")
		}
	}
	h.post("/vacancies/"+h.vacancy.String()+"/state", 303, values("version", "1", "state", "closed"))
	if res, page := do(t, h.app, "GET", "/apply/"+h.vacancy.String(), ""); res.StatusCode != 200 || !strings.Contains(page, i18n.T("en", "apply.closed")) {
		t.Error(res.StatusCode)
	}
	if status, _ := h.apply(form); status != 409 {
		t.Error(status)
	}
	h.post("/vacancies/"+h.vacancy.String()+"/state", 303, values("version", "2", "state", "draft"))
	if res, _ := do(t, h.app, "GET", "/apply/"+h.vacancy.String(), ""); res.StatusCode != 404 {
		t.Error(res.StatusCode)
	}
}
