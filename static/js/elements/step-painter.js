// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a step means for the words: the list of steps, the block in question, the player.

import { filled, targets } from "../core/steps.js";

export class StepPainter {
  #walk;
  #steps;
  #blocks;
  #current = null;

  /** @param {HTMLElement} walk whose parts the server has just rendered */
  constructor(walk, steps) {
    this.#walk = walk;
    this.#steps = steps;
    this.#blocks = [...walk.querySelectorAll(".block")].map((node) => {
      const [start, end] = node.dataset.block.split("-").map(Number);
      return { node, start, end };
    });
  }

  paint(n) {
    const step = this.#steps[n - 1];
    this.#markList(step);
    for (const { node, start, end } of this.#blocks) {
      node.classList.toggle("is-current", start <= step.line && step.line <= end);
    }
    this.#markButtons(n);
    this.#tell(step);
  }

  #markList(step) {
    const before = this.#current ?? this.#steps.find(({ item }) => item.ariaCurrent);
    before?.item.removeAttribute("aria-current");
    step.item.setAttribute("aria-current", "step");
    this.#current = step;
  }

  #markButtons(n) {
    const to = targets(this.#steps, n);
    for (const button of this.#walk.querySelectorAll(".player [data-go]:not(.whole)")) {
      const target = to[button.dataset.go];
      if (target) {
        button.href = this.#steps[target - 1].href;
        button.removeAttribute("aria-disabled");
        button.removeAttribute("role");
        button.removeAttribute("tabindex");
      } else {
        // It may have the focus, and a link without an address would lose it, the keys with it.
        button.setAttribute("tabindex", "-1");
        button.removeAttribute("href");
        button.setAttribute("aria-disabled", "true");
        button.setAttribute("role", "link");
      }
    }
  }

  #tell(step) {
    const player = this.#walk.querySelector(".player");
    const where = player.querySelector(".where");
    where.querySelector(".at").textContent = filled(where.dataset.stepping, {
      step: step.n,
      count: this.#steps.length,
    });
    where.querySelector(".whole").hidden = false;
    const why = step.item.querySelector(".why");
    // A new element each time: a text of another height is not one that moved.
    const text = document.createElement("span");
    text.append(...(why ? why.cloneNode(true).childNodes : []));
    player.querySelector(".why").replaceChildren(text);
    player.querySelector("progress").value = step.n - 1;
    const spoken = player.querySelector(".spoken");
    const { text: whole, join } = spoken.dataset;
    const effects = [...step.item.querySelectorAll(".effect")].map((effect) => effect.textContent);
    const did = [step.verdict && `${step.verdict}:`, why?.textContent].filter(Boolean).join(" ");
    spoken.textContent = filled(whole, { step: step.n, line: step.line, why: [did, effects.join(join)].filter(Boolean).join(" ") });
  }
}
