// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Which of the sockets that were exported is nearest to one that was asked for.

/** The kinds of what is in a value, whatever the numbers and however many: `300-5fin` is `Nfin N`. */
const kinds = (text) => [...new Set(text.replace(/(^|-)[1-9]\d*/g, "$1N").split("-"))].sort().join(" ");

/** Between 0 and 1: how far two numbers are from each other. */
function distance(one, other) {
  const [a, b] = [Number.parseInt(one, 10) || 0, Number.parseInt(other, 10) || 0];
  return Math.abs(a - b) / (Math.abs(a) + Math.abs(b) || 1);
}

/**
 * Fewest differing inputs that its path reads, then those that differ in a number only. Where the
 * path reads none of them it is the same: what it does not read changes nothing.
 * @param {string[][]} asked keys and values, without what is the default
 * @param {{sockets: Record<string, string>, defaults: Record<string, string>}} known
 *   of each socket's query the inputs that its path reads
 * @returns {{query: string, isSame: boolean, differing: string[][]}} [key, asked value, its value]
 */
export function nearest(asked, { sockets, defaults }) {
  const wanted = { ...defaults, ...Object.fromEntries(asked) };
  let best = null;
  for (const [query, reads] of Object.entries(sockets)) {
    const values = { ...defaults, ...Object.fromEntries(new URLSearchParams(query)) };
    const read = reads.split(" ");
    let cost = 0;
    let isSame = true;
    const differing = [];
    for (const [key, value] of Object.entries(wanted)) {
      if (value === values[key]) continue;
      differing.push([key, value, values[key] ?? ""]);
      // A key that is no input changes nothing either, but nobody can be told that it was read.
      if (!read.includes(key)) cost += 0.01;
      else {
        isSame = false;
        cost += kinds(value) === kinds(values[key]) ? 1 + distance(value, values[key]) / 1000 : 1.1;
      }
    }
    if (!best || cost < best.cost) best = { query, isSame, differing, cost };
  }
  return best;
}
