package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

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

// doubleClick is two quick presses on a point of the window.
func (w *window) doubleClick(x, y float64) {
	w.i.t.Helper()
	if err := w.do(chromedp.MouseClickXY(x, y), chromedp.MouseClickXY(x, y)); err != nil {
		w.fail("a double click: %v", err)
	}
}
