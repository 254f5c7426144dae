// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a step means for the lines, as plain data. A step is {n, line, end, verdict, ...}.

/**
 * For each line that the path touches: "done", "now" or "ahead" of the current step.
 * @param {Array<{n: number, line: number, end: number}>} steps
 * @param {number} current 1-based
 * @returns {Map<number, string>}
 */
export function lineStates(steps, current) {
  const states = new Map();
  for (const step of steps) {
    const state = step.n === current ? "now" : step.n < current ? "done" : "ahead";
    for (let line = step.line; line <= step.end; line++) {
      const known = states.get(line);
      if (known !== "now" && !(known === "done" && state === "ahead")) states.set(line, state);
    }
  }
  return states;
}

/** Where each button of the player leads from a step (0: the whole path); null for nowhere. */
export function targets(steps, current) {
  const count = steps.length;
  const next = steps.find((step) => step.n > current && step.verdict);
  return {
    first: current === 1 ? null : 1,
    back: current > 1 ? current - 1 : null,
    forward: current < count ? current + 1 : null,
    last: current === count ? null : count,
    decision: next ? next.n : null,
  };
}

/** The text with {names} replaced by values. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
