// The live board: news by server-sent events, polling where there are none, and a lost connection told
// plainly. What is pressed meanwhile is kept and sent again under the same command id, so it is done once.
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const one = (selector) => board.querySelector(selector);
  const shelf = "stazh.kept." + location.pathname; // ids and versions only, in this tab
  const who = board.dataset.who;
  let live = false;
  let lostTimer = 0;
  let source = null;
  let heard = Date.now();
  // A connection that died without a word would keep a request waiting for minutes. Whatever is given up is
  // sent again under its command id, so a slow answer does no harm.
  const patience = 15000;
  if (window.htmx) window.htmx.config.timeout = patience;

  const saidAt = (from) => [...from.querySelectorAll(".board-said, .guest-said")];
  document.addEventListener("htmx:afterSwap", () => saidAt(board).forEach((said) => { said.born ??= Date.now(); }));

  // A row that was pressed stands, as it is, in every newer list until its own answer comes and is put there.
  const pressed = new Map();
  document.addEventListener("htmx:beforeSend", ({ detail: { xhr, target } }) => {
    if (!target?.matches("[data-row]")) return;
    pressed.set(xhr, target);
    xhr.addEventListener("loadend", () => pressed.delete(xhr)); // its answer has been put in its place by then
  });
  const carry = (list) => pressed.forEach((row) => list.querySelector("#" + CSS.escape(row.id))?.replaceWith(row));
  // What a press came to is still being read when a newer list takes the place of the old one.
  const readOn = (said, list) => said.forEach(([line, row]) => {
    const place = row ? list.querySelector("#" + CSS.escape(row)) : list;
    if (!row && list.querySelector(".board-said")) return; // the newer word
    if (place && Date.now() - line.born < 10000) place[row ? "append" : "prepend"](line);
  });
  const saidIn = (list) => saidAt(list).map((line) => [line, line.closest("[data-row]")?.id]);
  let said = [];
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => { if (target.id === "list") said = saidIn(target); });
  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    if (target.id !== "list") return;
    const list = document.getElementById("list");
    readOn(said, list);
    said = [];
    carry(list);
  });

  // A new picture takes the place of the old one; the focus, and what was unfolded, stay. While a question is
  // open the newest waits; so it does, three seconds at most, while a press is under way, whose answer is put
  // where it was pressed.
  let later = null;
  const show = (html, since = Date.now()) => {
    const old = document.getElementById("list");
    const busy = old?.querySelector(".htmx-request") && Date.now() - since < 3000;
    if (busy || document.querySelector("dialog[open]")) {
      later = { html, since: later?.since ?? since };
      setTimeout(() => { if (later) { const { html, since } = later; later = null; show(html, since); } }, 200);
      return;
    }
    later = null;
    const page = new DOMParser().parseFromString(html, "text/html");
    const next = page.querySelector("#list");
    if (!next || !old) return;
    const active = document.activeElement;
    const row = old.contains(active) ? active.closest("[id]")?.id : null;
    const button = active?.tagName === "BUTTON" ? `button[value="${CSS.escape(active.value)}"]` : active?.tagName === "SUMMARY" ? "summary" : null;
    const open = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
    readOn(saidIn(old), next);
    open.forEach((id) => next.querySelector("#" + CSS.escape(id))?.setAttribute("open", ""));
    carry(next);
    old.replaceWith(next);
    window.htmx?.process(next);
    document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
    const place = row && document.getElementById(row);
    if (place) (button && place.querySelector(button) || place.closest("[data-row]") || place).focus({ preventScroll: true });
  };

  // Lost for five seconds: said. Back: said no longer, and what was kept is sent.
  const lost = () => {
    live = false;
    if (!lostTimer) lostTimer = setTimeout(() => { one("[data-lost]").hidden = false; }, 5000);
  };
  const back = () => {
    live = source?.readyState === 1;
    clearTimeout(lostTimer);
    lostTimer = 0;
    one("[data-lost]").hidden = true;
    send();
  };

  const kept = () => { try { return JSON.parse(sessionStorage.getItem(shelf)) || []; } catch { return []; } };
  const keep = (list) => {
    sessionStorage.setItem(shelf, JSON.stringify(list));
    const say = one("[data-kept]");
    say.hidden = !list.length;
    say.textContent = list.length > 1 ? say.dataset.many : say.dataset.single;
  };
  // What was kept is told when it could not be done: somebody else may have been quicker.
  const refused = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const said = page.querySelector(".guest-said, .board-said, .banner p")?.textContent.trim();
    if (!said) return false;
    const name = page.querySelector(".guest-said") && page.querySelector(".guest-name")?.textContent.trim();
    const line = document.createElement("li");
    line.textContent = name ? `${name}: ${said}` : said;
    one("[data-refused] ul").append(line);
    one("[data-refused]").hidden = false;
    return true;
  };
  const post = (path, values) => fetch(path, {
    method: "POST", body: new URLSearchParams(values), signal: AbortSignal.timeout(patience),
    headers: { "HX-Request": "true", "X-CSRF-Token": board.dataset.csrf },
  });
  let sending = false;
  const send = async () => {
    if (sending || !kept().length) return;
    sending = true;
    let all = true;
    try {
      for (let list = kept(); list.length; list = kept()) {
        const answer = await post(list[0].path, list[0].values);
        if (answer.status === 401) { location.reload(); return; } // signed out: kept until signed in again
        if (answer.status >= 500) { all = false; break; } // still being mended: later
        if (refused(await answer.text())) all = false;
        keep(kept().slice(1));
      }
      if (all) {
        one("[data-resent]").hidden = false;
        setTimeout(() => { one("[data-resent]").hidden = true; }, 8000);
      }
      poll();
    } catch { lost(); }
    sending = false;
  };

  const poll = async () => {
    const path = document.getElementById("list")?.getAttribute("hx-get");
    if (!path) return;
    try {
      const answer = await fetch(path, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(patience) });
      if (answer.status === 401 || answer.status === 404) { location.reload(); return; }
      if (answer.ok) { show(await answer.text()); back(); }
    } catch { lost(); }
  };

  // Each press is a command of its own; forms in a live picture carry nobody's token.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!board.contains(event.detail.elt) || event.detail.verb !== "post") return;
    event.detail.headers["X-CSRF-Token"] = board.dataset.csrf;
    const values = event.detail.parameters;
    const fresh = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    if (values instanceof FormData) values.set("_command", fresh); else values._command = fresh;
    values.delete?.("_csrf");
    one("[data-refused]").hidden = true;
    one("[data-refused] ul").replaceChildren();
    event.detail.elt.stazhSent = { path: event.detail.path, values };
  });
  const unsent = (event) => {
    const sent = event.detail.elt?.stazhSent;
    lost();
    one("[data-lost]").hidden = false;
    if (!sent || !board.contains(event.detail.elt)) return;
    const entries = sent.values instanceof FormData ? [...sent.values.entries()] : Object.entries(sent.values);
    const press = { who, path: sent.path, values: entries.map(([k, v]) => [k, String(v)]).filter(([k]) => k !== "_csrf") };
    const what = (p) => p.path + JSON.stringify(p.values.filter(([k]) => k !== "_command"));
    if (!kept().some((p) => what(p) === what(press))) keep([...kept(), press]); // pressed again, as nothing seemed to happen
  };
  document.addEventListener("htmx:sendError", unsent);
  document.addEventListener("htmx:timeout", unsent);
  // A form that leads to another page waits: without a connection the page, and what was typed, would be gone.
  document.addEventListener("submit", (event) => {
    if (!board.contains(event.target) || event.target.matches("[hx-post], [data-filter]") || navigator.onLine && one("[data-lost]").hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    one("[data-lost]").hidden = false;
    one("[data-lost]").scrollIntoView({ block: "nearest" });
  }, true);
  // While news comes by itself, nobody asks for it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.hasAttribute?.("data-poll") && live && Date.now() - heard < 40000) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !live) back(); });

  const listen = () => {
    if (!board.dataset.live || !window.EventSource) return;
    source?.close();
    source = new EventSource(board.dataset.live);
    source.onopen = () => { heard = Date.now(); back(); };
    source.addEventListener("board", (event) => { heard = Date.now(); live = true; show(event.data); });
    source.addEventListener("ping", () => { heard = Date.now(); });
    source.addEventListener("end", () => { live = false; }); // it connects again, if it may
    source.onerror = () => {
      lost();
      if (source.readyState === 2) setTimeout(() => { poll(); listen(); }, 5000); // refused: the poll finds out why
    };
  };
  // A connection that died without a word is noticed by its silence.
  setInterval(() => { if (source && Date.now() - heard > 40000) { heard = Date.now(); lost(); listen(); } }, 5000);
  window.addEventListener("offline", lost);
  window.addEventListener("online", () => { listen(); poll(); });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  // Kept over a sign-out, it waits for whoever pressed it: under somebody else's name it must not go.
  const own = kept().filter((p) => p.who === who);
  one("[data-dropped]").hidden = own.length === kept().length;
  keep(own);
  listen();
})();
