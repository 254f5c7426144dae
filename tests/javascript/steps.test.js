// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Steps of a path: what they mean for the lines, the player, the questions and the slides.

import assert from "node:assert/strict";
import { test } from "node:test";
import { atStep, begun, leave, moved, slideOf } from "../../static/js/core/deck-moves.js";
import { filled, isFree, latest, lineStates, nextQuestion, targets, ways, when } from "../../static/js/core/steps.js";

const STEPS = [
  { n: 1, line: 2, end: 2, verdict: "" },
  { n: 2, line: 3, end: 4, verdict: "true" },
  { n: 3, line: 3, end: 4, verdict: "false" },
  { n: 4, line: 9, end: 9, verdict: "" },
];
const SLIDES = [
  { id: "start", start: 0, end: 0 },
  { id: "loop", start: 2, end: 4 },
  { id: "exit", start: 5, end: 9 },
];
const WHOLE = { slide: "loop", query: "recv=300", step: null, from: null };

test("another path begins before the slide, if it comes by and something is decided there", () => {
  const late = [{ n: 1, line: 1, end: 1, verdict: "" }, ...STEPS.map((step) => ({ ...step, n: step.n + 1 }))];
  assert.deepEqual(begun(WHOLE, SLIDES, late), { ...WHOLE, step: 1, from: "loop" });
  assert.deepEqual(begun(WHOLE, SLIDES, STEPS), WHOLE);
  assert.deepEqual(begun({ ...WHOLE, slide: "exit", step: 3 }, SLIDES, STEPS), { ...WHOLE, slide: "exit" });
  assert.deepEqual(begun({ ...WHOLE, slide: "start" }, SLIDES, STEPS), { ...WHOLE, slide: "start" });
});

test("a line is done, now or ahead; now wins over done, and done over ahead", () => {
  assert.deepEqual([...lineStates(STEPS, 3)], [[2, "done"], [3, "now"], [4, "now"], [9, "ahead"]]);
  assert.deepEqual([...lineStates(STEPS, 1)], [[2, "now"], [3, "ahead"], [4, "ahead"], [9, "ahead"]]);
});

test("the player's buttons lead from step to step, and nowhere at the ends", () => {
  assert.deepEqual(targets(STEPS, 0), { first: 1, back: null, forward: 1, last: 4, decision: 2 });
  assert.deepEqual(targets(STEPS, 2), { first: 1, back: 1, forward: 3, last: 4, decision: 3 });
  assert.deepEqual(targets(STEPS, 4), { first: 1, back: 3, forward: null, last: null, decision: null });
  assert.equal(targets(STEPS, 1).first, null);
});

test("forward and back step over what a step calls; into and out do not", () => {
  const within = [1, 2, 2, 1].map((depth, at) => ({ n: at + 1, depth }));
  const steps = STEPS.map((step) => ({ ...step, within: step.n === 2 ? within : [] }));
  const from = (n, k) => Object.fromEntries(Object.entries(ways(steps, n, k)).map(([name, to]) => [name, to && `${to.n}.${to.k}`]));
  assert.deepEqual(from(2, 0), { first: "1.0", back: "1.0", forward: "3.0", last: "4.0", decision: "3.0", into: "2.1", out: null });
  assert.deepEqual(from(2, 1), { first: "1.0", back: "2.0", forward: "2.4", last: "4.0", decision: "3.0", into: "2.2", out: "2.0" });
  assert.deepEqual(from(2, 3), { first: "1.0", back: "2.2", forward: "2.4", last: "4.0", decision: "3.0", into: null, out: "2.1" });
  assert.deepEqual(from(2, 4), { first: "1.0", back: "2.1", forward: "3.0", last: "4.0", decision: "3.0", into: null, out: "2.0" });
  assert.equal(from(1, 0).into, null);
});

test("a text is filled with what is known, and keeps the names of what is not", () => {
  assert.equal(filled("{a} of {b}: {c}", { a: 0, b: "two" }), "0 of two: {c}");
});

test("a moment is there from its step until it is over, and the latest is now", () => {
  const span = { at: 3, until: 5 };
  assert.deepEqual([1, 3, 4, 5, 0].map((step) => when(span, step, 3)), ["out", "now", "now", "out", "out"]);
  assert.equal(when({ at: 3, until: Infinity }, 4, 4), "done");
  assert.equal(when({ at: 3, until: Infinity }, 0, 0), "done");
  assert.equal(latest([{ at: 2 }, { at: 6 }], 4), 2);
  assert.equal(latest([{ at: 2 }], 0), 0);
});

test("who predicts is asked before each decision that was not reached yet", () => {
  assert.equal(nextQuestion(STEPS, 0), STEPS[1]);
  assert.equal(nextQuestion(STEPS, 2), STEPS[2]);
  assert.equal(nextQuestion(STEPS, 3), undefined);
  assert.deepEqual([1, 2, 4].map((n) => isFree(STEPS, 0, n)), [true, false, false]);
  assert.equal(isFree(STEPS, 3, 4), true);
});

test("forward and back are slides, and steps while a path is walked", () => {
  const go = (view, move) => moved(view, move, SLIDES, STEPS);
  assert.equal(go(WHOLE, "forward")?.slide, "exit");
  assert.equal(go(WHOLE, "back")?.slide, "start");
  assert.equal(go({ ...WHOLE, slide: "exit" }, "forward"), null);
  assert.equal(go({ ...WHOLE, slide: "exit" }, "last"), null);
  assert.equal(go({ ...WHOLE, slide: "start" }, "first"), null);
  const walk = go(WHOLE, "walk");
  assert.deepEqual(walk, { ...WHOLE, step: 1, from: "loop" });
  assert.equal(go(walk, "forward").step, 2);
  assert.deepEqual(go(walk, "back"), WHOLE);
  assert.deepEqual(go(walk, "last"), { ...WHOLE, slide: "exit", step: 4, from: "loop" });
  assert.deepEqual(go(go(walk, "last"), "forward"), WHOLE);
  assert.deepEqual(go(go(walk, "last"), "whole"), { ...WHOLE, slide: "exit" });
  assert.equal(go(go(walk, "last"), "next-slide"), null);
  assert.equal(go(walk, "next-slide").step, null);
  assert.equal(go(WHOLE, "decision").step, 2);
  assert.equal(go(WHOLE, "whole"), null);
  assert.equal(go(WHOLE, "nothing-of-ours"), null);
});

test("a walk begins where the path first meets the slide, or at its beginning", () => {
  assert.equal(moved({ ...WHOLE, slide: "exit" }, "walk", SLIDES, STEPS).step, 4);
  assert.equal(moved({ ...WHOLE, slide: "start" }, "walk", SLIDES, STEPS).step, 1);
  assert.equal(slideOf(SLIDES, 7), "exit");
  assert.equal(slideOf(SLIDES, 99), "start");
  assert.deepEqual(leave(atStep(WHOLE, 4, STEPS, SLIDES)), WHOLE);
});
