// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// How long to wait before trying again: longer each time, and never all at the same moment.

const FIRST_MS = 1000;
const MOST_MS = 30_000;

/**
 * @param {number} tries how often it has failed already, 0 at first
 * @param {number} least milliseconds that the server asked for
 */
export function waitMs(tries, least = 0, random = Math.random) {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** tries);
  return Math.max(least, most / 2) + random() * (most / 2);
}
