// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The life after close(): from event to event with the player's buttons and keys.

import { filled, targets } from "../core/steps.js";
import { isPlainClick } from "../dom/document.js";
import { markButtons, showMoments } from "../dom/steps.js";
import { WalkPlayer } from "./walk-player.js";

export class WalkLife extends HTMLElement {
  #steps = [];

  connectedCallback() {
    dispatchEvent(new Event("unfold"));
    this.#steps = [...this.querySelectorAll(".a-events > li")].map((item, index) => ({
      n: index + 1,
      href: item.querySelector("a").href,
      item,
    }));
    if (!this.#steps.length) return;
    this.addEventListener("click", (event) => this.#choose(event));
    new WalkPlayer(this, ".a-player");
    // It may stand within a walkthrough, whose player would hear of it too.
    for (const name of ["click", "input", "keydown", "walk:advance"]) {
      this.addEventListener(name, (event) => event.target.closest(".a-player, .a-events, .time-line") && event.stopPropagation());
    }
  }

  get step() {
    return Number(this.dataset.step) || 0;
  }

  get steps() {
    return this.#steps;
  }

  /** Shows an event: the line across the picture, and what holds behind it. */
  go(n) {
    const step = this.#steps[n - 1];
    if (!step) return;
    this.#steps[this.step - 1]?.item.removeAttribute("aria-current");
    step.item.setAttribute("aria-current", "true");
    this.dataset.step = n;
    for (const part of this.querySelectorAll("[data-part]")) showMoments(part, n);
    const player = this.querySelector(".a-player");
    const to = targets(this.#steps, n);
    markButtons(player, (go) => this.#steps[to[go] - 1]?.href);
    const where = player.querySelector(".where");
    where.textContent = filled(where.dataset.stepping, { step: n, count: this.#steps.length });
    player.querySelector(".spoken").textContent = step.item.textContent;
    if (this.hasAttribute("data-page")) history.replaceState(null, "", step.href);
    this.#follow(n);
    this.dispatchEvent(new CustomEvent("walk:step"));
  }

  /** Within the picture alone: the page stays where it is. */
  #follow(n) {
    const row = this.querySelector(`.time-line [data-n="${n}"]`);
    const frame = row.closest(".a-picture");
    const { top, bottom } = row.getBoundingClientRect();
    const box = frame.getBoundingClientRect();
    if (bottom > box.bottom) frame.scrollTop += bottom - box.bottom + 40;
    else if (top < box.top) frame.scrollTop -= box.top - top + 40;
  }

  #choose(event) {
    const target = event.target.closest(".a-events a, .time-line [data-n], .a-player [data-go]");
    if (!target || !isPlainClick(event)) return;
    event.preventDefault();
    const { go, n } = target.dataset;
    this.go(go ? targets(this.#steps, this.step)[go] : Number(n));
  }
}
