// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The head of the page: what is the reader's own about it, and what is told by an example.

import { filled } from "../core/steps.js";
import { caveatsOf } from "./caveats.js";
import { markChallenge } from "./challenge-marks.js";
import { changed, scenarioOf } from "./inputs.js";
import { addressOf } from "./site.js";

function paragraph(fresh, className, ...children) {
  const node = fresh.createElement("p");
  node.className = className;
  node.append(...children);
  return node;
}

function focusNote(fresh, focus, place, { lang, id, pages }) {
  const { words } = pages;
  const [label, code, way] = ["span", "code", "a"].map((name) => fresh.createElement(name));
  Object.assign(label, { className: "label", textContent: words.linked });
  code.textContent = place.title;
  way.href = `#L${focus.start}`;
  way.append(code);
  const note = paragraph(fresh, "focus-note", label, " ", way);
  if (place.remark) {
    const link = fresh.createElement("a");
    Object.assign(link, { href: addressOf(lang, id, focus.place), textContent: words.witness });
    note.append(fresh.createElement("br"), `${place.remark} `, link);
  }
  return note;
}

/** Numbers are told by an example of their class; this says by which. */
export function classText({ differences }, words) {
  const found = differences.map(({ key, asked, shown }) => [`${key}=${shown}`, `${key}=${asked}`]);
  const listed = (side) => found.map((pair) => pair[side]).join(words.and);
  const text = differences.some(({ isWord }) => isWord) ? words.classwords : words.classnumbers;
  return filled(text, { shown: listed(0), asked: listed(1) });
}

function classNote(fresh, { near }, { pages }) {
  const note = paragraph(fresh, "class-note", classText(near, pages.words));
  note.setAttribute("role", "note");
  return note;
}

/** Whether an example is this very socket, in what its path did not read too. */
export function isSame({ example }, values, facts) {
  const shown = { ...scenarioOf("", facts), ...example.values };
  return facts.inputs.every(({ key }) => shown[key] === values[key]);
}

export function markHead(fresh, view, place, there) {
  const { values, near, focus, challenge } = view;
  const { lang, id, facts, pages } = there;
  const { words } = pages;
  const head = fresh.querySelector(".head");
  const outcome = head.querySelector(".outcome");
  for (const node of outcome.querySelectorAll(".story, .caveat")) node.remove();
  const sentences = outcome.querySelector(".sentences");
  const query = changed(values, facts).join("&");
  const preset = facts.presets.findIndex((one) => one.query === query);
  const stories = preset < 0 ? [] : [paragraph(fresh, "story", words.presets[preset][1])];
  if (near.differences.length) stories.unshift(classNote(fresh, view, there));
  sentences.after(...stories);
  const evidence = outcome.querySelector(".evidence a");
  if (evidence && !isSame(near, values, facts)) {
    evidence.textContent = words.unseen;
    evidence.href = addressOf(lang, id, "lab");
  }
  for (const code of caveatsOf(values, facts)) {
    const sign = fresh.createElement("span");
    sign.ariaHidden = "true";
    sign.textContent = "△";
    outcome.querySelector(".links").before(paragraph(fresh, "caveat", sign, ` ${words.caveats[code]}`));
  }
  if (challenge) outcome.before(markChallenge(fresh, view, there));
  if (focus) head.querySelector(".title").after(focusNote(fresh, focus, place, there));
}
