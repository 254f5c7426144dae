// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What this browser keeps, for good or (`sessionStorage`) for a tab alone. Where that is forbidden it
// lasts as long as the page.

const kept = new Map();

/** The text that is kept under a key, null for none. */
export function stored(key, area = "localStorage") {
  try {
    return globalThis[area].getItem(key);
  } catch {
    return kept.get(key) ?? null;
  }
}

export function store(key, text, area = "localStorage") {
  try {
    globalThis[area].setItem(key, text);
  } catch {
    kept.set(key, text);
  }
}
