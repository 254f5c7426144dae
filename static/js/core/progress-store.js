// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Where the progress is kept: this browser's storage, one entry for each walkthrough.

import { parseProgress, storedForm } from "./progress.js";

/** In case that storage is forbidden, progress lasts as long as the page. */
const kept = new Map();

const keyOf = (walkthrough) => `progress:${walkthrough}`;

export function readProgress(walkthrough) {
  try {
    return parseProgress(localStorage.getItem(keyOf(walkthrough)));
  } catch {
    return parseProgress(kept.get(walkthrough) ?? null);
  }
}

/** Applies a change to what is stored now; another tab may have been at it. */
export function changeProgress(walkthrough, change) {
  const progress = change(readProgress(walkthrough));
  const text = storedForm(progress);
  try {
    localStorage.setItem(keyOf(walkthrough), text);
  } catch {
    kept.set(walkthrough, text);
  }
  return progress;
}
