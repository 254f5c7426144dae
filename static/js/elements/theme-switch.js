// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Light or dark by the reader's choice; without one, by the system's. theme.js remembers it.

import { store } from "../core/storage.js";

export class ThemeSwitch extends HTMLElement {
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
