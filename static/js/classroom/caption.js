// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What stands below the slide: the step with its reason and effects, or what the path ends in.

import { filled } from "../core/steps.js";
import { element } from "../dom/document.js";
import { fragmentOf } from "../dom/markup.js";
import { chip } from "./write-trace.js";

export class Caption {
  #caption;
  #root;

  constructor(root) {
    this.#root = root;
    this.#caption = root.querySelector(".caption");
  }

  show({ slide, step }, trace, slides) {
    const { dataset } = this.#caption;
    const [at, why, effects] = this.#caption.children;
    const current = step ? trace.steps[step - 1] : null;
    const count = trace.steps.length;
    at.textContent = current ? filled(dataset.step, { step, count, line: current.line }) : filled(dataset.whole, { count });
    if (current) why.replaceChildren(...this.#verdict(current), fragmentOf(current.why));
    else why.replaceChildren(fragmentOf(trace.outcome[0] ?? ""));
    this.#caption.dataset.tone = current ? "" : trace.tone;
    effects.replaceChildren(...(current?.effects ?? []).map(chip));
    this.#text(".situation-at", trace.title ?? dataset.own);
    const number = slides.findIndex(({ id }) => id === slide) + 1;
    const place = this.#root.querySelector(".slide-at");
    if (place) place.textContent = filled(place.dataset.text, { number, count: slides.length });
    this.#root.querySelector("[data-do=walk]")?.setAttribute("aria-pressed", Boolean(step));
    this.#text(".shown-now", current ? `${at.textContent}. ${why.textContent}` : slides[number - 1].title);
  }

  #verdict({ verdict }) {
    if (!verdict) return [];
    const way = element("b", "verdict", verdict);
    way.dataset.way = verdict;
    return [way, " "];
  }

  #text(selector, text) {
    const node = this.#root.querySelector(selector);
    if (node) node.textContent = text;
  }
}
