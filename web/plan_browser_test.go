package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/staff"
)

// browse opens a browser of this width on the firm's pages, as somebody of the role; posts are answered so
// much later.
func (f *firm) browse(role staff.Role, width int64, late *atomic.Int64) (context.Context, string) {
	f.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			f.Fatal("the package chromium is needed")
		}
		f.Skip("the package chromium is not installed")
	}
	cookie := f.as(role)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", cookie+"; "+r.Header.Get("Cookie"))
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := f.app.Test(r, -1)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		if r.Method == http.MethodPost {
			time.Sleep(time.Duration(late.Load()))
		}
		for name, values := range res.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	f.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(f.Context(), options...)
	f.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	f.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 120*time.Second)
	f.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil {
		f.Fatal(err)
	}
	return ctx, server.URL
}

// until waits for a script of a browser's page to be true.
func (f *firm) until(ctx context.Context, what, script string) {
	f.Helper()
	for range 300 {
		if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err != nil {
			f.Fatal(what, err)
		} else if ok {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	f.Fatal(what)
}

// What HR types while the planner is still at the last answer stays: that answer is about other numbers.
func TestTypedSeatsStayInBrowser(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(4, 4, 4, 4)
	var late atomic.Int64
	ctx, url := f.browse(staff.HR, 1200, &late)
	for _, at := range []string{path + "/plan", "/sessions/new"} {
		late.Store(0)
		seat := func(n string) string { return `document.getElementById("f-seats-` + n + `")` }
		read := func(n string) string {
			t.Helper()
			v, err := chromedp.Run(ctx, chromedp.Evaluate[string](seat(n)+".value"))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		settled := func() {
			t.Helper()
			late.Store(0)
			time.Sleep(500 * time.Millisecond) // longer than a field waits before it sends
			for range 100 {
				busy, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.querySelector(".htmx-request")`))
				if err != nil {
					t.Fatal(err)
				}
				if !busy {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
		}
		say := func() string {
			t.Helper()
			v, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(".plan-sentence").textContent`))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(url+at), chromedp.WaitVisible("#f-seats-2")); err != nil {
			t.Fatal(err)
		}
		// The slider asks; before the answer comes a seat is typed.
		late.Store(int64(700 * time.Millisecond))
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`(() => { const s = document.getElementById("f-waiting_worth"); s.value = "1"; s.dispatchEvent(new Event("input", {bubbles: true})); })()`),
			chromedp.Sleep(600*time.Millisecond), // it is under way
			chromedp.Evaluate[chromedp.Void](seat("1")+`.select()`), chromedp.SendKeys("#f-seats-1", "13"), chromedp.Sleep(380*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if got := read("1"); got != "13" {
			t.Fatalf("%s: the seat typed became %s", at, got)
		}
		settled()
		if got := read("1"); got != "13" || !strings.Contains(say(), "invited") {
			t.Fatalf("%s: the seat typed became %s: %s", at, got, say())
		}
		before := read("2")
		// typed on after the answer came: the caret is where it was
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](seat("2")+`.select()`), chromedp.SendKeys("#f-seats-2", "1")); err != nil {
			t.Fatal(err)
		}
		settled()
		if err := chromedp.Do(ctx, chromedp.KeyEvent("2")); err != nil {
			t.Fatal(err)
		}
		settled()
		if got := read("2"); got != "12" {
			t.Fatalf("%s: 1, and then 2, became %s (before: %s)", at, got, before)
		}
		// Two quick presses are two, also while the answer to the first is under way.
		late.Store(int64(500 * time.Millisecond))
		if err := chromedp.Do(ctx, chromedp.Click("#more-2"), chromedp.Click("#more-2"), chromedp.Sleep(600*time.Millisecond), chromedp.Click("#more-2"), chromedp.Click("#less-1")); err != nil {
			t.Fatal(err)
		}
		settled()
		if got := read("1") + " " + read("2"); got != "12 15" {
			t.Fatalf("%s: three presses more and one less: %s", at, got)
		}
		if own, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('input[name="own"]').value`)); err != nil || own != "yes" {
			t.Fatal(own, err)
		}
	}
	// Of a new session another length keeps the seats that are HR's, and a time more has the planner's.
	if err := chromedp.Do(ctx, chromedp.SetValue("#f-slots", "9"), chromedp.Evaluate[chromedp.Void](`document.getElementById("f-slots").dispatchEvent(new Event("change", {bubbles: true}))`),
		chromedp.WaitVisible("#f-seats-8")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[1, 2, 8].map((n) => document.getElementById("f-seats-" + n).value).join(" ")`))
	if err != nil || !strings.HasPrefix(got, "12 15 ") || strings.HasSuffix(got, " 0") {
		t.Fatal(got, err)
	}
}

