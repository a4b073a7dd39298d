package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stazh/stazh/workflows/staff"
)

// sound is what every page must be: said by a script that looks at it as a person with a screen reader or a
// phone would.
const sound = `(() => {
  const wrong = [];
  const html = document.documentElement;
  if (html.lang !== LANG) wrong.push("html lang is " + html.lang);
  if (document.title.trim() === "") wrong.push("no title");
  const heads = [...document.querySelectorAll("h1")].filter((h) => h.getClientRects().length);
  if (heads.length !== 1) wrong.push(heads.length + " h1");
  if (html.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("main *, header *, nav *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((e) => e.tagName + "." + e.className);
    wrong.push("scrolls sideways: " + html.scrollWidth + " in " + innerWidth + " " + wide.join(" "));
  }
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (e.closest("[aria-hidden=true]") || e.getAttribute("aria-hidden") === "true") continue;
    const named = (e.labels && [...e.labels].some((l) => l.textContent.trim())) || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby");
    if (!named) wrong.push("no label: " + e.outerHTML.slice(0, 120));
  }
  for (const e of document.querySelectorAll("a[href], button")) {
    if (!e.getClientRects().length || e.getAttribute("aria-hidden") === "true") continue;
    if (!(e.textContent.trim() || e.getAttribute("aria-label") || e.title)) wrong.push("nothing to read on: " + e.outerHTML.slice(0, 120));
  }
  for (const e of document.querySelectorAll("img:not([alt])")) wrong.push("no alt: " + e.outerHTML.slice(0, 120));
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
  if (twice.length) wrong.push("ids twice: " + [...new Set(twice)].join(" "));
  if (!document.querySelector("main")) wrong.push("no main");
  return wrong.join("; ");
})()`

// Every role signs in by the page and opens every place of its navigation, in three languages, on a desk and
// on a phone.
func TestEveryRolesPages(t *testing.T) {
	browser := browsers(t)
	i := install(t)
	for _, role := range staff.Roles {
		email := string(role) + "@stazh.example"
		i.account(email, "Мария "+string(role), "en", role)
		t.Run(string(role), func(t *testing.T) {
			i.t = t
			w := i.open(browser, string(role))
			w.signIn(email)
			places := eval[[]string](w, `[...new Set([...document.querySelectorAll(".side-nav a, .account-menu a")].map((a) => a.getAttribute("href")))]`)
			if len(places) < 2 || places[0] != "/" {
				t.Fatalf("the navigation is %q", places)
			}
			w.console()
			for _, lang := range []string{"en", "bg", "ru"} {
				w.language(lang)
				for _, width := range []int64{1280, 360} {
					w.size(width, 800)
					for _, place := range places {
						w.visit(place)
						where := fmt.Sprintf("%s in %s at %d", place, lang, width)
						if at := w.path(); at != place {
							t.Errorf("%s leads to %s", where, at)
						}
						if status := eval[int](w, `performance.getEntriesByType("navigation")[0].responseStatus`); status != 200 {
							t.Errorf("%s answers %d", where, status)
						}
						if wrong := eval[string](w, strings.ReplaceAll(sound, "LANG", quoted(lang))); wrong != "" {
							t.Errorf("%s: %s", where, wrong)
						}
						if said := w.console(); len(said) > 0 {
							t.Errorf("%s: on the console: %q", where, said)
						}
					}
				}
				w.size(1280, 900)
			}
		})
	}
}

// language chooses a language by the switch in the account's menu.
func (w *window) language(lang string) {
	w.i.t.Helper()
	w.visit("/account")
	if eval[string](w, `document.documentElement.lang`) == lang {
		return
	}
	w.leave(func() {
		eval[bool](w, fmt.Sprintf(`(() => { document.querySelector("details.account").open = true; document.querySelector('.account-menu form.languages button[value=%s]').click(); return true })()`, quoted(lang)))
	})
	if got := eval[string](w, `document.documentElement.lang`); got != lang {
		w.fail("chose %s and reads %s", lang, got)
	}
}
