// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The slash opens the search, unless the reader is typing; so does its button.

import { needSheet } from "../core/sheets.js";

export function observeSearch(walk) {
  const button = document.querySelector("[data-search]");
  // A page without the button has nothing to search.
  if (!button) return;
  button.hidden = false;
  const open = async () => {
    await needSheet("notebook");
    (await import("../elements/walk-search.js")).openSearch(walk);
  };
  button.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    open();
  });
}
