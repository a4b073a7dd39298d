package web

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/stazh/stazh/workflows"
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
	address, _ := f.onAir()
	wire := newWire(t, strings.TrimPrefix(address, "http://"))
	url := "http://" + wire.Addr().String()
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
			v, err := chromedp.Run(ctx, chromedp.Evaluate[any](code))
			if got = fmt.Sprint(v, err); err == nil && fmt.Sprint(v) == want { // a page that is being left has no answer yet
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
	// The wire is cut: it is said, presses are kept, each once, and a form that leads to another page waits.
	wire.cut(true)
	press(2)
	await("String(!!document.querySelector('[data-lost]:not([hidden]) [data-kept]:not([hidden])')?.textContent)", "true")
	await("document.querySelector('[data-kept]').textContent", "1 action is kept and not sent yet.")
	press(2)
	js("document.querySelectorAll('.day-way')[1].open = true; document.querySelector('.day-way input[name=q]').value = 'Ёлкина'; document.querySelector('.day-way form').requestSubmit(); ''")
	undo := "document.querySelector('#row-" + places[1].ID.String() + " button[value=undo]')"
	js(undo + ".click(); ''")
	const keptNow = "JSON.parse(sessionStorage.getItem('stazh.kept.' + location.pathname)).length"
	await(keptNow, "2")
	await("document.querySelector('.day-way input[name=q]').value + location.pathname", "Ёлкина"+path+"/day")
	if got := f.placeNow(id, places[2].ID).State; got != hiring.BookingConfirmed {
		t.Fatal("it was sent without a connection:", got)
	}
	// Meanwhile the second one goes home: taking back that he came is refused, and that is told.
	second := f.placeNow(id, places[1].ID)
	_, err := workflows.Do(t.Context(), f.pages.Commands, workflows.MarkLeft, second.ApplicationID.String(), f.by(staff.HR), workflows.BookingArgs{Booking: second.ID.String(), Version: second.Version})
	f.command(err)
	wire.cut(false)
	await("String(document.querySelector('[data-refused]').hidden)", "false")
	await("String(document.querySelector('[data-refused] ul').innerText.includes('"+second.Name+": This has changed'))", "true")
	await(waiting, "2")
	await("String(document.querySelector('[data-lost]').hidden && document.querySelector('[data-kept]').hidden)", "true")
	if now := f.placeNow(id, places[2].ID); now.State != hiring.BookingArrived || now.Version != places[2].Version+1 {
		t.Error("not sent once:", now.State, now.Version)
	}
	// Out of turn, by keys: C unfolds the choice on the focused card and stands on it.
	key := func(code string) {
		js("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code: '" + code + "', key: '" + code + "', bubbles: true})); ''")
	}
	js("[...document.querySelectorAll('.is-waiting [data-row]')].at(-1).focus(); ''")
	key("KeyC")
	await("document.activeElement.name + String(document.activeElement.closest('details')?.open)", "lanetrue")
	await("String(document.activeElement.closest('details').innerText.includes('passes over 1 person'))", "true")
	js("document.activeElement.click(); ''")
	await(waiting, "1")
	await("document.querySelectorAll('.guests.is-inside .guest').length", "1")
	await("String(document.querySelector('[data-lost]').hidden && document.querySelector('[data-kept]').hidden)", "true")
	// What a press came to stays to be read when the next picture takes the old one's place.
	js("{const undo = document.querySelector('#list .is-waiting button[value=undo]'); undo.form.elements.version.value = 99; undo.click()} ''")
	f.pages.Live.Told(id) // a picture on its way takes the place of the row that was pressed
	await("String(document.querySelector('.is-waiting .guest-said')?.textContent.includes('This has changed'))", "true")
	js("document.querySelector('#list').dataset.old = 'yes'; ''")
	f.pages.Live.Told(id)
	await("String(document.querySelector('#list').dataset.old)", "undefined")
	await("String(document.querySelector('.is-waiting .guest-said')?.textContent.includes('This has changed'))", "true")
	// Two presses at once: the first's answer renews the whole list, the second's refusal is read all the same.
	js(`{const list = document.getElementById("list"), send = XMLHttpRequest.prototype.send;
		list.dataset.old = "yes"; list.querySelectorAll(".guest-said").forEach((said) => said.remove());
		XMLHttpRequest.prototype.send = function (...body) { XMLHttpRequest.prototype.send = send; window.late = () => send.apply(this, body); };
		const undo = list.querySelector(".is-waiting button[value=undo]"); undo.form.elements.version.value = 99; undo.click();
		list.querySelector(".lane-acts button").click()} ''`)
	await("String(document.querySelector('#list').dataset.old)", "undefined")
	js("late(); ''")
	await("String(document.querySelector('.is-waiting .guest-said')?.textContent.includes('This has changed'))", "true")
	// The other way round: the refusal is read on when the answer of another press renews the whole list.
	js(`{const list = document.getElementById("list"), send = XMLHttpRequest.prototype.send;
		list.dataset.old = "yes"; list.querySelectorAll(".guest-said").forEach((said) => said.remove());
		XMLHttpRequest.prototype.send = function (...body) { XMLHttpRequest.prototype.send = send; window.late = () => send.apply(this, body); };
		list.querySelector(".lane-acts button[value=return]").click();
		const undo = list.querySelector(".is-waiting button[value=undo]"); undo.form.elements.version.value = 99; undo.click()} ''`)
	await("String(document.querySelector('.is-waiting .guest-said')?.textContent.includes('This has changed'))", "true")
	js("late(); ''")
	await(waiting, "2")
	await("String(document.querySelector('.is-waiting .guest-said')?.textContent.includes('This has changed'))", "true")
	// Signed out while something is kept, and somebody else signs in on the tab: it is not sent as his, and he is told.
	wire.cut(true)
	js("document.querySelector('#list .is-waiting button[value=undo]').click(); ''")
	await(keptNow, "1")
	js("document.cookie = 'stazh=; path=/; max-age=0'; ''")
	wire.cut(false)
	await("location.pathname", "/sign-in")
	js("document.cookie = '" + f.as(staff.HR) + "; path=/'; ''")
	if err := chromedp.Do(ctx, chromedp.Navigate(url+path+"/day")); err != nil {
		t.Fatal(err)
	}
	await("String(document.readyState === 'complete' && !document.querySelector('[data-dropped]').hidden && document.querySelector('[data-kept]').hidden)", "true")
	await(keptNow, "0")
	await(waiting, "2") // nobody's arrival was taken back
	if got := js("document.documentElement.scrollWidth"); got != "360" {
		t.Error("wider than a phone:", got)
	}
}

// wire carries a browser's connections to the pages, and can be cut.
type wire struct {
	net.Listener
	mu    sync.Mutex
	ends  map[net.Conn]bool
	isCut bool
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: listener, ends: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = listener.Close(); w.cut(true) })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil || !w.hold(near, far) {
				_ = near.Close()
				continue
			}
			for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
				go func() {
					_, _ = io.Copy(way[0], way[1])
					_, _ = near.Close(), far.Close()
				}()
			}
		}
	}()
	return w
}

// hold notes both ends of a connection; while the wire is cut there is none.
func (w *wire) hold(near, far net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isCut {
		_ = far.Close()
		return false
	}
	w.ends[near], w.ends[far] = true, true
	return true
}

func (w *wire) cut(now bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = now
	for end := range w.ends {
		_ = end.Close()
		delete(w.ends, end)
	}
}
