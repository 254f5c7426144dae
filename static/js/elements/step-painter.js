// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a step means for the words: the list of steps, the block in question, the player.

import { filled, ways } from "../core/steps.js";
import { markButtons } from "../dom/steps.js";

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

  paint(n, k) {
    const outer = this.#steps[n - 1];
    const step = outer.within[k - 1] ?? outer;
    this.#markList(step);
    for (const { node, start, end } of this.#blocks) {
      node.classList.toggle("is-current", start <= outer.line && outer.line <= end);
    }
    this.#markButtons(n, k);
    this.#tell(step, n);
  }

  #markList(step) {
    const before = this.#current?.item ?? this.#walk.querySelector("#steps [aria-current]");
    before?.removeAttribute("aria-current");
    step.item.setAttribute("aria-current", "step");
    this.#current = step;
  }

  #markButtons(n, k) {
    const to = ways(this.#steps, n, k);
    const at = (place) => this.#steps[place.n - 1].within[place.k - 1] ?? this.#steps[place.n - 1];
    for (const link of this.#walk.querySelectorAll(".player .in-out")) {
      const { go, text } = link.dataset;
      const target = to[go];
      link.hidden = !target;
      if (!target) continue;
      link.href = at(target).href;
      link.textContent = filled(text, { function: `${at(go === "into" ? target : { n, k }).of}()` });
    }
    markButtons(this.#walk.querySelector(".player"), (go) => to[go] && at(to[go]).href);
  }

  #tell(step, n) {
    const player = this.#walk.querySelector(".player");
    const where = player.querySelector(".where");
    const place = step.of ? { step: `${n}.${step.n}`, function: `${step.of}()` } : { step: n };
    where.querySelector(".at").textContent = filled(where.dataset.stepping, {
      ...place,
      count: this.#steps.length,
    });
    where.querySelector(".whole").hidden = false;
    const why = step.item.querySelector(".why");
    // A new element each time: a text of another height is not one that moved.
    const reason = document.createElement("span");
    reason.append(...(why ? why.cloneNode(true).childNodes : []));
    player.querySelector(".why").replaceChildren(reason);
    player.querySelector("progress").value = n - 1;
    const spoken = player.querySelector(".spoken");
    const { text, inside, join } = spoken.dataset;
    const effects = [...step.item.querySelectorAll(":scope > .effects > .effect")].map((effect) => effect.textContent);
    const did = [step.verdict && `${step.verdict}:`, why?.textContent].filter(Boolean).join(" ");
    spoken.textContent = filled(step.of ? inside : text, { ...place, line: step.line, why: [did, effects.join(join)].filter(Boolean).join(" ") });
  }
}
