// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a step means for the code: its lines, its forks, its rail. Everything is on the page from
// the start, and a step only lights or hides it, so that nothing moves. The nodes are looked up
// once; a step touches those that change.

import { when } from "../core/moments.js";
import { lineStates } from "../core/steps.js";

export class CodePainter {
  #steps;
  #blocks;
  #lines;
  #forks;
  #moments;
  #tracks;

  /** @param {HTMLElement} walk whose code the server has just rendered */
  constructor(walk, steps) {
    this.#steps = steps;
    this.#blocks = walk.querySelector(".blocks");
    this.#lines = [...this.#blocks.querySelectorAll(".line[data-path='on']")];
    this.#forks = this.#lines.flatMap((line) => {
      const ways = [...line.querySelectorAll(".way")];
      const number = Number(line.dataset.line);
      const decided = ways.length ? steps.filter((step) => step.line === number) : [];
      return ways.length ? [{ ways, decided }] : [];
    });
    this.#moments = [...this.#blocks.querySelectorAll("[data-at]")].map((node) => ({
      node,
      at: Number(node.dataset.at),
      until: Number(node.dataset.until ?? Infinity),
    }));
    const firsts = new Map([["e", 0]]);
    for (const { origin, n } of steps) if (!firsts.has(origin)) firsts.set(origin, n);
    this.#tracks = [...this.#blocks.querySelectorAll(".tracks path")].flatMap((track) => {
      const origins = track.dataset.by.split(" ").map((origin) => firsts.get(origin) ?? Infinity);
      const since = Math.min(...origins);
      return since === Infinity ? [] : [{ track, since }];
    });
  }

  paint(n) {
    this.#blocks.classList.add("is-stepping");
    const states = lineStates(this.#steps, n);
    for (const line of this.#lines) mark(line, states.get(Number(line.dataset.line)));
    for (const { ways, decided } of this.#forks) {
      const verdict = decided.findLast((step) => step.n <= n)?.verdict;
      for (const way of ways) {
        const isTaken = way.dataset.way === verdict;
        way.toggleAttribute("data-taken", isTaken);
        way.ariaCurrent = isTaken ? "true" : null;
      }
    }
    // What is now is marked by its line: nothing here is the latest.
    for (const moment of this.#moments) mark(moment.node, when(moment, n, 0));
    for (const { track, since } of this.#tracks) light(track, since <= n);
  }
}

function mark(node, state) {
  if (node.dataset.when !== state) node.dataset.when = state;
}

function light(track, isOn) {
  if (track.classList.contains("on") === isOn) return;
  track.classList.toggle("on", isOn);
  track.classList.toggle("ahead", !isOn);
  // What is drawn last lies on top.
  if (isOn && track.nextElementSibling) track.parentNode.append(track);
}
