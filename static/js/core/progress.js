// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A reader's progress, and where it is kept: this browser's storage, one entry for each walkthrough.

import { store, stored } from "./storage.js";

/**
 * @typedef {object} Progress
 * @property {string[]} branches seen, as `unread/true`
 * @property {string[]} paths seen, see `withNames`
 * @property {string[]} challenges solved
 * @property {Record<string, {right: number, all: number, streak: number}>} predictions of each decision
 */

const MAX_NAMES = 300;
const MAX_COUNT = 1e6;
/** A decision is mastered after so many right predictions in a row. */
export const MASTERED = 3;

const NAME = /^[a-z][a-z0-9_/-]{0,60}$/;

/** @returns {Progress} */
export function noProgress() {
  return { branches: [], paths: [], challenges: [], predictions: {} };
}

/** Progress from what storage held; anything that is none of ours is left out. */
export function parseProgress(text) {
  const progress = noProgress();
  try {
    const found = JSON.parse(text);
    if (found.version !== 1) return progress;
    progress.branches = names(found.branches);
    progress.paths = names(found.paths ?? []);
    progress.challenges = names(found.challenges);
    for (const [id, entry] of Object.entries(found.predictions).slice(0, MAX_NAMES)) {
      const all = count(entry?.all);
      if (!NAME.test(id) || !all) continue;
      const right = Math.min(count(entry.right), all);
      progress.predictions[id] = { right, all, streak: Math.min(count(entry.streak), right) };
    }
  } catch {
    // Nothing stored, or not by us.
  }
  return progress;
}

export function storedForm(progress) {
  return JSON.stringify({ version: 1, ...progress });
}

/**
 * The progress with more seen or solved.
 * @param {Progress} progress
 * @param {"branches" | "paths" | "challenges"} key a path is `w`, then for each decision `t`, `f`, or `-` where it is not met
 * @param {string[]} more
 */
export function withNames(progress, key, more) {
  return { ...progress, [key]: names([...progress[key], ...more]) };
}

/** The progress with one more prediction. */
export function withPrediction(progress, id, isRight) {
  const { right, all, streak } = progress.predictions[id] ?? { right: 0, all: 0, streak: 0 };
  const entry = {
    right: count(right + (isRight ? 1 : 0)),
    all: count(all + 1),
    streak: isRight ? count(streak + 1) : 0,
  };
  return { ...progress, predictions: { ...progress.predictions, [id]: entry } };
}

/** `new`, `wrong` the last time, `some` or `mastered`. */
export function levelOf(progress, id) {
  const entry = progress.predictions[id];
  if (!entry) return "new";
  if (!entry.streak) return "wrong";
  return entry.streak >= MASTERED ? "mastered" : "some";
}

/** Right predictions and all of them. */
export function score(progress) {
  const entries = Object.values(progress.predictions);
  const sum = (key) => entries.reduce((total, entry) => total + entry[key], 0);
  return { right: sum("right"), all: sum("all") };
}

/** The names among what was found, each once. */
export function names(found) {
  const good = found.filter((name) => typeof name === "string" && NAME.test(name));
  return [...new Set(good)].slice(0, MAX_NAMES);
}

function count(value) {
  return Number.isInteger(value) && value > 0 ? Math.min(value, MAX_COUNT) : 0;
}

const keyOf = (walkthrough) => `progress:${walkthrough}`;

export function readProgress(walkthrough) {
  return parseProgress(stored(keyOf(walkthrough)));
}

/** Applies a change to what is stored now; another tab may have been at it. */
export function changeProgress(walkthrough, change) {
  const progress = change(readProgress(walkthrough));
  store(keyOf(walkthrough), storedForm(progress));
  return progress;
}
