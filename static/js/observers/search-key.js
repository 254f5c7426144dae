// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The slash opens the search over whatever page is open, unless the reader is typing; so does the
// link to its page, which is there for those without a script.

import { SEARCH_KEY } from "../core/keys.js";
import { isCommandKey, isPlainClick } from "../dom/events.js";
import { needSheet } from "../dom/sheets.js";

export function observeSearch() {
  const opener = document.querySelector("[data-search]");
  if (!opener) return;
  opener.hidden = false;
  opener.addEventListener("click", async (event) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    await needSheet("search");
    (await import("../elements/walk-search.js")).openSearch();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== SEARCH_KEY || isCommandKey(event)) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    opener.click();
  });
}
