package web

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
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

func (h *house) apply(form url.Values, headers ...string) (int, string) {
	h.Helper()
	h.key++
	if form.Get("_command") == "" {
		form.Set("_command", fmt.Sprint("apply-", h.key))
	}
	res, page := do(h.T, h.app, "POST", "/apply/"+h.vacancy.String(), form.Encode(), headers...)
	return res.StatusCode, page + res.Header.Get("Location")
}
