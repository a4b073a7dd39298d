package web

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

// house is the pages of a company with a database and processes that run at once.
type house struct {
	*testing.T
	app     *fiber.App
	db      *bun.DB
	pages   *Pages
	key     int
	vacancy uuid.UUID
	source  uuid.UUID
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := storetest.Open(t)
	h := &house{T: t, db: db}
	now := func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
	who := func(c *fiber.Ctx) Principal {
		if p := auth.From(c.UserContext()); p.Signed() {
			return member{p}
		}
		return nil
	}
	moscow, err := time.LoadLocation("Europe/Moscow")
	h.must(err)
	reader := store.NewReader(db)
	h.pages = &Pages{
		Frame: New(Options{Principal: who, Zone: moscow, Now: now}), Reader: reader, Catalog: store.NewCatalog(db),
		Commands: workflowstest.Client(t, activities.New(store.NewRecords(db), reader)), PublicURL: "https://stazh.example", Now: now,
	}
	h.app = fiber.New(fiber.Config{Immutable: true, CaseSensitive: true, StrictRouting: true, ErrorHandler: h.pages.Frame.Problem, BodyLimit: 12 << 20, ProxyHeader: fiber.HeaderXForwardedFor})
	h.app.Use(h.pages.Frame.Headers, RefuseEncoded, func(c *fiber.Ctx) error {
		if role := c.Get("X-Roles"); role != "" {
			c.SetUserContext(auth.With(c.UserContext(), auth.Principal{Kind: auth.Browser, StaffID: uuid.UUID{1}, Name: "Анна Ли", Roles: []staff.Role{staff.Role(role)}, Language: c.Get("X-Lang"), CSRF: "t"}))
		}
		return c.Next()
	})
	r := auth.Routes{App: h.app, Matrix: auth.NewMatrix(&auth.Accounts{})}
	h.pages.profileRoutes(r)
	h.pages.venueRoutes(r)
	h.pages.vacancyRoutes(r)
	h.pages.intakeRoutes(r)
	h.pages.applicationRoutes(r)
	h.pages.personRoutes(r)
	h.pages.applyRoutes(r)
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// get reads a page as HR and wants it sound.
func (h *house) get(path string, headers ...string) string {
	h.Helper()
	res, page := do(h.T, h.app, "GET", path, "", append([]string{"X-Roles", "hr"}, headers...)...)
	if res.StatusCode != 200 {
		h.Fatalf("GET %s: %d", path, res.StatusCode)
	}
	soundHTML(h.T, page)
	return page
}

// post sends a form with a fresh command id unless it has one; it returns where it leads.
func (h *house) post(path string, want int, form url.Values, headers ...string) (string, string) {
	h.Helper()
	if form.Get("_command") == "" {
		h.key++
		form.Set("_command", fmt.Sprint("command-", h.key))
	}
	res, page := do(h.T, h.app, "POST", path, form.Encode(), append([]string{"X-Roles", "hr"}, headers...)...)
	if res.StatusCode != want {
		h.Fatalf("POST %s: %d, want %d: %q", path, res.StatusCode, want, regexp.MustCompile(`(?s)class="errors.*?</div>`).FindString(page))
	}
	return res.Header.Get("Location"), page
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func (h *house) count(query string) (n int) {
	h.Helper()
	h.must(h.db.NewRaw(query).Scan(context.Background(), &n))
	return n
}

func (h *house) id(query string) (id uuid.UUID) {
	h.Helper()
	h.must(h.db.NewRaw(query).Scan(context.Background(), &id))
	return id
}

// open makes a profile, a source and a vacancy through their forms.
func (h *house) open() {
	h.Helper()
	h.post("/profiles", 303, values("title", "Account manager", "duties", "Calls\nMeets", "kind_0", "skill", "text_0", "1C", "weight_0", "must", "text_1", ""))
	h.post("/sources", 303, values("name", "HeadHunter", "kind", "board"))
	h.source = h.id("SELECT id FROM source")
	to, _ := h.post("/vacancies", 303, h.vacancyForm())
	h.vacancy = uuid.MustParse(strings.TrimPrefix(to, "/vacancies/"))
}

func (h *house) vacancyForm() url.Values {
	return values("profile", h.id("SELECT id FROM profile").String(), "title", "Менеджер", "city", "Москва", "zone", "Europe/Moscow", "language", "ru", "headcount", "2",
		"pay_level", "1", "state", "open", "public", "yes", "currency", "RUB", "sources", h.source.String(), "cost_"+h.source.String(), "15 000,50")
}

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

// upload sends a file as a browser does.
func (h *house) upload(name string, body []byte, fields ...string) (*http.Response, string) {
	h.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	h.key++
	for i := 0; i+1 < len(fields); i += 2 {
		h.must(w.WriteField(fields[i], fields[i+1]))
	}
	h.must(w.WriteField("_command", fmt.Sprint("upload-", h.key)))
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		h.must(err)
		_, err = part.Write(body)
		h.must(err)
	}
	h.must(w.Close())
	r := httptest.NewRequest("POST", "/vacancies/"+h.vacancy.String()+"/import", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("X-Roles", "hr")
	res, err := h.app.Test(r, -1)
	h.must(err)
	var page bytes.Buffer
	_, err = page.ReadFrom(res.Body)
	h.must(err)
	return res, page.String()
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

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

func (h *house) apply(form url.Values, headers ...string) (int, string) {
	h.Helper()
	h.key++
	if form.Get("_command") == "" {
		form.Set("_command", fmt.Sprint("apply-", h.key))
	}
	res, page := do(h.T, h.app, "POST", "/apply/"+h.vacancy.String(), form.Encode(), headers...)
	return res.StatusCode, page + res.Header.Get("Location")
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
