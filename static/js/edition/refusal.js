// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page that says what is wrong with an address: every problem, and what is allowed.

import { filled } from "../core/steps.js";
import { addressOf } from "./site.js";

const MOST = 80;

function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

const short = (text) => (text?.length > MOST ? `${text.slice(0, MOST - 1)}…` : (text ?? ""));

function allowed({ code, key, count }, { allowed: texts }, { bounds }) {
  if (code === "unknown-key" || code === "given-twice") return texts[code];
  if (code === "beyond") return filled(texts.beyond, bounds);
  if (count) return filled(texts.steps, { low: 1, high: count });
  return code === "query-too-long" || code === "too-many" ? (texts[key] ?? texts[code]) : texts[key];
}

function item(problem, words, lookup) {
  const values = { key: short(problem.key), value: short(problem.value) };
  const node = element("li", "", element("strong", "", filled(words.messages[problem.code], values)));
  if (problem.nearest) node.append(element("br"), filled(words.mean, { nearest: problem.nearest }));
  node.dataset.key = problem.key;
  const text = allowed(problem, words, lookup);
  if (text) node.append(element("br"), element("span", "allowed", filled(words.permitted, { allowed: text })));
  return node;
}

/** The problems of a socket that no example tells: lists that are longer than the atlas goes. */
export function beyond(values, { lookup }) {
  const { segments, events } = lookup.bounds;
  const bounds = { recv: segments, wait: events, backlog: events };
  return Object.entries(bounds)
    .filter(([key, bound]) => values[key] !== "none" && values[key].split("-").length > bound)
    .map(([key]) => ({ code: "beyond", key, value: values[key] }));
}

/** @returns {Document} a page without a walkthrough, whose #problems lists them all */
export function refusal(problems, { lang, id, facts, words }) {
  const fresh = document.implementation.createHTMLDocument(words.cannot);
  const list = element("ul", "problem-list", ...problems.map((one) => item(one, words, facts.lookup)));
  list.id = "problems";
  const link = element("a", "", words.title);
  link.href = addressOf(lang, id);
  const main = element(
    "main",
    "page",
    element("h1", "", words.cannot),
    list,
    element("p", "label", words.onward),
    element("ul", "", element("li", "", link)),
  );
  main.id = "main";
  main.tabIndex = -1;
  fresh.body.append(main);
  return fresh;
}
