// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What every page has: light or dark, the search, and texts to copy.

import { SEARCH_KEY } from "./core/keys.js";
import { store } from "./core/storage.js";
import { isCommandKey, isPlainClick, needSheet } from "./dom/document.js";

/** Light or dark by the reader's choice; without one, by the system's. theme.js remembers it. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.#tell();
    this.querySelector("button").addEventListener("click", () => this.#toggle());
  }

  get #theme() {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    return document.documentElement.dataset.theme ?? system;
  }

  /** Which one it is now is in the button's name. */
  #tell() {
    const button = this.querySelector("button");
    button.ariaLabel = button.title = `${this.dataset.name}: ${this.dataset[this.#theme]}`;
  }

  #toggle() {
    const next = this.#theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    this.#tell();
    store("theme", next);
  }
}

/** The slash opens the search, unless the reader is typing; so does the link to its page, for those without a script. */
function equipSearch(opener) {
  opener.hidden = false;
  opener.addEventListener("click", async (event) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    await needSheet("search");
    (await import("./elements/walk-search.js")).openSearch();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== SEARCH_KEY || isCommandKey(event)) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    opener.click();
  });
}

customElements.define("theme-switch", ThemeSwitch);
const opener = document.querySelector("[data-search]");
if (opener) equipSearch(opener);
if (document.querySelector("button[data-copy]")) import("./dom/copying.js").then((it) => it.equipCopying(document));
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || event.button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  (await import("./observers/copying-places.js")).openCopying(link);
});
