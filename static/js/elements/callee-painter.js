// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A step within a step: the function that it is in stands beside the call, with its lines and why.
// Loaded when one first goes into a function.

import { lineStates } from "../core/steps.js";
import { element } from "../dom/document.js";

/**
 * @param {HTMLElement} walk
 * @param {{within: Array}} step of the outermost function
 * @param {number} k which of those within it is shown; 0 for none
 */
export function paintCallees(walk, step, k) {
  const inner = step.within[k - 1];
  for (const callee of walk.querySelectorAll(".callee")) {
    const isHere = callee.id === inner?.of;
    callee.classList.toggle("is-open", isHere);
    if (isHere) paint(callee, step.within.filter(({ of }) => of === inner.of), inner);
  }
}

function paint(callee, steps, { n, line: here }) {
  const states = lineStates(steps, n);
  for (const line of callee.querySelectorAll(".line")) {
    const number = Number(line.dataset.line);
    const state = states.get(number);
    line.dataset.path = state ? "on" : "off";
    if (state) line.dataset.when = state;
    else delete line.dataset.when;
    const done = steps.filter((step) => step.line === number && step.n <= n);
    line.querySelector(".said").replaceChildren(...done.flatMap((step) => said(step, steps)));
    if (number === here) line.scrollIntoView({ block: "nearest" });
  }
}

/** Which way a step went and why, or what it changed; what it called says the latter itself. */
function said({ n, verdict, item, depth }, steps) {
  const why = verdict ? [`${verdict}: ${item.querySelector(".why")?.textContent ?? ""}`] : [];
  const calls = steps.some((step) => step.n === n + 1 && step.depth > depth);
  const did = calls ? [] : [...item.querySelectorAll(".effect")].map((effect) => effect.textContent);
  return [...why, ...did].map((text) => element("span", "", text));
}
