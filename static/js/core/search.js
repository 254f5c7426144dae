// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Looking words up in the index that the server has made (app/walkthrough/search/index.py, whose
// `find` is the same, and gives the same): of each word how much it tells, then entries and weights.

const MAX_QUERY = 200;
const MAX_WORDS = 16;
const [SAME, STEM, BEGINS] = [10, 7, 5];
const NAME = /[A-Za-z0-9_]+(?:\.[0-9]+)*|[㐀-鿿]+/g;
const ENDING = /(?<=^[a-z]{3})([a-z]*?)(?:ing|ed|es|e|s)$/;

/** The words of a query, in small letters; of Chinese every two characters that follow. */
export function wordsOf(/** @type {string} */ text) {
  const names = text.normalize("NFKC").match(NAME) ?? [];
  return names.flatMap((name) => (name >= "㐀" ? pairs(name) : [name.toLowerCase()])).slice(0, MAX_WORDS);
}

function pairs(/** @type {string} */ text) {
  return Array.from({ length: Math.max(1, text.length - 1) }, (_, n) => text.slice(n, n + 2));
}

/**
 * The numbers of the entries that a query means, the best one first.
 * @param {Record<string, number[]>} index
 * @returns {number[]}
 */
export function find(index, query) {
  const totals = new Map();
  let whole = 0;
  for (const word of wordsOf(Array.from(query).slice(0, MAX_QUERY).join(""))) {
    for (const [tells, found] of lookups(index, word)) {
      whole += tells;
      for (const [number, value] of found) {
        const [total, said] = totals.get(number) ?? [0, 0];
        totals.set(number, [total + tells * value, said + tells]);
      }
    }
  }
  return [...totals]
    .filter(([, [, said]]) => said * 2 >= whole)
    .map(([number, [total, said]]) => ({ number, rank: total * said * said }))
    .sort((a, b) => b.rank - a.rank || a.number - b.number)
    .map(({ number }) => number);
}

function lookups(index, word) {
  const found = lookup(index, word);
  if (found || !word.includes("_")) return found ? [found] : [];
  return word.split("_").filter(Boolean).map((part) => lookup(index, part)).filter(Boolean);
}

function lookup(index, word) {
  const fits = [[word, SAME], [word.replace(ENDING, "$1"), STEM]];
  let known = fits.filter(([one]) => Object.hasOwn(index, one)).map(([one, fit]) => [index[one], fit]);
  if (!known.length) known = Object.keys(index).filter((name) => name.startsWith(word)).map((name) => [index[name], BEGINS]);
  if (!known.length) return null;
  const values = new Map();
  for (const [row, fit] of known) {
    for (let at = 1; at < row.length; at += 2) {
      values.set(row[at], Math.max(values.get(row[at]) ?? 0, row[at + 1] * fit));
    }
  }
  return [Math.min(...known.map(([row]) => row[0])), values];
}

/** What stands around the first of some words: before it, the word (empty where there is none), behind it. */
export function excerpt(text, words, around = 60) {
  const lower = text.toLowerCase();
  const hits = words.map((word) => [lower.indexOf(word), word.length]).filter(([at]) => at >= 0);
  if (!hits.length) return [text.slice(0, 2 * around) + (text.length > 2 * around ? "…" : ""), "", ""];
  const [at, length] = hits.sort((a, b) => a[0] - b[0] || a[1] - b[1])[0];
  const start = Math.max(0, at - around);
  const end = Math.min(text.length, at + length + around);
  return [
    (start ? "…" : "") + text.slice(start, at),
    text.slice(at, at + length),
    text.slice(at + length, end) + (end < text.length ? "…" : ""),
  ];
}

/** The address of an entry's place: `symptoms/close-wait`, `?recv=300`, `#fn-sock_put`. */
export function addressOf(/** @type {string} */ home, /** @type {string} */ place) {
  const [, path, query, fragment] = /^([^?#]*)\??([^#]*)#?(.*)$/.exec(place) ?? [];
  const url = new URL(home);
  // Of the files of the export each page is a folder.
  if (path) url.pathname += url.pathname.endsWith("/") ? `${path}/` : `/${path}`;
  url.search = [query, url.search.slice(1)].filter(Boolean).join("&");
  url.hash = fragment;
  return url.href;
}
