// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What the export wrote for this script: each file is fetched once.

import { addressOf } from "./site.js";

const folder = new URL("../../edition/", import.meta.url);
const kept = new Map();

function once(url, read) {
  if (!kept.has(url)) {
    const asked = fetch(url).then((response) => {
      if (!response.ok) throw new Error(`${url} is not there`);
      return read(response);
    });
    // What could not be had is asked for again.
    asked.catch(() => kept.delete(url));
    kept.set(url, asked);
  }
  return kept.get(url);
}

const asJson = (response) => response.json();

/** Inputs, paths, examples and places of a walkthrough. */
export function factsOf(id) {
  return once(new URL(`${id}.json`, folder).href, asJson);
}

/** The pages of the examples in a language, and the words that go with them. */
export function pagesOf(id, lang) {
  return once(new URL(`${id}.${lang}.json`, folder).href, asJson);
}

/** The page of the default socket, as text. */
export function wholePage(id, lang) {
  return once(addressOf(lang, id), (response) => response.text());
}

/** The pages that a query picks: `atlas`, `compare` or `lab`. */
export function pickedPages(id, page, lang) {
  return once(new URL(`${id}.${page}.${lang}.json`, folder).href, asJson);
}

/** Where the traces for the slides are. */
export function tracesAddress(id, lang) {
  return new URL(`${id}.slides.${lang}.json`, folder).href;
}
