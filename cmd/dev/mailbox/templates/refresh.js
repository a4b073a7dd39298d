// Looks for new mail every two seconds while the page is in front, and swaps the list when it differs. The first
// page only: somebody who pages through old mail must not have it moved under the finger.
"use strict";
const list = document.getElementById("list");
async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
    if (!fresh || fresh.innerHTML === list.innerHTML || list.contains(document.activeElement)) return;
    list.replaceChildren(...fresh.childNodes);
  } catch {
    // The server is being restarted: the next look finds it.
  }
}
if (list.dataset.refresh) {
  setInterval(look, 2000);
  document.addEventListener("visibilitychange", look);
}
