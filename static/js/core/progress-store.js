// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Where the progress is kept: this browser's storage, one entry for each walkthrough.

import { parseProgress, storedForm } from "./progress.js";
import { store, stored } from "./storage.js";

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
