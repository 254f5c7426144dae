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

/**
 * Where each button leads from a step, or from the k-th of those within it: {n, k}, or null for nowhere.
 * Forward and back step over what a step has called; k is 0 for the step itself.
 */
export function ways(steps, n, k) {
  const depths = [0, ...(steps[n - 1]?.within ?? []).map((step) => step.depth)];
  const at = (to) => (to ? { n: to, k: 0 } : null);
  const inside = (to) => ({ n, k: to });
  const { first, back, forward, last, decision } = targets(steps, n);
  const over = depths.findIndex((depth, to) => k > 0 && to > k && depth <= depths[k]);
  const before = (/** @type {(depth: number) => boolean} */ is) => inside(depths.findLastIndex((depth, to) => to < k && is(depth)));
  return {
    first: at(k ? 1 : first),
    back: k ? before((depth) => depth <= depths[k]) : at(back),
    forward: over > 0 ? inside(over) : at(forward),
    last: at(k ? steps.length : last),
    decision: at(decision),
    into: depths[k + 1] > depths[k] ? inside(k + 1) : null,
    out: k ? before((depth) => depth < depths[k]) : null,
  };
}

// Which decision is asked about next, and how far one may go before it; `reached` is the last step that was seen.

/** The first decision behind what was reached; undefined where none is left. */
export function nextQuestion(steps, reached) {
  return steps.find((step) => step.verdict && step.n > reached);
}

/** Whether a step can be shown without asking first. */
export function isFree(steps, reached, n) {
  const question = nextQuestion(steps, reached);
  return !question || n < question.n;
}

/** The text with {names} replaced by values. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// When a thing is there: from the step `at`, up to but without `until`. The server says the same.

/** The step of the latest change up to a step (0: the whole path, where nothing is the latest). */
export function latest(spans, step) {
  return Math.max(0, ...spans.map(({ at }) => (at <= step ? at : 0)));
}

/** "out", "done" or "now": what a span is at a step. */
export function when({ at, until }, step, last) {
  const here = step || Number.MAX_SAFE_INTEGER;
  if (here < at || here >= until) return "out";
  return at && at === last ? "now" : "done";
}
