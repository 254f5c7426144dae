// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a step means: for the code, its lines, forks and rail; and for the words, the list of steps, the
// block in question, the player. Everything is on the page from the start, and a step only lights or
// hides it, so that nothing moves. The nodes are looked up once; a step touches those that change.

import { filled, lineStates, ways, when } from "../core/steps.js";
import { markButtons, markMoment, momentOf } from "../dom/steps.js";

export class CodePainter {
  #steps;
  #blocks;
  #lines;
  #forks;
  #moments;

  /** @param {HTMLElement} walk whose code the server has just rendered */
  constructor(walk, steps) {
    this.#steps = steps;
    this.#blocks = walk.querySelector(".blocks");
    this.#lines = [...this.#blocks.querySelectorAll(".line[data-path='on']")].map((node) => ({
      node,
      number: Number(node.dataset.line),
      state: node.dataset.when,
    }));
    this.#forks = this.#lines.flatMap(({ node, number }) => {
      const branches = [...node.querySelectorAll(".way")];
      if (!branches.length) return [];
      const decided = steps.filter((step) => step.line === number);
      return [{ station: node.querySelector(".station"), branches, decided, verdict: null }];
    });
    this.#moments = [...walk.querySelectorAll(".code [data-at], .rail-map [data-at]")].map(momentOf);
  }

  paint(n) {
    this.#blocks.classList.add("is-stepping");
    const states = lineStates(this.#steps, n);
    for (const line of this.#lines) markMoment(line, states.get(line.number));
    for (const fork of this.#forks) {
      decide(fork, fork.decided.findLast((step) => step.n <= n)?.verdict ?? "");
    }
    // What is now is marked by its line: nothing here is the latest.
    for (const moment of this.#moments) markMoment(moment, when(moment, n, 0));
  }
}

function decide(fork, verdict) {
  if (fork.verdict === verdict) return;
  fork.verdict = verdict;
  showWay(fork.station, fork.branches, verdict);
}

/** Marks the way that a decision went; "" for none. */
export function showWay(station, branches, verdict) {
  if (verdict) station.dataset.way = verdict;
  else delete station.dataset.way;
  for (const way of branches) {
    const isTaken = way.dataset.way === verdict;
    way.toggleAttribute("data-taken", isTaken);
    way.ariaCurrent = isTaken ? "true" : null;
  }
}

export class StepPainter {
  #steps;
  #blocks;
  #current;
  #player;
  #inOut;
  #parts;

  /** @param {HTMLElement} walk whose parts the server has just rendered */
  constructor(walk, steps) {
    this.#steps = steps;
    this.#current = walk.querySelector("#steps [aria-current]");
    this.#player = walk.querySelector(".player");
    this.#inOut = [...this.#player.querySelectorAll(".in-out")];
    const part = (selector) => this.#player.querySelector(selector);
    this.#parts = {
      where: part(".where"),
      at: part(".where .at"),
      whole: part(".where .whole"),
      why: part(".why > span"),
      progress: part("progress"),
      spoken: part(":scope > .spoken"),
      buttons: part(".buttons"),
    };
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
    this.#current?.removeAttribute("aria-current");
    this.#current = step.item;
    this.#current.setAttribute("aria-current", "step");
  }

  #markButtons(n, k) {
    const to = ways(this.#steps, n, k);
    const at = (place) => this.#steps[place.n - 1].within[place.k - 1] ?? this.#steps[place.n - 1];
    for (const link of this.#inOut) {
      const { go, text } = link.dataset;
      const target = to[go];
      link.hidden = !target;
      if (!target) continue;
      link.href = at(target).href;
      link.textContent = filled(text, { function: `${at(go === "into" ? target : { n, k }).of}()` });
    }
    markButtons(this.#parts.buttons, (go) => to[go] && at(to[go]).href);
  }

  #tell(step, n) {
    const { where, at, whole, progress, spoken } = this.#parts;
    const place = step.of ? { step: `${n}.${step.n}`, function: `${step.of}()` } : { step: n };
    at.textContent = filled(where.dataset.stepping, { ...place, count: this.#steps.length });
    this.#player.classList.remove("is-whole");
    whole.hidden = false;
    const why = step.item.querySelector(".why");
    // A new element each time: a text of another height is not one that moved.
    const reason = document.createElement("span");
    reason.append(...(why ? why.cloneNode(true).childNodes : []));
    this.#parts.why.replaceChildren(reason);
    progress.value = n - 1;
    const { text, inside, join } = spoken.dataset;
    const effects = [...step.item.querySelectorAll(":scope > .effects > .effect")].map((effect) => effect.textContent);
    const did = [step.verdict && `${step.verdict}:`, why?.textContent].filter(Boolean).join(" ");
    spoken.textContent = filled(step.of ? inside : text, { ...place, line: step.line, why: [did, effects.join(join)].filter(Boolean).join(" ") });
  }
}
