package web

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/stazh/stazh/workflows/fault"
	"github.com/stazh/stazh/workflows/staff"
)

// busy keeps all of the planner's turns, as others would, until the function it returns is called.
func (f *firm) busy() (free func()) {
	f.Helper()
	var held []func()
	for range cap(deskTurns.free) {
		_, done, err := deskTurns.take(f.Context(), "")
		if err != nil {
			f.Fatal(err)
		}
		held = append(held, done)
	}
	return func() {
		for _, done := range held {
			done()
		}
		held = nil
	}
}

// Of one form the newest question wins, whether the one before waits or is computed; other forms take their turn.
func TestTheNewestQuestionWins(t *testing.T) {
	mine := turns{free: make(chan struct{}, 1), newest: map[string]*context.CancelFunc{}}
	first, done, err := mine.take(t.Context(), "a form")
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	go func() {
		_, _, err := mine.take(t.Context(), "a form")
		waiting <- err
	}()
	<-first.Done() // given up at once
	go func() {
		_, again, err := mine.take(t.Context(), "a form")
		if err == nil {
			again()
		}
		waiting <- err
	}()
	if err := <-waiting; fault.CodeOf(err) != "planner_busy" {
		t.Fatal("the one before waits on:", err)
	}
	done()
	if err := <-waiting; err != nil {
		t.Fatal("the newest has no turn:", err)
	}
	if len(mine.newest) > 0 || len(mine.free) > 0 {
		t.Fatal(mine.newest, len(mine.free))
	}
	other, done, err := mine.take(t.Context(), "another form")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, _, err := mine.take(t.Context(), "a form"); fault.CodeOf(err) != "planner_busy" || time.Since(began) < deskWithin || other.Err() != nil {
		t.Fatal("somebody else's turn is taken:", err, other.Err())
	}
	done()
}

// A page that is asked for without htmx keeps what was typed, and does not pass for a plan of it.
func TestABusyPlannerKeepsWhatWasTyped(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(2, 2, 2)
	free := f.busy()
	defer free()
	form := f.typed(map[string]string{"own": "yes", "step": "evaluate"})
	form["seats"] = []string{"4", "5", "6"}
	res, page := f.post(staff.HR, "/sessions/new", "/sessions/new", form)
	f.want(res, page, 429, "The planner is busy with others", "What you typed stays", `name="own" value="yes"`, `name="last" value="none=1"`)
	if res.Header.Get("Retry-After") != deskAgain || strings.Join(seatsOn(page), "") != "456" {
		t.Fatal(res.Header.Get("Retry-After"), seatsOn(page))
	}
	res, page = f.post(staff.HR, "/sessions/new", "/sessions/new", form, "HX-Request", "true")
	f.want(res, page, 429, "The planner is busy with others")
	if code, page := f.get(staff.HR, path+"/plan"); code != 429 || !strings.Contains(page, "The planner is busy") || strings.Contains(page, "Too many tries") {
		t.Fatal(code, text(page))
	}
	form.Set("last", "none=1") // as that page sends it
	res, page = f.post(staff.HR, "/sessions/new", "/sessions", form)
	f.want(res, page, 429, "Nothing is saved yet: count again")
	free()
	form.Del("_command")
	res, page = f.post(staff.HR, "/sessions/new", "/sessions", form)
	f.want(res, page, 422, "Numbers were changed after this plan was counted", "come of 15 invited")
}

// When the planner is busy the plan that stands is dimmed and says so, and is counted as soon as it is free, by
// itself; after some tries by a button.
func TestABusyPlannerInBrowser(t *testing.T) {
	f := newFirm(t, 0)
	_, path := f.session(4, 4, 4, 4)
	ctx, address := f.browse(staff.HR, 1200, new(atomic.Int64))
	enter := func(field, text string) {
		t.Helper()
		script := `(() => { const f = document.getElementById("` + field + `"); f.value = "` + text + `"; for (const e of ["input", "change"]) f.dispatchEvent(new Event(e, {bubbles: true})); })()`
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](script)); err != nil {
			t.Fatal(err)
		}
	}
	const busy = `!!document.querySelector(".plan.is-stale [data-busy]:not([hidden]) [data-soon]:not([hidden])")`
	for _, at := range []string{path + "/plan", "/sessions/new"} {
		if err := chromedp.Do(ctx, chromedp.Navigate(address+at), chromedp.WaitVisible("#plan .plan-sentence")); err != nil {
			t.Fatal(err)
		}
		free := f.busy()
		for n := range 4 { // a quick typist: all of it is one question
			enter("f-slots", strconv.Itoa(6-n))
		}
		f.until(ctx, at+": nothing says that the planner is busy", busy)
		free()
		f.until(ctx, at+": it is not counted by itself", `document.querySelectorAll("#plan tbody input[name=seats]").length === 3 && !document.querySelector(".plan.is-stale") && document.querySelector("[data-busy]").hidden`)
	}
	// The best plan that was asked for is what comes, once the planner is free, and when it stays busy there is a button.
	free := f.busy()
	enter("f-seats", "9")
	f.until(ctx, "busy", busy)
	f.until(ctx, "no button after some tries", `!!document.querySelector("[data-busy]:not([hidden]) [data-count]:not([hidden])")`)
	free()
	if err := chromedp.Do(ctx, chromedp.Click("[data-count]")); err != nil {
		t.Fatal(err)
	}
	f.until(ctx, "the button does not count", `!document.querySelector(".plan.is-stale") && document.getElementById("f-seats").value === "9" && document.querySelector("input[name=own]").value === "yes"`)
	free = f.busy()
	if err := chromedp.Do(ctx, chromedp.Click(`button[value="best"]`)); err != nil {
		t.Fatal(err)
	}
	f.until(ctx, "busy", busy)
	free()
	f.until(ctx, "the best plan is not asked for again", `!document.querySelector(".plan.is-stale") && document.querySelector("input[name=own]").value === ""`)
}
