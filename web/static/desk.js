// The planner's desk when an answer fails: the plan on the page is of other numbers and says so, the question is
// asked again by itself a few times, then by a button. Without this the form posts, and the page comes whole.
(() => {
  "use strict";
  const most = 3; // times it asks by itself
  let failures = 0, timer = 0;
  const plan = () => document.getElementById("plan");
  const about = (detail) => detail.requestConfig?.target === plan();

  // As whoever asked did; what is gone by now, or asked by no event, is asked for by the button that counts anew.
  const ask = (from) => {
    const event = from.getAttribute("hx-trigger")?.split(" ")[0];
    if (from.isConnected && event && event !== "load") from.dispatchEvent(new Event(event));
    else if (from.isConnected && from.matches("button")) from.click();
    else plan().querySelector("[data-recount]")?.click();
  };
  const waits = (xhr) => [0, 429, 503].includes(xhr.status);
  const failed = ({ requestConfig, xhr }) => {
    const said = plan().querySelector("[data-busy]");
    const soon = waits(xhr) && failures++ < most;
    plan().classList.add("is-stale");
    said.hidden = false;
    said.querySelector("[data-soon]").hidden = !soon;
    said.querySelectorAll("[data-later], [data-count]").forEach((part) => { part.hidden = soon; });
    const wait = Number(xhr.getResponseHeader("Retry-After")) || 2;
    if (soon) timer = setTimeout(() => ask(requestConfig.elt), wait * 1000);
  };
  document.addEventListener("htmx:beforeSend", (event) => { if (about(event.detail)) clearTimeout(timer); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!about(event.detail)) return;
    if (event.detail.xhr.status < 400) {
      failures = 0;
      return;
    }
    failed(event.detail);
    if (waits(event.detail.xhr)) event.detail.shouldSwap = false; // the words at the plan say it all
    else Object.assign(event.detail, { selectOverride: "unset", swapOverride: "innerHTML" }); // a notice
  });
  document.addEventListener("htmx:sendError", (event) => { if (about(event.detail)) failed(event.detail); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-count]")) plan().querySelector("[data-recount]")?.click(); });
})();
