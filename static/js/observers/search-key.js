// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The slash opens the search, unless the reader is typing; so does its button. The study page is what
// is searched: elsewhere there is a link to it, with the fragment that opens the search there.

import { SEARCH_KEY } from "../core/keys.js";
import { isCommandKey } from "../dom/events.js";
import { needSheet } from "../dom/sheets.js";

const OPEN = "#search";

export function observeSearch(walk) {
  const opener = document.querySelector("[data-search]");
  if (!opener) return;
  opener.hidden = false;
  const open = async () => {
    await needSheet("notebook");
    (await import("../elements/walk-search.js")).openSearch(walk);
  };
  if (walk) opener.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (event.key !== SEARCH_KEY || isCommandKey(event)) return;
    if (event.target.closest("input, select, textarea, dialog")) return;
    event.preventDefault();
    opener.click();
  });
  if (walk && location.hash === OPEN) {
    history.replaceState(history.state, "", location.pathname + location.search);
    open();
  }
}
