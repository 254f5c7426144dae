// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Which decision is asked about next, and how far one may go before it. A step is {n, verdict, ...},
// its verdict empty where nothing is decided; `reached` is the last step that was seen.

/** The first decision behind what was reached; undefined where none is left. */
export function nextQuestion(steps, reached) {
  return steps.find((step) => step.verdict && step.n > reached);
}

/** Whether a step can be shown without asking first. */
export function isFree(steps, reached, n) {
  const question = nextQuestion(steps, reached);
  return !question || n < question.n;
}
