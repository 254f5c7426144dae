// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Progress as a file that a reader takes along: what is written, what is taken in, and how two become one.

import { names, parseProgress } from "./progress.js";

const VERSION = 1;
/** In bytes. The most that can be kept is a tenth of this. */
export const MAX_FILE = 1 << 20;

export function fileOf(progress, walkthrough) {
  return JSON.stringify({ version: VERSION, walkthrough, ...progress });
}

/** {progress} of a file's text, or {problem}: "bad", "future" (a newer version's) or "other" (walkthrough). */
export function readFile(text, walkthrough) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    return { problem: "bad" };
  }
  if (!Number.isInteger(found?.version) || found.version < 1) return { problem: "bad" };
  if (found.version > VERSION) return { problem: "future" };
  const isOurs = [found.branches, found.challenges, found.paths ?? []].every(Array.isArray);
  if (!isOurs || found.predictions?.constructor !== Object) return { problem: "bad" };
  // What was exported before files had the name is taken for what it is offered to.
  if ((found.walkthrough ?? walkthrough) !== walkthrough) return { problem: "other" };
  return { progress: parseProgress(text) };
}

/** All that one or the other has. Of a decision's predictions the longer row, which has the other in it
 * where both are of one reader: so a file that comes twice counts once. */
export function merged(one, other) {
  const predictions = { ...one.predictions };
  for (const [id, entry] of Object.entries(other.predictions)) {
    if (entry.all > (predictions[id]?.all ?? 0)) predictions[id] = entry;
  }
  const both = (key) => names([...one[key], ...other[key]]);
  return { branches: both("branches"), paths: both("paths"), challenges: both("challenges"), predictions };
}
