// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

/**
 * The text of a page that was packed: runs of chunks, each made of pieces that pages share.
 * @param {{pieces: string[], chunks: number[][]}} pool
 * @param {number[]} runs first chunk, count, first chunk, count, …
 */
export function unpacked({ pieces, chunks }, runs) {
  const parts = [];
  for (let n = 0; n < runs.length; n += 2) {
    for (let chunk = runs[n]; chunk < runs[n] + runs[n + 1]; chunk++) {
      for (const piece of chunks[chunk]) parts.push(pieces[piece]);
    }
  }
  return parts.join("");
}
