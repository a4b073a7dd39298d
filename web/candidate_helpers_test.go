package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/api/auth"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/link"
	"github.com/stazh/stazh/workflows/staff"
	"github.com/stazh/stazh/workflows/workflowstest"
)

// hall is the candidates' pages on the real steps and a real database.
type hall struct {
	storetest.Company
	t      *testing.T
	app    *fiber.App
	engine *workflowstest.Engine
	pages  *Pages
	now    time.Time
	lang   string // a cookie, if set
}

// newHall is a company with n applications on a Monday at noon in Moscow.
func newHall(t *testing.T, n int) *hall {
	t.Helper()
	h := &hall{t: t, now: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)}
	h.Company = storetest.Seed(t, h.now, n)
	h.engine = workflowstest.New(t, activities.New(h.Records, h.Reader))
	now := func() time.Time { return h.now }
	h.engine.Now = now
	frame := New(Options{Now: now})
	h.pages = &Pages{
		Frame: frame, Reader: h.Reader, Catalog: h.Catalog, Commands: h.engine.Commands(),
		Keys: link.Keys{1: bytes.Repeat([]byte("k"), 32)}, PublicURL: "https://stazh.test", Now: now,
	}
	h.app = fiber.New(fiber.Config{Immutable: true, CaseSensitive: true, StrictRouting: true, ErrorHandler: frame.Problem})
	matrix := auth.NewMatrix(&auth.Accounts{Options: auth.Options{Origin: "https://stazh.test"}})
	h.app.Use(frame.Headers, RefuseEncoded)
	r := auth.Routes{App: h.app, Matrix: matrix}
	frame.Register(r)
	h.pages.candidateRoutes(r)
	matrix.Guard(h.app)
	h.exec(`INSERT INTO policy (version, body, changed_at) VALUES (2, '{"link_limit": 100000}', now())`)
	return h
}

