// Comfort only: a search, a filter or a page of results changes this page in place instead of
// loading it anew. The address is always that of what is shown; without this file, or without an
// answer, every link and form goes there as it stands.

"use strict";

(() => {
  const CHANGING = ["main", ".languages", ".site-menu"];
  const HEAD = 'link[rel=prev], link[rel=next], link[rel=alternate], link[rel=canonical], meta[name=robots]';
  const here = window.location.pathname;
  let request = null;
  let shown = here + window.location.search;

  const isSearch = (url) => url.origin === window.location.origin && url.pathname === here;

  const opened = () => new Set(
    [...document.querySelectorAll("details.facet[open]")].map((facet) => facet.dataset.facet),
  );

  function replace(answer) {
    const open = opened();
    document.title = answer.title;
    for (const old of document.head.querySelectorAll(HEAD)) old.remove();
    document.head.append(...answer.head.querySelectorAll(HEAD));
    for (const selector of CHANGING) {
      const before = document.querySelector(selector);
      const after = answer.querySelector(selector);
      if (before && after) before.replaceWith(document.adoptNode(after));
    }
    for (const facet of document.querySelectorAll("details.facet")) {
      if (open.has(facet.dataset.facet)) facet.open = true;
    }
    for (const form of document.querySelectorAll("main form[data-suggest]")) new Combobox(form);
  }

  // The number of results takes the focus, so that a screen reader says it; a filter keeps it.
  function lead(selector) {
    const filter = selector && document.querySelector(selector);
    const total = document.getElementById("total");
    total.tabIndex = -1;
    (filter || total).focus({ preventScroll: Boolean(filter) });
    if (!filter) window.scrollTo(0, 0);
  }

  async function show(address, { push = true, focus = "" } = {}) {
    if (request) request.abort();
    request = new AbortController();
    const { signal } = request;
    document.querySelector("main").setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal });
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      const url = new URL(response.url);
      if (!response.ok || !isSearch(url) || !answer.getElementById("results")) throw new Error(response.status);
      if (push) window.history.pushState(null, "", url);
      shown = url.pathname + url.search;
      replace(answer);
      if (push) lead(focus);
    } catch (error) {
      if (error.name !== "AbortError") window.location.assign(address);
    }
  }

  // On a wide screen several filters are chosen one after another.
  function place(link) {
    const { facet, value } = link.dataset;
    const wide = window.matchMedia("(min-width: 60rem)").matches;
    return facet && wide ? `a[data-facet="${CSS.escape(facet)}"][data-value="${CSS.escape(value)}"]` : "";
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("main a[href]");
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.target) return;
    const url = new URL(link.href);
    if (!isSearch(url) || url.hash) return;
    event.preventDefault();
    show(url, { focus: place(link) });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("main form[role=search]") || !isSearch(new URL(form.action))) return;
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form));
    show(url);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.location.hash === "#filters") window.location.hash = "results";
  });

  window.addEventListener("popstate", () => {
    const { pathname, search, href } = window.location;
    if (pathname === here && pathname + search !== shown) show(href, { push: false });
  });
})();
