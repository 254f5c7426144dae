// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The likeliest meaning of a misspelt word: what stands in both, in the same order, as a share of
// all letters (Ratcliff and Obershelp), as the program has it.

const ENOUGH = 0.6;

/** How many letters two texts have in common, counted from their longest common piece outwards. */
function shared(one, two) {
  let [length, start, other] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    for (let j = 0; j < two.length; j++) {
      let n = 0;
      while (i + n < one.length && j + n < two.length && one[i + n] === two[j + n]) n++;
      if (n > length) [length, start, other] = [n, i, j];
    }
  }
  if (!length) return 0;
  return (
    length +
    shared(one.slice(0, start), two.slice(0, other)) +
    shared(one.slice(start + length), two.slice(other + length))
  );
}

/** The candidate that reads most like `word` (case ignored), null where none comes close. */
export function nearest(word, candidates) {
  const asked = word.slice(0, 80).toLowerCase();
  let [best, found] = [ENOUGH, null];
  for (const candidate of candidates) {
    const text = candidate.toLowerCase();
    const ratio = (2 * shared(text, asked)) / (text.length + asked.length);
    if (ratio > best || (ratio === best && found === null)) [best, found] = [ratio, candidate];
  }
  return found;
}
