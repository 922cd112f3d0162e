// Comfort only: suggestions while one types, as the ARIA Authoring Practices' combobox with a
// list. Without this file, or without an answer, every form of the site works as it stands.

"use strict";

const DELAY = 150;
const SHORTEST = 2;

class Combobox {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.list = form.querySelector("[role=listbox]");
    this.status = form.querySelector("[data-suggest-status]");
    this.options = [];
    this.active = -1;
    this.typed = this.input.value;
    this.timer = 0;
    this.request = null;
    this.prepare();
  }

  prepare() {
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("click", () => { if (!this.input.value) this.ask(""); });
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.go(this.options.indexOf(option));
    });
    this.form.addEventListener("submit", () => this.stop());
  }

  wait() {
    this.typed = this.input.value;
    this.stop();
    const length = this.typed.trim().length;
    if (length && length < SHORTEST) return this.close();
    this.timer = setTimeout(() => this.ask(this.typed), DELAY);
  }

  stop() {
    clearTimeout(this.timer);
    if (this.request) this.request.abort();
    this.request = null;
  }

  async ask(typed) {
    this.request = new AbortController();
    const url = `${this.form.dataset.suggest}?${new URLSearchParams({ q: typed })}`;
    try {
      const response = await fetch(url, { signal: this.request.signal });
      if (!response.ok) return this.close();
      const answer = await response.json();
      if (typed === this.input.value && document.activeElement === this.input) this.show(answer);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(answer) {
    this.options = answer.suggestions.map((suggestion, number) => this.option(suggestion, number));
    this.list.replaceChildren(...this.options);
    this.move(-1);
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.status.textContent = answer.status;
  }

  option(suggestion, number) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${number}`;
    option.className = "suggestion";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.url = suggestion.url;
    const text = document.createElement("bdi");
    text.lang = suggestion.language;
    text.textContent = suggestion.text;
    const kind = document.createElement("span");
    kind.className = "suggestion__kind";
    kind.textContent = suggestion.label;
    option.append(text, " ", kind);
    return option;
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    const last = this.options.length - 1;
    if (event.key === "Escape" && open) this.close();
    else if (event.key === "ArrowDown" && open) this.move(this.active < last ? this.active + 1 : -1);
    else if (event.key === "ArrowUp" && open) this.move(this.active < 0 ? last : this.active - 1);
    else if (event.key === "ArrowDown" && !this.input.value) this.ask("");
    else if (event.key === "ArrowDown" && this.options.length) this.reopen();
    else if (event.key === "Enter" && open && this.active >= 0) this.go(this.active);
    else return;
    event.preventDefault();
  }

  reopen() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.move(0);
  }

  move(number) {
    this.options.forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === number));
    });
    this.active = number;
    if (number < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", this.options[number].id);
    this.options[number].scrollIntoView({ block: "nearest" });
  }

  go(number) {
    this.stop();
    window.location.assign(this.options[number].dataset.url);
  }

  close() {
    this.stop();
    this.list.hidden = true;
    this.move(-1);
    this.input.setAttribute("aria-expanded", "false");
    this.status.textContent = "";
  }
}

for (const form of document.querySelectorAll("form[data-suggest]")) new Combobox(form);

// Copying a citation or an address: the button stands there only where it can work.
if (navigator.clipboard) {
  const { copy, copied } = document.documentElement.dataset;
  for (const text of document.querySelectorAll("[data-copyable]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.textContent.trim());
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 2000);
    });
    text.after(button);
  }
}

// The text over a page's image: there once the image was made for the first time.
for (const figure of document.querySelectorAll("figure[data-text]")) {
  const image = figure.querySelector("img");
  const lay = async () => {
    const response = await fetch(figure.dataset.text);
    if (!response.ok) return;
    const parsed = new DOMParser().parseFromString(await response.text(), "image/svg+xml");
    if (parsed.documentElement.nodeName === "svg") figure.append(document.importNode(parsed.documentElement, true));
  };
  if (image.complete && image.naturalWidth) lay();
  else image.addEventListener("load", lay, { once: true });
}

// The size of text to read, kept on this device as the reader's own setting.
const SIZES = [-1, 0, 1, 2, 3];
const setting = {
  get() { try { return Number(localStorage.getItem("text-size")) || 0; } catch { return 0; } },
  set(size) { try { localStorage.setItem("text-size", String(size)); } catch { /* not kept */ } },
};
const applySize = (size) => { document.documentElement.dataset.textSize = String(size); };
if (setting.get()) applySize(setting.get());
for (const group of document.querySelectorAll("[data-sizes]")) {
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-size]");
    if (!button) return;
    const size = setting.get() + Number(button.dataset.size);
    if (!SIZES.includes(size)) return;
    setting.set(size);
    applySize(size);
  });
}

// One match after the other; without this the link leads to the first.
for (const link of document.querySelectorAll("[data-next-match]")) {
  const marks = [...document.querySelectorAll(".reading__text mark")];
  let at = window.location.hash === "#match" ? 0 : -1;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    at = (at + 1) % marks.length;
    marks[at].tabIndex = -1;
    marks[at].focus();
    marks[at].scrollIntoView({ block: "center" });
  });
  if (marks.length > 1) link.textContent = link.dataset.nextMatch || link.textContent;
}

// A link to the first match moves the keyboard there too, also when the page opens with it.
if (window.location.hash === "#match") document.getElementById("match")?.focus();
