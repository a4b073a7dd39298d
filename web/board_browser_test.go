package web

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/stazh/stazh/workflows/hiring"
	"github.com/stazh/stazh/workflows/staff"
)

// In a real browser: one presses in a picture that came by the stream, and what is pressed without a
// connection is said to be kept, and sent once it is back.
func TestBoardInABrowser(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is missing: install Debian's package chromium")
		}
		t.Skip("Chromium is missing: install Debian's package chromium")
	}
	f := newFirm(t, 3)
	id, path := f.session(3)
	places := f.booked(id, 3)
	f.now = places[0].StartsAt
	f.pages.Live = &Live{}
	url, _ := f.onAir()
	alone, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox)...)
	defer cancel()
	ctx, cancel := chromedp.NewContext(alone)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(url+"/sign-in")); err != nil {
		t.Fatal(err)
	}
	js := func(code string) string {
		t.Helper()
		v, err := chromedp.Run(ctx, chromedp.Evaluate[any](code))
		if err != nil {
			t.Fatal(code, err)
		}
		return fmt.Sprint(v)
	}
	await := func(code, want string) {
		t.Helper()
		got := ""
		for began := time.Now(); time.Since(began) < 20*time.Second; time.Sleep(50 * time.Millisecond) {
			if got = js(code); got == want {
				return
			}
		}
		t.Fatalf("%s is %s, want %s", code, got, want)
	}
	js("document.cookie = '" + f.as(staff.Receptionist) + "; path=/'; ''")
	if err := chromedp.Do(ctx, chromedp.Navigate(url+path+"/day")); err != nil {
		t.Fatal(err)
	}
	const waiting = "document.querySelectorAll('.guests.is-waiting .guest').length"
	press := func(n int) {
		js("document.querySelector('#row-" + places[n].ID.String() + " button[value=arrived]').click(); ''")
	}
	// The picture that the stream brings has no token; the page's own one has.
	await("String(document.readyState === 'complete' && document.querySelector('#list input[name=_csrf]').value === '')", "true")
	press(0)
	await(waiting, "1")
	press(1)
	await(waiting, "2")
	js("window.send = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function () { setTimeout(() => this.dispatchEvent(new ProgressEvent('error')), 0); }; ''")
	press(2)
	await("String(!!document.querySelector('[data-lost]:not([hidden]) [data-kept]:not([hidden])')?.textContent)", "true")
	if got := f.placeNow(id, places[2].ID).State; got != hiring.BookingConfirmed {
		t.Fatal("it was sent without a connection:", got)
	}
	js("XMLHttpRequest.prototype.send = window.send; window.dispatchEvent(new Event('online')); ''")
	await(waiting, "3")
	// Out of turn, by keys: C unfolds the choice on the focused card and stands on it.
	key := func(code string) {
		js("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code: '" + code + "', key: '" + code + "', bubbles: true})); ''")
	}
	js("[...document.querySelectorAll('.is-waiting [data-row]')].at(-1).focus(); ''")
	key("KeyC")
	await("document.activeElement.name + String(document.activeElement.closest('details')?.open)", "lanetrue")
	await("String(document.activeElement.closest('details').innerText.includes('passes over 2 people'))", "true")
	js("document.activeElement.click(); ''")
	await(waiting, "2")
	await("document.querySelectorAll('.guests.is-inside .guest').length", "1")
	await("String(document.querySelector('[data-lost]').hidden && document.querySelector('[data-kept]').hidden)", "true")
	if got := js("document.documentElement.scrollWidth"); got != "360" {
		t.Error("wider than a phone:", got)
	}
}
