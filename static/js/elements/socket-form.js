// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The form of the socket: a change shows its path at once. The server makes the short address.

const TYPING_PAUSE_MS = 250;

export class SocketForm extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.addEventListener("change", () => this.#send());
    this.addEventListener("input", (event) => {
      if (event.target.matches("[type=text], [type=number]")) this.#later();
    });
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), TYPING_PAUSE_MS);
  }

  #send() {
    clearTimeout(this.#timer);
    const form = /** @type {any} */ (this.querySelector("form"));
    const url = new URL(form.action);
    url.search = new URLSearchParams(/** @type {any} */ (new FormData(form))).toString();
    this.dispatchEvent(new CustomEvent("walk:visit", { bubbles: true, detail: { url: url.href } }));
  }
}
