// Comfort only: without this the same pages work by links and forms.
(function () {
  "use strict";

  const list = document.getElementById("upload-list");
  const further = document.getElementById("intake-continue");
  if (list && further) {
    new MutationObserver(function () {
      if (list.querySelector(".upload-success")) further.hidden = false;
    }).observe(list, { subtree: true, attributes: true, childList: true });
  }

  const results = document.getElementById("intake-results");
  const EVERY = 2000;

  function waits() {
    const state = results.querySelector("[data-waiting]");
    return state && state.dataset.waiting !== "0";
  }

  // What an editor points at must not move: while something has the focus, only the counts change.
  function show(html) {
    const fresh = document.createElement("div");
    fresh.innerHTML = html;
    if (results.contains(document.activeElement)) {
      const state = fresh.querySelector("[data-waiting]");
      results.querySelector("[data-waiting]").replaceWith(state);
    } else {
      results.replaceChildren(...fresh.childNodes);
    }
  }

  async function look() {
    try {
      const answer = await fetch(results.dataset.results, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.ok) show(await answer.text());
    } catch {
      // The next look tries again.
    }
    if (waits()) window.setTimeout(look, EVERY);
  }

  if (results && waits()) window.setTimeout(look, EVERY);
})();
