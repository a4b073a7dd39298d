// Lists that are worked through by hand: keys for the focused row, a filter as one types, select all,
// and polling that waits while nobody looks or something is open. Every page works without it.
(() => {
  "use strict";
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Arrows go from row to row; a letter presses the row's button of that letter (by physical key).
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, dialog")) return;
    const rows = all("[data-row]").filter((row) => !row.hidden && !row.closest("[hidden]"));
    const row = document.activeElement?.closest("[data-row]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) {
      const next = rows[row ? Math.min(Math.max(rows.indexOf(row) + step, 0), rows.length - 1) : 0];
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest" });
      return;
    }
    if (!row || !event.code.startsWith("Key") || event.shiftKey) return;
    const button = one(`[data-key="${event.code.slice(3).toLowerCase()}"]`, row);
    if (button && !button.disabled) {
      event.preventDefault();
      button.click();
      if (button.matches("summary") && button.parentElement.open) one("button", button.parentElement)?.focus(); // what was unfolded
    }
  });
  // The answer replaces the row: its place in the list keeps the focus.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    if (row?.matches?.("[data-row]") && row.contains(document.activeElement)) row.focus();
  });

  // A filter of names and numbers, on the page: what is typed goes nowhere.
  const filter = () => {
    const form = one("[data-filter]");
    const list = form && one(form.dataset.filter);
    if (!list) return;
    const words = one("input[type=search]", form).value.toLowerCase().split(/\s+/).filter(Boolean);
    all("[data-row]", list).forEach((row) => { row.hidden = !words.every((word) => row.dataset.text.includes(word)); });
    all("[data-rows]", list).forEach((group) => { group.hidden = !one("[data-row]:not([hidden])", group); });
  };
  document.addEventListener("input", (event) => { if (event.target.closest("[data-filter]")) filter(); });
  document.addEventListener("htmx:afterSettle", filter);
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-filter]")) {
      event.preventDefault();
      one("[data-row]:not([hidden])")?.focus();
    }
  });

  // Select all, and what was ticked.
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-all]");
    if (box) all('input[type=checkbox][name]', box.closest("form")).forEach((b) => { b.checked = box.checked; });
  });

  // News of the shortlist waits while somebody ticks it, and does not scroll it back when it is none.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "shortlist") return;
    const same = target.textContent === one("#shortlist", fragment)?.textContent;
    if (same || target.contains(document.activeElement) || one("input:checked", target) || one("dialog[open]")) event.detail.shouldSwap = false;
  });

  // The question before inviting those ticked names who of them is invited elsewhere too.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    const button = form && one("[data-also]", form);
    if (!button) return;
    const names = all("input[data-elsewhere]:checked", form).map((box) => box.dataset.elsewhere);
    const more = names.length > 5 ? [...names.slice(0, 5), "…"] : names;
    button.dataset.confirm = form.dataset.confirm + (names.length ? ` ${button.dataset.also} ${more.join("; ")}` : "");
  });

  // Polling rests while the page is hidden, a question is open, or a finger is on a row's button.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const from = event.detail.elt;
    if (!from.hasAttribute("data-poll")) return;
    const busy = document.activeElement?.matches("button, input") && from.contains(document.activeElement);
    if (document.hidden || one("dialog[open]") || busy) event.preventDefault();
  });
})();
