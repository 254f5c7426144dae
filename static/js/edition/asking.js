// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Answers for an address as the program would: the page, what is wrong with the query, or nothing
// where the address is a page of its own.

import { needSheet } from "../dom/sheets.js";
import { factsOf, pagesOf, wholePage } from "./data.js";
import { nearestExample } from "./examples.js";
import { changed, scenarioOf } from "./inputs.js";
import { findPlace, presentName, witnessOf } from "./places.js";
import { readQuery } from "./query.js";
import { beyond, refusal } from "./refusal.js";
import { absolute, addressOf, readAddress } from "./site.js";
import { studyPage } from "./study-page.js";

const wholes = new Map();

/** The page of the default socket as a document to be changed. */
async function freshPage(id, lang) {
  const text = await wholePage(id, lang);
  if (!wholes.has(text)) {
    const whole = new DOMParser().parseFromString(text, "text/html");
    absolute(whole, addressOf(lang, id));
    wholes.set(text, whole);
  }
  return wholes.get(text).cloneNode(true);
}

/** @returns {Promise<{ok: boolean, address: string, whole: string, fresh: Document}>} `whole` has the place too */
export async function askEdition(url) {
  const there = readAddress(url);
  const nothing = { ok: false, address: url, fresh: document.implementation.createHTMLDocument() };
  if (!there?.id) return nothing;
  const { lang, id } = there;
  const [facts, pages] = await Promise.all([factsOf(id), pagesOf(id, lang)]);
  const name = presentName(there.place, facts);
  const focus = name ? findPlace(name, facts) : null;
  if (name && !focus) return nothing;
  const no = (problems) => ({ ...nothing, fresh: refusal(problems, { lang, id, facts, words: pages.words }) });

  const asked = readQuery(there.query, facts);
  if (asked.problems.length) return no(asked.problems);
  const values = focus && !asked.hasScenario ? scenarioOf(witnessOf(focus, facts), facts) : asked.values;
  const near = nearestExample(values, facts);
  if (!near) return no(beyond(values, facts));
  const count = near.example.count;
  // Where the steps are not all this socket's own, its last ones may be fewer here.
  const isOwn = near.differences.every(({ isWord }) => !isWord);
  if (asked.step > count && isOwn) {
    return no([{ code: "out-of-range", key: "step", value: String(asked.step), count }]);
  }
  const view = { ...asked, step: asked.step && Math.min(asked.step, count), values, focus, near };
  if (view.challenge) await needSheet("challenge");
  const fresh = await freshPage(id, lang);
  studyPage(fresh, view, { lang, id, facts, pages });
  const challenge = view.challenge && `challenge=${view.challenge}`;
  const kept = there.query.split("&").filter((pair) => !pair.startsWith("lang="));
  const query = asked.isForm ? [...changed(values, facts), challenge] : kept;
  const whole = addressOf(lang, id, focus?.place, query);
  // Who asked puts the fragment of the question back, which may be the place.
  return { ok: true, address: new URL(url, document.baseURI).hash ? whole.split("#")[0] : whole, whole, fresh };
}
