// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

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
