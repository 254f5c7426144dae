// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

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
