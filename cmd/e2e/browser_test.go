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

// finder looks for what people see: things to press by their words, fields by their labels, within the smallest
// part of the page that has some other words.
const finder = `(() => {
  const norm = (s) => (s || "").replace(/\s+/g, " ").trim().toLowerCase();
  const shown = (e) => !e.closest("[aria-hidden=true]") && e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const words = (e) => [e.innerText, e.getAttribute("aria-label"), e.title, e.value].map(norm);
  const scope = (within) => {
    if (!within) return document.querySelector("dialog[open]") || document;
    const parts = [...document.querySelectorAll("tr, li, fieldset, section, article, dialog, .card, form, .field, .stack, details")]
      .filter((e) => norm(e.innerText).includes(norm(within)) || [...e.querySelectorAll("legend, label, h2, h3")].some((l) => norm(l.textContent).includes(norm(within))));
    parts.sort((a, b) => a.textContent.length - b.textContent.length);
    return parts;
  };
  const mark = (e, id) => { e.setAttribute("data-e2e", id); return true; };
  const best = (list, word) => list.find((e) => words(e).includes(norm(word))) || list.find((e) => words(e).some((s) => s.startsWith(norm(word)))) || list.find((e) => words(e).some((s) => s.includes(norm(word))));
  const inScope = (within, look) => {
    const at = scope(within);
    for (const part of Array.isArray(at) ? at : [at]) { const found = look(part); if (found) return found; }
  };
  const press = (word, within, id) => {
    const found = inScope(within, (part) => best([...part.querySelectorAll("a, button, summary, label.choice, [role=button]")].filter(shown), word));
    return found ? mark(found, id) : false;
  };
  const field = (label, within, id) => {
    const found = inScope(within, (part) => {
      const labels = [...part.querySelectorAll("label, legend")];
      for (const test of [(s) => s === norm(label), (s) => s.startsWith(norm(label)), (s) => s.includes(norm(label))]) {
        const l = labels.find((l) => test(norm(l.innerText || l.textContent)) && (l.control || l.querySelector("input")));
        if (l) return l.control || l.querySelector("input");
      }
      return [...part.querySelectorAll("input, select, textarea")].find((e) => norm(e.getAttribute("aria-label")).includes(norm(label)) && norm(label));
    });
    return found ? mark(found, id) : false;
  };
  const fill = (id, value) => {
    const e = document.querySelector('[data-e2e="' + id + '"]');
    if (e.tagName === "SELECT") {
      const option = [...e.options].find((o) => norm(o.text) === norm(value)) || [...e.options].find((o) => norm(o.text).includes(norm(value))) || [...e.options].find((o) => o.value === value);
      if (!option) return "no option; there are: " + [...e.options].map((o) => o.text).join(" | ");
      e.value = option.value;
    } else {
      e.focus();
      e.value = value;
    }
    e.dispatchEvent(new Event("input", { bubbles: true }));
    e.dispatchEvent(new Event("change", { bubbles: true }));
    return "";
  };
  return { press, field, fill };
})()`

func quoted(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

// find marks what it finds and returns a selector; it waits until it is there.
func (w *window) find(kind, word, within string) string {
	w.i.t.Helper()
	w.n++
	id := fmt.Sprint("e", w.n)
	script := fmt.Sprintf("%s.%s(%s, %s, %s)", finder, kind, quoted(word), quoted(within), quoted(id))
	for deadline := time.Now().Add(patience); ; time.Sleep(30 * time.Millisecond) {
		if eval[bool](w, script) {
			return id
		}
		if time.Now().After(deadline) {
			w.fail("finds no %s %q in %q", kind, word, within)
		}
	}
}

// click presses what has these words, within the part of the page that has those (""; anywhere).
func (w *window) click(word, within string) {
	w.i.t.Helper()
	w.hit(func() string { return `[data-e2e="` + w.find("press", word, within) + `"]` })
}

// hit presses the mouse on the middle of an element, when it stands still and nothing lies over it. It is
// looked for anew at each try, because a live page renews its rows. (The library's own Click waits for ever
// on a page that the back button brought back.)
func (w *window) hit(find func() string) {
	w.i.t.Helper()
	const look = `(async () => {
		const e = document.querySelector(%s);
		if (!e) return [];
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const at = () => { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + Math.min(r.height / 2, 300)] };
		const before = at();
		await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
		const [x, y] = at();
		const top = document.elementFromPoint(x, y);
		return x === before[0] && y === before[1] && top && (e.contains(top) || top.contains(e)) ? [x, y] : [];
	})()`
	for deadline := time.Now().Add(patience); ; time.Sleep(30 * time.Millisecond) {
		selector := find()
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(look, quoted(selector)), chromedp.EvalAwaitPromise))
		cancel()
		if err == nil && len(at) == 2 {
			if err := w.do(chromedp.MouseClickXY(at[0], at[1])); err != nil {
				w.fail("pressing: %v", err)
			}
			return
		}
		if time.Now().After(deadline) {
			w.fail("cannot press %s: %v", selector, err)
		}
	}
}

// press is click on what leads to another page; it waits for that page.
func (w *window) press(word string, within ...string) {
	w.i.t.Helper()
	w.leave(func() { w.click(word, strings.Join(within, "")) })
}

// agree is press on what asks first; it says yes.
func (w *window) agree(word string, within ...string) {
	w.i.t.Helper()
	w.click(word, strings.Join(within, ""))
	w.leave(func() { w.hit(func() string { return `dialog#confirm[open] [data-yes]` }) })
}

// leave does something and waits until another page has loaded.
func (w *window) leave(what func()) {
	w.i.t.Helper()
	eval[bool](w, `window.stayed = true`)
	what()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.stayed && document.readyState === "complete"`))
		cancel()
		if err == nil && there {
			return
		}
		if time.Now().After(deadline) {
			w.fail("the page stays: %v", err)
		}
	}
}

// fill writes into the field of a label; of a select it chooses the option with these words.
func (w *window) fill(label, value string, within ...string) {
	w.i.t.Helper()
	id := w.find("field", label, strings.Join(within, ""))
	if wrong := eval[string](w, fmt.Sprintf("%s.fill(%s, %s)", finder, quoted(id), quoted(value))); wrong != "" {
		w.fail("filling %q: %s", label, wrong)
	}
}

// tick chooses a box or a radio by its words, unless it is chosen.
func (w *window) tick(word string, within ...string) {
	w.i.t.Helper()
	id := w.find("press", word, strings.Join(within, ""))
	chosen := fmt.Sprintf(`(() => { const e = document.querySelector('[data-e2e=%s]'); return !!(e.control || e.querySelector("input"))?.checked })()`, quoted(id))
	if eval[bool](w, chosen) {
		return
	}
	w.hit(func() string { return `[data-e2e="` + id + `"]` })
	if !eval[bool](w, chosen) {
		w.fail("%q does not stay ticked", word)
	}
}

// upload puts a file into the field of a label.
func (w *window) upload(label, path string) {
	w.i.t.Helper()
	id := w.find("field", label, "")
	if err := w.do(chromedp.SetUploadFiles(chromedp.CSS(`[data-e2e="`+id+`"]`), []string{path})); err != nil {
		w.fail("uploading: %v", err)
	}
}

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

// doubleClick is two quick presses on a point of the window.
func (w *window) doubleClick(x, y float64) {
	w.i.t.Helper()
	if err := w.do(chromedp.MouseClickXY(x, y), chromedp.MouseClickXY(x, y)); err != nil {
		w.fail("a double click: %v", err)
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