// A number that cannot be planned is marked at its field as it is typed, the plan of the numbers before stays, and
// a number that can be takes the mark away. Another place brings its own vacancies to the top.
func TestWrongNumbersInBrowser(t *testing.T) {
	f := newFirm(t, 0)
	sofia := uuid.New()
	for _, q := range []string{
		`INSERT INTO venue (id, name, city, zone, address, room, created_at, version) VALUES ('` + sofia.String() + `', 'Vitosha', 'Sofia', 'Europe/Sofia', 'Vitosha 48', 8, '2027-01-01Z', 1)`,
		`INSERT INTO vacancy (id, profile_id, title, city, zone, headcount, pay_level, public, state, created_at, version)
			SELECT gen_random_uuid(), profile_id, 'Manager', 'Sofia', 'Europe/Sofia', 1, 1, true, 'open', created_at - interval '1 day', 1 FROM vacancy`,
	} {
		if _, err := f.DB.NewRaw(q).Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	_, path := f.session(4, 4, 4, 4)
	var late atomic.Int64
	ctx, url := f.browse(staff.HR, 1200, &late)
	const field = `document.getElementById("f-rate")`
	for _, at := range []string{path + "/plan", "/sessions/new"} {
		if err := chromedp.Do(ctx, chromedp.Navigate(url+at), chromedp.WaitVisible("#plan .plan-sentence"), chromedp.Click(".plan-more summary"), chromedp.SendKeys("#f-rate", "-5")); err != nil {
			t.Fatal(err)
		}
		f.until(ctx, at+": the field is not marked", field+`.getAttribute("aria-invalid") === "true" && document.getElementById(`+field+`.getAttribute("aria-describedby").split(" ").pop()).textContent.includes("0.1 or more")`)
		f.until(ctx, at+": the plan is gone", `!!document.querySelector(".plan.is-stale .plan-sentence, .plan.is-stale .plan-charts")`)
		f.until(ctx, at+": the field lost what was typed, or the caret", field+`.value === "-5" && document.activeElement === `+field)
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](field+`.select()`), chromedp.SendKeys("#f-rate", "30")); err != nil {
			t.Fatal(err)
		}
		f.until(ctx, at+": the mark stays", `!`+field+`.hasAttribute("aria-invalid") && !document.getElementById("f-rate-error") && !document.querySelector(".plan.is-stale") && `+field+`.value === "30"`)
	}
	first := func(city string) string {
		return `document.querySelector("#vacancies label").textContent.includes("` + city + `")`
	}
	f.until(ctx, "the vacancies of the place do not come first", first("Moscow")+` === (document.getElementById("f-venue").value !== "`+sofia.String()+`")`)
	for city, id := range map[string]uuid.UUID{"Sofia": sofia, "Moscow": f.Venue} {
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`(() => { const v = document.getElementById("f-venue"); v.value = "`+id.String()+`"; v.dispatchEvent(new Event("change", {bubbles: true})); })()`)); err != nil {
			t.Fatal(err)
		}
		f.until(ctx, city+" was chosen, and its vacancies are not first", first(city))
	}
}
