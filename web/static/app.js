// What makes the pages quicker to use. Every page works without it: forms post, links go, the choice
// of appearance is a form. It never sends anything by itself.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Appearance, without a round trip; the same cookie that POST /preferences writes.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-themes] button");
    if (!button) return;
    event.preventDefault();
    const theme = button.value;
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    const scheme = one('meta[name="color-scheme"]');
    if (scheme) scheme.content = theme === "auto" ? "light dark" : theme;
    all("[data-themes] button").forEach((b) => {
      if (b.value === theme) b.setAttribute("aria-current", "true");
      else b.removeAttribute("aria-current");
    });
  });

  // Small things that are clicked.
  document.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("[data-flash]")?.remove();
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target.closest("[data-print]")) window.print();
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(copy.dataset.copy);
    if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
    all("details.account[open], details.phone-more[open], details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // One box ticks all of its form's boxes of the name it gives; ticked rows are marked.
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox") return;
    if (box.dataset.all) all(`input[name="${box.dataset.all}"]`, box.form ?? document).forEach((b) => { b.checked = box.checked; });
    all("tr", box.form ?? document).forEach((row) => row.classList.toggle("is-selected", !!one("td.pick input:checked", row)));
  });

  // A form or button with data-confirm asks first. A posted form is sent once, until the page is left.
  const agreed = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const question = button?.dataset.confirm ?? form.dataset.confirm;
    const dialog = one("#confirm");
    if (question && dialog && !agreed.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      one("[data-text]", dialog).textContent = question;
      const yes = one("[data-yes]", dialog);
      yes.textContent = (button?.textContent || "").trim() || yes.textContent;
      yes.classList.toggle("is-danger-solid", !!button?.matches(".is-danger, .is-danger-solid"));
      yes.classList.toggle("is-primary", !button?.matches(".is-danger, .is-danger-solid"));
      dialog.returnValue = "no";
      dialog.addEventListener("close", () => {
        if (dialog.returnValue !== "yes") return;
        agreed.add(form);
        form.requestSubmit(button);
        agreed.delete(form);
      }, { once: true });
      dialog.showModal();
      return;
    }
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.hasAttribute("data-download")) return; // the page stays, and may be asked again
    if (form.hasAttribute("hx-post")) return; // htmx has its own guard: hx-disabled-elt
    form.dataset.sent = "1";
    button?.classList.add("is-busy");
    button?.setAttribute("aria-disabled", "true");
  }, true);
  window.addEventListener("pageshow", () => { // back from the next page: the form may be sent again
    all("form[data-sent]").forEach((form) => delete form.dataset.sent);
    all(".is-busy").forEach((b) => { b.classList.remove("is-busy"); b.removeAttribute("aria-disabled"); });
  });

  // What is typed stays. An answer of htmx is about the form as it was sent: when a field that it would
  // replace was edited since, it is dropped, for that field sends the form again by itself.
  const edited = new WeakMap(), sent = new WeakMap(); // field, request: the number of edits until then
  let edits = 0, answered = 0; // that of the request whose answer is put in
  document.addEventListener("input", (event) => {
    edited.set(event.target, ++edits);
    const owner = event.target.dataset.owns && event.target.form?.elements[event.target.dataset.owns];
    if (owner) owner.value = "yes"; // at once: another field's request may come first
  }, true);
  document.addEventListener("htmx:beforeSend", (event) => sent.set(event.detail.xhr, edits));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    answered = sent.get(xhr) ?? edits;
    if (newer(target)) event.detail.shouldSwap = false;
  });
  const newer = (from) => all("input, select, textarea", from).some((field) => edited.get(field) > answered);

  // Beside what it replaces, an answer says which fields are wrong, or no longer: only that is taken over, and the
  // field stays under the hand that types in it.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    const said = target.matches(".field") && one(".field", fragment);
    if (said || newer(target)) event.detail.shouldSwap = false;
    if (!said || newer(target)) return;
    const error = one(".field-error", said), input = one("input", target), from = one("input", said);
    target.classList.toggle("has-error", !!error);
    one(".field-error", target)?.remove();
    if (error) (one(".hint", target) ?? one("label", target)).after(error);
    ["aria-invalid", "aria-describedby"].forEach((name) => {
      if (from.hasAttribute(name)) input.setAttribute(name, from.getAttribute(name)); else input.removeAttribute(name);
    });
    if (error) target.closest("details")?.setAttribute("open", "");
  });

  document.addEventListener("htmx:afterSwap", () => { // the caret of a number that was replaced goes where it was: behind it
    const field = document.activeElement;
    if (field?.type !== "number" || edited.has(field)) return;
    const typed = field.value;
    field.value = "";
    field.value = typed;
  });

  // Plus and minus count in the field itself, so that two quick presses are two; without this they post.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    event.preventDefault();
    const field = one("input", button.parentElement);
    if (button.dataset.step > 0) field.stepUp(); else field.stepDown();
    all("[data-step]", button.parentElement).forEach((b) => { b.disabled = b.dataset.step > 0 ? +field.value >= +field.max : +field.value <= +field.min; });
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Keys: ? help, / search, g and a letter to go. Never while typing, and by physical key, so that they
  // work on a Cyrillic layout too.
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
    if (going && Date.now() - going < 1500 && letter) {
      going = 0;
      const link = one(`a[data-go="${letter}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    going = 0;
    if (letter === "g") { going = Date.now(); return; }
    if (event.key === "?" || (event.shiftKey && event.code === "Slash")) {
      const help = one("#keys");
      if (help && !help.open) { event.preventDefault(); help.showModal(); }
      return;
    }
    if (event.key === "/" || event.code === "Slash") {
      const search = one("[data-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });

  // A time in another zone than the reader's clock says on hover what it is on his own clock.
  const hint = one("#yours");
  const mark = (from) => {
    if (!hint) return;
    const clock = new Intl.DateTimeFormat(root.lang, { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false });
    all("time[data-yours]", from).forEach((time) => {
      const at = new Date(time.dateTime);
      const pad = (n) => String(n).padStart(2, "0");
      const mine = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
      if (!time.textContent.includes(mine)) time.title = hint.dataset.text.replace("%", clock.format(at));
    });
  };
  mark(document);
  document.addEventListener("htmx:load", (event) => mark(event.detail.elt));

  // Business time that is not wall time goes on while the page stands.
  const business = one("[data-clock]");
  if (business) {
    const { clock, speed, zone } = business.dataset;
    const began = Date.now();
    const write = (options) => new Intl.DateTimeFormat(root.lang, { timeZone: zone, ...options });
    const hours = write({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }), days = write({ weekday: "short", day: "numeric", month: "short" });
    const today = days.format(+clock);
    setInterval(() => {
      const now = +clock + (Date.now() - began) * speed;
      one("[data-time]", business).textContent = hours.format(now);
      if (days.format(now) !== today) one("[data-day]", business).textContent = days.format(now);
    }, 1000);
  }

  // A form that is shown again answers a POST: going back to it, browsers ask whether to send it once more. When it
  // is left it takes the address of the page it stood on instead, which is read anew; reloaded, it is as it was.
  const { again } = root.dataset;
  const leave = () => history.replaceState(null, "", again);
  if (again) {
    document.addEventListener("submit", (event) => { if (!event.defaultPrevented && !event.target.hasAttribute("hx-post")) leave(); });
    document.addEventListener("click", (event) => { if (event.target.closest?.('a[href]:not([href^="#"], [target])')) leave(); });
  }

  // The list of errors, or else the word on what was done, unless the page has a field of its own for that; to where an
  // address leads the page stays scrolled.
  const notice = one(".errors[data-focus]") ?? (one("[autofocus]") ? null : one("[data-focus]"));
  notice?.focus({ preventScroll: !!location.hash });
})();
