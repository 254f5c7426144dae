// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of a walkthrough: steps without a request, other sockets without a reload.
// The address is the truth at every moment.
//
// Others listen here: "walk:step" after each step (detail: {step, steps}; step is 0 while the
// whole path is shown) and "walk:shown" after another address was brought in.

import { ways } from "../core/steps.js";
import { element, isPlainClick } from "../dom/document.js";
import { stepsIn } from "../dom/steps.js";
import { CodePainter, StepPainter } from "./painters.js";
import { askServer, PageVisits } from "./page-visits.js";
import { WalkPlayer } from "./walk-player.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class WalkThrough extends HTMLElement {
  /** Who makes the page of an address; where there is no server somebody else does. */
  static ask = askServer;

  #steps = null;
  #painters = null;
  #visits = null;
  // What says it on the page is replaced by each visit; what is to be announced has to stay.
  #news = element("p", { className: "spoken", role: "status" });

  connectedCallback() {
    this.append(this.#news);
    this.addEventListener("click", (event) => this.#onClick(event));
    this.#visits = new PageVisits(this, (keepsForm) => this.#onShown(keepsForm));
    new WalkPlayer(this);
  }

  get step() {
    return Number(this.dataset.step) || 0;
  }

  get steps() {
    if (!this.#steps) {
      dispatchEvent(new Event("unfold"));
      this.#steps = stepsIn(this);
    }
    return this.#steps;
  }

  /** Which of the steps within the step is shown; 0 for the step itself. */
  get inner() {
    return Number(this.dataset.inside?.split(".")[1]) || 0;
  }

  /** Shows a step, or the k-th of those within it; everything on the page follows in the same moment. */
  go(n, k = 0) {
    const step = this.steps[n - 1];
    if (!step) return;
    const inner = step.within[k - 1];
    const isIn = inner || this.inner;
    this.dataset.step = n;
    if (inner) this.dataset.inside = `${n}.${k}`;
    else delete this.dataset.inside;
    this.#painters ??= [new CodePainter(this, this.#steps), new StepPainter(this, this.#steps)];
    for (const painter of this.#painters) painter.paint(n, k);
    if (isIn) import("./callee-painter.js").then((it) => it.paintCallees(this, step, k));
    history.replaceState(null, "", (inner ?? step).href);
    this.#tell("walk:step");
    // Last: what listens may have covered a part of the window.
    // The eye can follow a step; a page that opens at a place is there at once.
    const behavior = STILL.matches ? "instant" : "smooth";
    this.querySelector(`#L${step.line}`)?.scrollIntoView({ block: "nearest", behavior });
  }

  /** The page of an address: {ok, address, fresh}. */
  ask(url, signal) {
    return WalkThrough.ask(url, signal);
  }

  /** Shows another address of this walkthrough. */
  visit(url, options) {
    return this.#visits.visit(url, options);
  }

  #tell(name) {
    const detail = { step: this.step, steps: this.steps };
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  #onShown(keepsForm) {
    this.#steps = this.#painters = null;
    const place = keepsForm ? null : this.querySelector("main [autofocus]");
    place?.focus({ preventScroll: true });
    place?.closest(".line").scrollIntoView({ block: "center" });
    this.#tell("walk:shown");
    this.#announce();
  }

  /** What becomes of another socket: nothing to a reader who predicts it; in a challenge, how that stands. */
  #announce() {
    const outcome = this.matches(".is-predicting") ? null : this.querySelector(".outcome .sentences");
    const text = this.querySelector("[data-news]")?.dataset.news || outcome?.textContent || "";
    if (this.#news.textContent !== text) this.#news.textContent = text;
  }

  #onClick(event) {
    const link = event.target.closest("a");
    if (!link?.href || event.defaultPrevented || !isPlainClick(event) || !isOurs(link, this.dataset.home)) return;
    const name = link.dataset.go;
    if (name && name !== "whole") {
      event.preventDefault();
      const target = ways(this.steps, this.step, this.inner)[name];
      if (target) this.go(target.n, target.k);
      return;
    }
    const step = link.closest("#steps, .ways-in") && new URL(link.href).searchParams.get("step");
    event.preventDefault();
    link.closest(":popover-open")?.hidePopover();
    if (step) this.go(...step.split(".").map(Number));
    else this.visit(link.href, {});
  }
}

/** A link into this walkthrough that is a page, and not a place in the one that is open. */
function isOurs(link, home) {
  return (
    link.origin === location.origin &&
    `${link.pathname}/`.startsWith(`${home.replace(/\/$/, "")}/`) &&
    !link.getAttribute("href").startsWith("#") &&
    link.dataset.reload === undefined
  );
}
