package web

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// In a real browser: the list of the day by keys alone and filtered as one types, and the plan that
// follows what is typed.
func TestDayByKeysInBrowser(t *testing.T) {
	f := newFirm(t, 3)
	id, path := f.session(2, 1)
	places := f.booked(id, 3)
	f.now = places[0].StartsAt.Add(-5 * time.Minute)
	ctx, url := f.browse(staff.HR, 360, new(atomic.Int64))
	row := `document.getElementById("row-` + places[0].ID.String() + `")`
	if err := chromedp.Do(ctx, chromedp.Navigate(url+path+"/day"), chromedp.WaitVisible("[data-row]"),
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
	if err := chromedp.Do(ctx, chromedp.Navigate(url+"/sessions/new"), chromedp.WaitVisible("#f-seats-7"),
		chromedp.SetValue("#f-slots", "3"), chromedp.Evaluate[chromedp.Void](`document.getElementById("f-slots").dispatchEvent(new Event("change", {bubbles: true}))`),
		chromedp.WaitNotPresent("#f-seats-7"), chromedp.WaitVisible("#f-seats-2")); err != nil {
		t.Fatal(err)
	}
}
