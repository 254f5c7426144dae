// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Texts that come by language, and code spans in them.

import { element } from "../dom/document.js";

/** The text in the page's language. */
export function pick(texts) {
  return texts?.[document.documentElement.lang.split("-")[0]] ?? Object.values(texts ?? {})[0] ?? "";
}

/** Nodes of a sentence with code in backticks. */
export function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 ? element("code", "", part) : part));
}

/** An answer in words; those of a decision begin with the way. */
export function optionText(question, option) {
  const comma = document.documentElement.lang.startsWith("zh") ? "，" : ", ";
  return question.kind === "decision" ? `${option.id}${comma}${pick(option.text)}` : pick(option.text);
}

/** Of a hundred; 0 where nobody has voted. */
export function share(question, option) {
  return question.voted ? Math.round((100 * question.counts[option.id]) / question.voted) : 0;
}
