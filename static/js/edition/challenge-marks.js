// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The challenge that is worked on, judged for the reader's socket.

import { filled } from "../core/steps.js";
import { judge } from "./judging.js";
import { root } from "./site.js";

/** A time as the program words it. */
function duration(ms, words) {
  if (ms % 1000 && ms < 10_000) return filled(words.ms, { count: ms });
  return filled(words.s, { count: Number((ms / 1000).toPrecision(10)) });
}

/** In order, equal ones counted, as app/walkthrough/segment_words.py has it. */
function segmentList(segments) {
  const runs = [];
  for (const name of segments) {
    if (runs.at(-1)?.name === name) runs.at(-1).count++;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count > 1 ? `${name} × ${count}` : name)).join(", ");
}

/** What there is instead of what was wanted; empty where the condition says it all. */
function foundText({ kind, found }, words) {
  if (["takes", "avoids", "own_text", "real"].includes(kind)) return "";
  if (kind === "segments") return segmentList(found) || words.none;
  if (kind === "fate") return words.fates[found];
  if (found === null) return words.none;
  return kind.endsWith("_ms") ? duration(found, words) : String(found);
}

function markCondition(item, finding, words) {
  const { holds } = finding;
  item.dataset.holds = holds ? "yes" : "no";
  item.querySelector(".tick").textContent = holds ? "✓" : "○";
  item.querySelector(".spoken").textContent = words.holds[holds ? 1 : 0];
  const text = holds ? "" : foundText(finding, words);
  if (!text) return;
  const found = document.createElement("span");
  Object.assign(found, { className: "found", textContent: filled(words.now, { found: text }) });
  item.append(" ", found);
}

/** The banner of a challenge, from the open or the solved one that was written. */
export function markChallenge(fresh, { values, near, challenge }, { facts, pages }) {
  const { words } = pages;
  const number = facts.challenges.findIndex(({ id }) => id === challenge);
  const findings = judge(facts.challenges[number], near, values, facts);
  const isSolved = findings.every(({ holds }) => holds);
  const parts = fresh.createElement("template");
  parts.innerHTML = pages.challenges[2 * number + (isSolved ? 1 : 0)].replaceAll('="~/', `="${root.href}`);
  const banner = parts.content.firstElementChild;
  const list = banner.querySelector(".conditions");
  for (const { kind } of findings.slice(list.children.length)) {
    const more = list.lastElementChild.cloneNode(true);
    // The words stand between the sign and what was found.
    [...more.childNodes].at(-1).textContent = ` ${words.always[kind]}`;
    list.append(more);
  }
  findings.forEach((finding, place) => markCondition(list.children[place], finding, words));
  if (!isSolved) {
    const some = findings.filter(({ holds }) => holds).length;
    banner.dataset.news = filled(words.some, { some, all: findings.length });
  }
  return banner;
}
