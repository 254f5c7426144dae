// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

/** The steps that a page lists: {n, line, end, verdict, origin, href, item}. */
export function stepsIn(page) {
  return [...page.querySelectorAll("#steps > li")].map((item) => ({
    n: Number(item.dataset.n),
    line: Number(item.dataset.line),
    end: Number(item.dataset.end),
    verdict: item.dataset.verdict ?? "",
    origin: item.dataset.origin,
    href: item.querySelector(".goto").href,
    item,
  }));
}
