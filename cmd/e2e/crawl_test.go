package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/cmd/dev/demo"
	"github.com/stazh/stazh/workflows/staff"
)

// variable is what makes two addresses the same page of two things.
var variable = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|=[^&]*`)

// The demo company, which has long names, past and future, people in every state: whoever follows every link
// from the first page on meets sound pages only, on a phone and on a desk.
func TestEveryLinkOfTheDemoCompany(t *testing.T) {
	browser := browsers(t)
	i := install(t)
	if err := demo.Seed(context.Background(), demo.Company{
		DB: i.db, Reader: i.app.Reader, Catalog: i.app.Catalog, Accounts: i.app.Accounts(), Commands: i.app.Client, Now: i.app.Now,
	}); err != nil {
		t.Fatal(err)
	}
	for _, who := range demo.Accounts {
		if who.Role == staff.Payroll || who.Role == staff.Employee || who.Role == staff.Curator || who.Role == staff.Director {
			continue // nothing but what every role's navigation shows, or what the head of sales sees
		}
		t.Run(string(who.Role), func(t *testing.T) {
			i.t = t
			w := i.open(browser, who.Name)
			w.signInWith(who.Email, demo.Password)
			w.console()
			w.crawl(who.Lang)
		})
	}
	i.t = t
	// What candidates are sent.
	mails, err := i.sink.Store().List(context.Background(), mailsink.Filter{})
	if err != nil || len(mails) < 10 {
		t.Fatal(len(mails), err)
	}
	w := i.open(browser, "candidate")
	for _, m := range mails[:6] {
		w.looks(i.link(m))
	}
}

// crawl follows every link, at most two of a kind.
func (w *window) crawl(lang string) {
	w.i.t.Helper()
	queue, kinds, seen := []string{"/"}, map[string]int{}, map[string]bool{"/": true}
	for n := 0; n < len(queue); n++ {
		w.looks(queue[n])
		if got := eval[string](w, `document.documentElement.lang`); got != lang {
			w.i.t.Errorf("%s is in %q", queue[n], got)
		}
		for _, to := range eval[[]string](w, `[...document.querySelectorAll("a[href]:not([download])")].map((a) => new URL(a.href)).filter((u) => u.origin === location.origin).map((u) => u.pathname + u.search)`) {
			kind := variable.ReplaceAllString(to, ":")
			if seen[to] || kinds[kind] == 2 || strings.HasPrefix(to, "/api/") || strings.HasPrefix(to, "/apply/") || strings.HasSuffix(strings.SplitN(to, "?", 2)[0], ".csv") {
				continue
			}
			seen[to] = true
			kinds[kind]++
			queue = append(queue, to)
		}
	}
	w.i.t.Logf("%s: %d pages", w.who, len(queue))
	if len(queue) < 5 {
		w.i.t.Errorf("only %d pages: %v", len(queue), queue)
	}
}

// looks opens a page and looks at it in both widths.
func (w *window) looks(at string) {
	w.i.t.Helper()
	w.visit(at)
	where := strings.TrimPrefix(at, w.i.url)
	if status := eval[int](w, `performance.getEntriesByType("navigation")[0].responseStatus`); status != 200 {
		w.i.t.Errorf("%s answers %d", where, status)
	}
	for _, width := range []int64{1280, 360} {
		w.size(width, 800)
		if wrong := eval[string](w, strings.ReplaceAll(sound, "html.lang !== LANG", "!html.lang")); wrong != "" {
			w.i.t.Errorf("%s at %d: %s", where, width, wrong)
		}
	}
	if said := w.console(); len(said) > 0 {
		w.i.t.Errorf("%s: on the console: %q", where, said)
	}
}