func (h *hall) exec(query string, args ...any) {
	h.t.Helper()
	if _, err := h.DB.NewRaw(query, args...).Exec(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) by() workflows.By {
	return workflows.By{Actor: "staff/" + h.Staff[staff.HR].String(), Key: uuid.NewString()}
}

// staffDo does a command of the staff.
func staffDo[A workflows.Args, F workflows.Facts](h *hall, c workflows.Command[A, F], id uuid.UUID, args A) workflows.Answer {
	h.t.Helper()
	answer, err := workflows.Do(context.Background(), h.pages.Commands, c, id.String(), h.by(), args)
	if err != nil {
		h.t.Fatalf("%s: %v", c, err)
	}
	return answer
}

// session schedules one that begins at starts, with half-hour slots of these seats.
func (h *hall) session(starts time.Time, seats ...int) uuid.UUID {
	h.t.Helper()
	return h.sessionFor(h.Vacancy, starts, seats...)
}

func (h *hall) sessionFor(vacancy uuid.UUID, starts time.Time, seats ...int) uuid.UUID {
	h.t.Helper()
	id, interviewer := uuid.New(), uuid.New()
	h.exec(`INSERT INTO staff (id, email, name, roles, created_at) VALUES (?, ?, 'Lane', '{interviewer}', now())`, interviewer, interviewer.String()+"@example.org")
	staffDo(h, workflows.Schedule, id, workflows.ScheduleArgs{
		Venue: h.Venue.String(), Vacancies: []string{vacancy.String()}, Rules: hiring.DefaultCandidateRules(),
		Session: hiring.Session{Starts: starts, SlotMinutes: 30, Seats: seats, Lanes: []string{interviewer.String()}, Room: 10, WaitMinutes: 60},
	})
	return id
}

func (h *hall) invite(session uuid.UUID, apps ...uuid.UUID) {
	h.t.Helper()
	args := workflows.InviteArgs{}
	for _, app := range apps {
		staffDo(h, workflows.Shortlist, app, workflows.ShortlistArgs{})
		args.Applications = append(args.Applications, app.String())
	}
	staffDo(h, workflows.Invite, session, args)
}

// run lets time pass to at and the application's process do what is due.
func (h *hall) run(at time.Time, app uuid.UUID) {
	h.t.Helper()
	h.now = at
	if err := h.engine.Run(context.Background(), "application/"+app.String()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) base(app uuid.UUID) string {
	var generation int
	if err := h.DB.NewRaw("SELECT link_generation FROM application WHERE id = ?", app).Scan(context.Background(), &generation); err != nil {
		h.t.Fatal(err)
	}
	return "/c/" + h.pages.Keys.Token(link.Application, app, generation)
}

func (h *hall) headers(extra ...string) []string {
	if h.lang != "" {
		extra = append(extra, "Cookie", "lang="+h.lang)
	}
	return extra
}

// get reads a page that must be there.
func (h *hall) get(path string) string {
	h.t.Helper()
	res, page := do(h.t, h.app, "GET", path, "", h.headers()...)
	if res.StatusCode != http.StatusOK {
		h.t.Fatalf("%d %s", res.StatusCode, page)
	}
	soundHTML(h.t, page)
	return page
}

var namedValue = regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`)

// form returns the fields of the page's form with this action, as a browser would send it by its first
// button; extra ones are name, value pairs.
func form(t *testing.T, page, action string, extra ...string) url.Values {
	t.Helper()
	_, rest, ok := strings.Cut(page, `action="`+action+`"`)
	if !ok {
		t.Fatalf("no form %s in %s", action, page)
	}
	rest, _, _ = strings.Cut(rest, "</form>")
	v := url.Values{}
	for _, m := range namedValue.FindAllStringSubmatch(rest, -1) {
		if !v.Has(m[1]) && m[1] != "time" {
			v.Set(m[1], m[2])
		}
	}
	for i := 0; i+1 < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
	}
	return v
}

// post sends a form from the page, as its browser would: without a referrer, so with Origin "null".
func (h *hall) post(path string, values url.Values) (*http.Response, string) {
	h.t.Helper()
	return do(h.t, h.app, "POST", path, values.Encode(), h.headers("Origin", "null", "Sec-Fetch-Site", "same-origin")...)
}

// press posts a form and follows the way back to the page, with the message it left.
func (h *hall) press(path string, values url.Values) string {
	h.t.Helper()
	res, page := h.post(path, values)
	base := path[:strings.LastIndexByte(path, '/')]
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != base {
		h.t.Fatalf("%d to %q %s", res.StatusCode, res.Header.Get("Location"), page)
	}
	cookies := h.headers()
	cookie := ""
	if len(cookies) > 0 {
		cookie = cookies[1]
	}
	for _, c := range res.Cookies() {
		cookie += "; " + c.Name + "=" + c.Value
	}
	_, page = do(h.t, h.app, "GET", base, "", "Cookie", strings.TrimPrefix(cookie, "; "))
	soundHTML(h.t, page)
	return page
}

// sums are the checksums of all tables but the limiter's counters, and without when a process last looked.
func (h *hall) sums() map[string]string {
	h.t.Helper()
	var tables []string
	ctx := context.Background()
	if err := h.DB.NewRaw(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'limiter'`).Scan(ctx, &tables); err != nil {
		h.t.Fatal(err)
	}
	sums := map[string]string{}
	for _, table := range tables {
		var sum string
		if err := h.DB.NewRaw(fmt.Sprintf(`SELECT coalesce(md5(string_agg(y, '|' ORDER BY y)), '') FROM (SELECT (to_jsonb(x) - 'loaded_at' - 'due_at')::text AS y FROM %q x) z`, table)).Scan(ctx, &sum); err != nil {
			h.t.Fatal(err)
		}
		sums[table] = sum
	}
	return sums
}

// says holds that a page has these words, however they are escaped.
func says(t *testing.T, page string, texts ...string) {
	t.Helper()
	plain := html.UnescapeString(page)
	for _, s := range texts {
		if !strings.Contains(plain, html.UnescapeString(s)) {
			_, main, _ := strings.Cut(plain, `<main id="main"`)
			main, _, _ = strings.Cut(main, "</main>")
			t.Errorf("the page does not say %q:\n%s", s, main)
		}
	}
}
