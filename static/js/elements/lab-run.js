// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// <lab-run>: the form that runs a recipe, without leaving the page: how far it is, then what came of it.

import { eventsOf } from "../core/event-stream.js";
import { fragmentOf } from "../dom/markup.js";

class LabRun extends HTMLElement {
  connectedCallback() {
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
  }

  get #said() {
    return this.querySelector(".l-said");
  }

  async #run() {
    const form = /** @type {any} */ (this.querySelector("form"));
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled") === "true") return;
    // Not `disabled`, which would take the focus away.
    button.setAttribute("aria-disabled", "true");
    this.querySelector(".l-outcome").replaceChildren();
    this.querySelector(".l-progress").hidden = false;
    this.#reach("");
    this.#say(this.#said.dataset.busy);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { accept: "text/event-stream", "accept-language": document.documentElement.lang },
        body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
      });
      if (response.ok) await this.#follow(response);
      else this.#fail((await response.json()).detail);
    } catch {
      this.#fail(this.#said.dataset.lost);
    }
    button.removeAttribute("aria-disabled");
  }

  async #follow(response) {
    for await (const { name, data } of eventsOf(response)) {
      const found = JSON.parse(data);
      if (name === "progress" && found.step === "begun") {
        this.#reach("");
        this.#say(`${this.#said.dataset.busy} ${found.kernel}`);
      } else if (name === "progress" && found.step === "again") {
        this.#reach("");
        this.#say(this.#said.dataset.again);
      } else if (name === "progress") {
        this.#reach(found.step);
      } else if (name === "result") {
        this.#reach(found.verdict === "failed" ? "" : "result");
        this.#show(found.html);
        return;
      }
    }
    this.#fail(this.#said.dataset.lost);
  }

  /** Everything up to this step is done, the next one is at work. */
  #reach(step) {
    const items = [...this.querySelectorAll(".l-progress > li")];
    const done = items.findIndex((item) => item.dataset.step === step);
    items.forEach((item, place) => {
      item.dataset.state = place <= done ? "done" : place === done + 1 ? "now" : "ahead";
    });
  }

  #show(html) {
    const place = this.querySelector(".l-outcome");
    // The server's own markup, made by the template that is there without scripts too.
    place.replaceChildren(fragmentOf(html));
    this.querySelector(".l-progress").hidden = true;
    this.#say("");
    place.focus({ preventScroll: true });
  }

  #fail(text) {
    this.querySelector(".l-progress").hidden = true;
    this.#say(text);
  }

  #say(text) {
    this.#said.textContent = text;
  }
}

customElements.define("lab-run", LabRun);
