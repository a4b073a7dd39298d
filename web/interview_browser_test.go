package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// In a real browser: the list of the day by keys alone and filtered as one types, and the plan that
// follows what is typed.
func TestDayByKeysInBrowser(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the package chromium is needed")
		}
		t.Skip("the package chromium is not installed")
	}
	f := newFirm(t, 3)
	id, path := f.session(2, 1)
	places := f.booked(id, 3)
	f.now = places[0].StartsAt.Add(-5 * time.Minute)
	cookie := f.as(staff.HR)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", cookie)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := f.app.Test(r, -1)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		for name, values := range res.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	defer server.Close()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	row := `document.getElementById("row-` + places[0].ID.String() + `")`
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+path+"/day"), chromedp.WaitVisible("[data-row]"),
		chromedp.Evaluate[chromedp.Void](row+".focus()"), chromedp.KeyEvent("a"), chromedp.WaitVisible(`[data-row] button[value="undo"]`)); err != nil {
		t.Fatal(err)
	}
	if now := f.placeNow(id, places[0].ID); now.State != hiring.BookingArrived {
		t.Fatal(now.State)
	}
	if focused, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.activeElement === "+row)); err != nil || !focused {
		t.Error("the row lost the focus", err)
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent("u"), chromedp.WaitNotPresent(`[data-row] button[value="undo"]`)); err != nil {
		t.Fatal(err)
	}
	if now := f.placeNow(id, places[0].ID); now.State != hiring.BookingConfirmed {
		t.Fatal(now.State)
	}
	if err := chromedp.Do(ctx, chromedp.SendKeys(`input[name="q"]`, "002")); err != nil {
		t.Fatal(err)
	}
	if left, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.querySelectorAll("li.guest:not([hidden])").length`)); err != nil || left != 1 {
		t.Error("the filter leaves", left, err)
	}
	// The planner answers a change without the page being sent.
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/sessions/new"), chromedp.WaitVisible("#f-seats-7"),
		chromedp.SetValue("#f-slots", "3"), chromedp.Evaluate[chromedp.Void](`document.getElementById("f-slots").dispatchEvent(new Event("change", {bubbles: true}))`),
		chromedp.WaitNotPresent("#f-seats-7"), chromedp.WaitVisible("#f-seats-2")); err != nil {
		t.Fatal(err)
	}
}
