// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

import { latest, when } from "../core/steps.js";

/**
 * The steps that a page lists: {n, line, end, verdict, origin, href, item, within}, the last being those of
 * the functions that it executed: {n, depth, of, line, end, verdict, href, item}, n within their step.
 */
export function stepsIn(page) {
  return [...page.querySelectorAll("#steps > li")].map((item) => ({
    ...read(item),
    n: Number(item.dataset.n),
    origin: item.dataset.origin,
    within: [...item.querySelectorAll("[data-k]")].map((inner) => ({
      ...read(inner),
      n: Number(inner.dataset.k),
      depth: Number(inner.dataset.depth),
      of: inner.dataset.of,
    })),
  }));
}

function read(item) {
  return {
    line: Number(item.dataset.line),
    end: Number(item.dataset.end),
    verdict: item.dataset.verdict ?? "",
    href: item.querySelector(".goto").href,
    item,
  };
}

/**
 * The buttons of a player lead on.
 * @param {HTMLElement} player
 * @param {(name: string) => string | undefined} address where the button of a name leads, if anywhere
 */
export function markButtons(player, address) {
  for (const button of player.querySelectorAll(".button[data-go]")) {
    const href = address(button.dataset.go);
    if (href) {
      button.href = href;
      button.removeAttribute("aria-disabled");
      button.removeAttribute("role");
      button.removeAttribute("tabindex");
    } else {
      // It may have the focus, and a link without an address would lose it, the keys with it.
      button.setAttribute("tabindex", "-1");
      button.removeAttribute("href");
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("role", "link");
    }
  }
}

const known = new WeakMap();

/** What is there at a step: core/moments.js. The nodes of a part are looked up once; a step touches those that change. */
export function showMoments(part, step) {
  if (!known.has(part)) known.set(part, [...part.querySelectorAll("[data-at]")].map(momentOf));
  const items = known.get(part);
  const last = latest(items, step);
  for (const item of items) markMoment(item, when(item, step, last));
}

/** When a node is there, and what it is marked as. */
export function momentOf(node) {
  const { at, until, when: state } = node.dataset;
  return { node, at: Number(at), until: Number(until ?? Infinity), state };
}

/** Marks a node as it is at a step, if it was not yet. */
export function markMoment(item, state) {
  if (item.state === state) return;
  item.state = state;
  item.node.dataset.when = state;
}
