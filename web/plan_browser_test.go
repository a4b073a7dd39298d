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
