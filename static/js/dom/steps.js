// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

import { latest, when } from "../core/moments.js";

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

/** What is there at a step: core/moments.js. */
export function showMoments(part, step) {
  const items = [...part.querySelectorAll("[data-at]")].map((node) => ({
    node,
    at: Number(node.dataset.at),
    until: Number(node.dataset.until ?? Infinity),
  }));
  const last = latest(items, step);
  for (const item of items) {
    const state = when(item, step, last);
    if (item.node.dataset.when !== state) item.node.dataset.when = state;
  }
}
