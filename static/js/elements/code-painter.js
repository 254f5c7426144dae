// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a step means for the code: its lines, its forks, its rail. Everything is on the page from
// the start, and a step only lights or hides it, so that nothing moves. The nodes are looked up
// once; a step touches those that change.

import { when } from "../core/moments.js";
import { lineStates } from "../core/steps.js";
import { markMoment, momentOf } from "../dom/steps.js";

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
      const ways = [...node.querySelectorAll(".way")];
      if (!ways.length) return [];
      const decided = steps.filter((step) => step.line === number);
      return [{ station: node.querySelector(".station"), ways, decided, verdict: null }];
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
  showWay(fork.station, fork.ways, verdict);
}

/** Marks the way that a decision went; "" for none. */
export function showWay(station, ways, verdict) {
  if (verdict) station.dataset.way = verdict;
  else delete station.dataset.way;
  for (const way of ways) {
    const isTaken = way.dataset.way === verdict;
    way.toggleAttribute("data-taken", isTaken);
    way.ariaCurrent = isTaken ? "true" : null;
  }
}
