// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What the world sees: follows the steps, and is open where there is room: with the first step, or at once.

import { store, stored } from "../core/storage.js";
import { isPlainClick } from "../dom/document.js";
import { showMoments } from "../dom/steps.js";

const KEY = "world";
const ROOM = "(min-width: 1200px) and (min-height: 800px)";
const MUCH_ROOM = "(min-width: 1200px) and (min-height: 920px)";
const OVERVIEW = "details.life[open]";

// A visit brings in a new element; whether it is open outlives that.
let isOpen = false;

export class WalkWorld extends HTMLElement {
  #stop = null;

  connectedCallback() {
    dispatchEvent(new Event("unfold"));
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const walk = this.closest("walk-through");
    const details = this.querySelector("details");
    // It may have been opened before this was there.
    isOpen ||= details.open;
    details.open = isOpen;
    makeRoom(isOpen);
    details.addEventListener("toggle", () => this.#opened(details.open, walk));
    this.querySelector("summary").addEventListener("click", () => remember(!details.open));
    this.addEventListener("click", (event) => this.#choose(event, walk));
    this.addEventListener("keydown", (event) => this.#onKey(event));
    walk.addEventListener("walk:step", ({ detail }) => this.#show(detail.step), { signal });
    // Steps may have gone by before this was loaded; after a visit the step is set a little later.
    queueMicrotask(() => this.#show(Number(walk.dataset.step)));
  }

  disconnectedCallback() {
    this.#stop.abort();
  }

  #show(step) {
    for (const part of this.querySelectorAll("[data-part]")) showMoments(part, step);
    this.#offer(step);
    this.#follow();
  }

  /** Opens, where there is room and the reader did not close it. */
  #offer(step) {
    const details = this.querySelector("details");
    if (details.open || stored(KEY) === "closed" || !matchMedia(step ? ROOM : MUCH_ROOM).matches) return;
    // It would lie over the picture that stands for it where nothing was chosen.
    if (!step && document.querySelector(OVERVIEW)) return;
    details.open = true;
    makeRoom(true);
  }

  #opened(open, walk) {
    isOpen = open;
    makeRoom(open);
    this.#follow();
    // The line in question is not left behind the dock.
    if (open) walk.querySelector(".line[data-when=now]")?.scrollIntoView({ block: "nearest" });
  }

  /** The latest change stays in view inside of its part. */
  #follow() {
    if (!this.querySelector("details").open) return;
    for (const part of this.querySelectorAll("[data-part]")) {
      const news = [...part.querySelectorAll("[data-when=now]")].at(-1);
      if (!news || part.scrollHeight <= part.clientHeight) continue;
      const { top, bottom } = news.getBoundingClientRect();
      const frame = part.getBoundingClientRect();
      if (bottom > frame.bottom) part.scrollTop += bottom - frame.bottom + 8;
      else if (top < frame.top) part.scrollTop -= frame.top - top + 32;
    }
  }

  /** A state of the diagram is another socket; links in a picture need a hand. */
  #choose(event, walk) {
    const link = event.target.closest("svg a");
    if (!link || !isPlainClick(event)) return;
    event.preventDefault();
    walk.visit(link.href.baseVal, {});
  }

  #onKey(event) {
    const details = this.querySelector("details");
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    remember(false);
    details.open = false;
    this.querySelector("summary").focus();
  }
}

/** For the page above the open dock; the style sheet would find it out at each step. */
function makeRoom(open) {
  document.documentElement.toggleAttribute("data-dock", open);
}

function remember(open) {
  store(KEY, open ? "open" : "closed");
}
