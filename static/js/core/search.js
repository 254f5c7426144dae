// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Finding words in the entries of a page. An entry is {kind, title, text, href}. The title of "prose"
// only says where it stands: a word of the query has to be in its text.

const WEIGHT = { title: 4, code: 2, prose: 1 };

/** Spellings of one thing: a query with one of them finds the others too. In small letters. */
const SPELLINGS = [
  ["复位", "重置"],
  ["econnreset", "104"],
  ["epipe", "32"],
  ["eaddrinuse", "98"],
  ...["fin_wait1", "fin_wait2", "time_wait", "close_wait", "last_ack", "syn_sent"].map((name) => {
    const numbered = name.replace(/(\d)$/, "_$1");
    return [...new Set([name, numbered, name.replaceAll("_", "-"), numbered.replaceAll("_", "-")])];
  }),
];

/**
 * The entries that hold every word, best first; an empty query finds nothing.
 * @returns {{all: number, found: Array}} how many there are, and the first of them
 */
export function find(entries, query, limit = 40) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean).map(spellingsOf);
  const found = [];
  if (!words.length) return { all: 0, found };
  for (const [order, entry] of entries.entries()) {
    const title = entry.title.toLowerCase();
    const text = entry.text.toLowerCase();
    if (!words.every((word) => holds(title, word) || holds(text, word))) continue;
    if (entry.kind === "prose" && !words.some((word) => holds(text, word))) continue;
    const inTitle = entry.kind === "prose" ? 0 : words.filter((word) => holds(title, word)).length;
    found.push({ entry, rank: inTitle * WEIGHT.title + (WEIGHT[entry.kind] ?? 0), order });
  }
  found.sort((a, b) => b.rank - a.rank || a.order - b.order);
  const first = found.slice(0, limit).map(({ entry }) => ({ ...entry, excerpt: excerpt(entry.text, words.flat()) }));
  return { all: found.length, found: first };
}

/** A word as it may be spelled; nstat's prefix of a counter is left out where the text may lack it. */
function spellingsOf(/** @type {string} */ word) {
  const bare = word.replace(/^tcp(?:ext)?(?=tcp|outrsts|estabresets)/, "");
  return SPELLINGS.find((spellings) => spellings.includes(bare)) ?? [bare];
}

function holds(/** @type {string} */ text, /** @type {string[]} */ spellings) {
  return spellings.some((spelling) => text.includes(spelling));
}

/** The part of a text around the first word, as [before, word, after]; null where none is in it. */
export function excerpt(text, words, around = 60) {
  const lower = text.toLowerCase();
  const hits = words.map((word) => [lower.indexOf(word), word.length]).filter(([at]) => at >= 0);
  if (!hits.length) return null;
  const [at, length] = hits.sort((a, b) => a[0] - b[0])[0];
  const start = Math.max(0, at - around);
  const end = Math.min(text.length, at + length + around);
  return [
    (start ? "…" : "") + text.slice(start, at),
    text.slice(at, at + length),
    text.slice(at + length, end) + (end < text.length ? "…" : ""),
  ];
}
