// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A filter of all paths that is no page of its own: the rows that are in the pages of all its parts.

import { filled } from "../core/steps.js";
import { pageOf } from "./pages.js";

/** @param {string[][]} asked fields of the filter; several branches are joined by commas */
export function filterRows(main, bundle, asked) {
  const parts = asked.flatMap(([key, text]) => text.split(",").map((value) => `${key}=${value}`));
  const pages = parts.filter((name) => name in bundle.pages).map((name) => pageOf(bundle, name));
  const rows = [...main.querySelectorAll("tbody tr")];
  const others = rows.filter(({ id }) => pages.some((page) => !page.getElementById(id)));
  for (const row of others) row.remove();
  for (const table of main.querySelectorAll(".a-scroll")) {
    const heading = table.previousElementSibling;
    const { length } = table.querySelectorAll("tbody tr");
    heading.querySelector(".count").textContent = length;
    if (!length) for (const node of [heading, table]) node.remove();
  }
  const count = main.querySelector(".a-count");
  count.firstChild.textContent = `${filled(count.dataset.text, { shown: rows.length - others.length })} `;
  for (const [key, value] of asked) {
    const select = main.querySelector(`.a-filter [name="${CSS.escape(key)}"]`);
    if (![...(select?.options ?? [])].some((option) => option.value === value)) {
      select?.append(new Option(value.replaceAll(",", " + "), value));
    }
    if (select) select.value = value;
  }
  // It is a picture of all paths.
  main.querySelector(".a-map")?.remove();
}
