package e2e

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a browser may take for one thing; the machine may be busy.
const patience = 40 * time.Second

// browsers starts one Chromium for a test; each person gets windows with cookies of his own.
func browsers(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		const missing = "Chromium is missing: apt-get install chromium"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en"))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// window is one person's browser.
type window struct {
	ctx  context.Context
	i    *installation
	who  string
	n    int
	mu   sync.Mutex
	said []string // errors on the console
}

// open gives somebody a browser of his own.
func (i *installation) open(browser context.Context, who string) *window {
	i.t.Helper()
	return i.openIn(browser, who, chromedp.WithNewBrowserContext())
}

// tab opens a second tab with the same cookies.
func (w *window) tab() *window { return w.i.openIn(w.ctx, w.who+", second tab") }

func (i *installation) openIn(parent context.Context, who string, options ...chromedp.ContextOption) *window {
	i.t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	i.root.Cleanup(cancel)
	w := &window{ctx: ctx, i: i, who: who}
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		i.t.Fatal(err)
	}
	w.size(1280, 900)
	i.root.Cleanup(func() {
		if i.root.Failed() {
			w.picture()
		}
	})
	return w
}

func (w *window) hear(ev any) {
	text := ""
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		raw, _ := json.Marshal(e.ExceptionDetails)
		text = string(raw)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" {
			raw, _ := json.Marshal(e.Args)
			text = string(raw)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if text != "" {
		w.mu.Lock()
		w.said = append(w.said, text)
		w.mu.Unlock()
	}
}

// console returns the errors said since the last call.
func (w *window) console() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

func (w *window) fail(format string, args ...any) {
	w.i.t.Helper()
	text := w.text()
	w.i.t.Fatalf("%s at %s: %s\n%s", w.who, w.path(), fmt.Sprintf(format, args...), text[:min(len(text), 3000)])
}

// size makes the window so many pixels wide and high.
func (w *window) size(width, height int64) {
	w.i.t.Helper()
	if err := w.do(chromedp.EmulateViewport(width, height)); err != nil {
		w.i.t.Fatal(err)
	}
}

func eval[T any](w *window, script string) T {
	w.i.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		w.i.t.Fatalf("%s: %v\n%s", w.who, err, script[max(0, len(script)-300):])
	}
	return v
}

// text is the page as people read it.
func (w *window) text() string {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	return text
}

func (w *window) path() string {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	path, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.search`))
	return path
}

// visit opens a path of ours or a whole address.
func (w *window) visit(path string) {
	w.i.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = w.i.url + path
	}
	if err := w.do(chromedp.Navigate(path)); err != nil {
		w.fail("visiting %s: %v", strings.TrimPrefix(path, w.i.url), err)
	}
}

// back presses the browser's back button and waits for another address.
func (w *window) back() {
	w.i.t.Helper()
	from := w.path()
	eval[bool](w, `(history.back(), true)`)
	for deadline := time.Now().Add(patience); w.path() == from || w.path() == ""; time.Sleep(30 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.fail("cannot go back")
		}
	}
}

// sees waits until the page says all of this.
func (w *window) sees(words ...string) {
	w.i.t.Helper()
	for _, word := range words {
		deadline := time.Now().Add(patience)
		for !strings.Contains(squeeze(w.text()), squeeze(word)) {
			if time.Now().After(deadline) {
				w.fail("does not see %q", word)
			}
			time.Sleep(30 * time.Millisecond)
		}
	}
}

// blind fails if the page says any of this.
func (w *window) blind(words ...string) {
	w.i.t.Helper()
	text := squeeze(w.text())
	for _, word := range words {
		if strings.Contains(text, squeeze(word)) {
			w.fail("sees %q", word)
		}
	}
}

func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// signIn signs in by the page, in the language chosen by the browser.
func (w *window) signIn(email string) { w.signInWith(email, password) }

func (w *window) signInWith(email, password string) {
	w.i.t.Helper()
	w.visit("/sign-in")
	w.fill("E-mail address", email)
	w.fill("Password", password)
	w.press("Sign in", "Password")
	if strings.HasPrefix(w.path(), "/sign-in") {
		w.fail("cannot sign in")
	}
}

// picture keeps what the window shows, for whoever reads why a test failed.
func (w *window) picture() {
	dir := os.TempDir()
	if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
		dir = w.i.root.ArtifactDir()
	}
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return
	}
	path := filepath.Join(dir, fmt.Sprintf("stazh-e2e-%s-%s.png", url.PathEscape(w.i.root.Name()), url.PathEscape(w.who)))
	if os.WriteFile(path, raw, 0o600) == nil {
		w.i.root.Logf("%s saw %s at %s", w.who, path, w.path())
	}
}

// await runs a script that answers later.
func (w *window) await(script string) string {
	w.i.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		w.fail("%v", err)
	}
	return v
}

// seesIn waits until the row of somebody says something.
func (w *window) seesIn(row, word string) {
	w.i.t.Helper()
	script := fmt.Sprintf(`[...document.querySelectorAll("li, tr")].filter((e) => e.innerText.includes(%s)).map((e) => e.innerText).join(" ")`, quoted(row))
	for deadline := time.Now().Add(patience); !strings.Contains(squeeze(eval[string](w, script)), squeeze(word)); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.fail("does not see %q at %q", word, row)
		}
	}
}
