// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Writes a trace into the lines, as the server does for the scenario of the address: the whole path
// with its reasons and effects, from which CodePainter then shows a step.

import { filled } from "../core/steps.js";
import { element } from "../dom/document.js";
import { fragmentOf } from "../dom/markup.js";
import { showWay } from "../elements/painters.js";

/** @param {HTMLElement} blocks with the lines of the source */
export function writeTrace(blocks, trace) {
  const byLine = new Map();
  for (const step of trace.steps) {
    for (let line = step.line; line <= step.end; line++) {
      if (!byLine.has(line)) byLine.set(line, []);
      byLine.get(line).push(step);
    }
  }
  blocks.classList.remove("is-stepping");
  for (const line of blocks.querySelectorAll(".line")) {
    const number = Number(line.dataset.line);
    const here = byLine.get(number) ?? [];
    delete line.dataset.when;
    if (line.dataset.path !== "none") line.dataset.path = here.length ? "on" : "off";
    writeFork(line, here, blocks.dataset.loop);
    writeEffects(line, here.filter((step) => step.line === number));
  }
  writeRail(blocks, trace.steps);
}

/** The tracks that the trace passes, from the step on that passes them; the first of them on top. */
function writeRail(blocks, steps) {
  const firsts = new Map([["e", 0]]);
  for (const { origin, n } of steps) if (!firsts.has(origin)) firsts.set(origin, n);
  for (const picture of blocks.querySelectorAll(".rail")) {
    const tracks = [...picture.querySelectorAll("[data-by]")].map((node) => ({
      node,
      since: Math.min(...node.dataset.by.split(" ").map((origin) => firsts.get(origin) ?? Infinity)),
    }));
    tracks.sort((one, other) => other.since - one.since || 0);
    for (const { node, since } of tracks) {
      node.classList.toggle("on", since < Infinity);
      delete node.dataset.at;
      delete node.dataset.when;
      if (since > 0 && since < Infinity) Object.assign(node.dataset, { at: since, when: "done" });
    }
    picture.append(...tracks.map(({ node }) => node));
  }
}

/** An effect, as the lines have it. */
export function chip({ kind, name, text }) {
  const node = element("span", "effect", text);
  Object.assign(node.dataset, { kind, name });
  return node;
}

function writeFork(line, here, loop) {
  const fork = line.querySelector(".fork");
  if (!fork) return;
  const last = here.at(-1);
  showWay(line.querySelector(".station"), fork.querySelectorAll(".way"), last?.verdict ?? "");
  const firsts = here.filter((step, index) => step.reason !== here[index - 1]?.reason);
  const reasons = firsts.map((step, index) => moment(why(step), step.n, firsts[index + 1]?.n));
  if (here.length > 1) {
    const count = here.filter(({ verdict }) => verdict === "true").length;
    const whole = filled(loop, { count, other: here.length - count, reason: last.reason });
    reasons.unshift(element("span", "r-whole", fragmentOf(whole)));
  }
  fork.querySelector(".reason").replaceChildren(...reasons);
}

/** The way for those who don't see it, as the server writes it, and the reason. */
function why({ verdict, reason }) {
  const node = element("span", "", fragmentOf(reason));
  node.prepend(element("span", "spoken", `${verdict}: `));
  return node;
}

function writeEffects(line, here) {
  const chips = here.flatMap((step) => step.effects.filter(({ isOutward }) => isOutward).map((effect) => moment(chip(effect), step.n)));
  const text = line.querySelector(".text");
  const old = text.querySelector(":scope > .effects");
  if (!chips.length) {
    old?.remove();
    return;
  }
  const list = old ?? text.appendChild(element("span", "effects"));
  list.replaceChildren(...chips);
}

function moment(node, at, until) {
  node.dataset.at = at;
  if (until) node.dataset.until = until;
  node.dataset.when = until ? "out" : "done";
  return node;
}
