// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The query of a study page: the scenario, and how it is to be shown.

import { nearest } from "./nearest.js";
import { readScenario } from "./inputs.js";

const MAX_QUERY = 2000;
const MAX_FIELDS = 100;

/** The problem of a query that is too long to be read; null where it is not. */
export function tooMuch(query) {
  if (query.length > MAX_QUERY) return { code: "query-too-long", key: "query", value: String(query.length) };
  const fields = query.split("&").length;
  return fields > MAX_FIELDS ? { code: "too-many", key: "query", value: null } : null;
}

/**
 * What a query says: {values, hasScenario, step, challenge, isForm, problems}; step is 1-based or
 * null. Keys that are given twice, values that are not allowed: all the problems at once.
 * @param {string} query without the question mark
 */
export function readQuery(query, facts) {
  const limit = tooMuch(query);
  if (limit) return { problems: [limit] };
  const view = new Map();
  const pairs = [];
  const twice = [];
  for (const [key, text] of new URLSearchParams(query)) {
    if (key !== "form" && !facts.view.includes(key)) pairs.push([key, text]);
    else if (view.has(key)) twice.push({ code: "given-twice", key, value: text });
    else view.set(key, text);
  }
  const { values, problems } = readScenario(pairs, facts);
  problems.push(...twice);
  const refuse = (code, key, known) =>
    problems.push({ code, key, value: view.get(key), nearest: known && nearest(view.get(key), known) });
  const { languages } = facts;
  if (view.get("lang") && !languages.includes(view.get("lang"))) refuse("not-allowed", "lang", languages);
  if (view.get("variant")) refuse("variant", "variant", null);
  const challenges = facts.challenges.map(({ id }) => id);
  const challenge = view.get("challenge") || null;
  if (challenge && !challenges.includes(challenge)) refuse("not-allowed", "challenge", challenges);
  const step = view.get("step") || null;
  if (step && !(/^[0-9]{1,6}$/.test(step) && Number(step) >= 1)) refuse("out-of-range", "step", null);
  return {
    values,
    hasScenario: pairs.length > 0,
    step: step && Number(step),
    challenge,
    isForm: view.has("form"),
    problems,
  };
}
