// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// For the Tab key the situations are one stop, the chosen one or the first: the arrows choose another.

import { isCommandKey } from "../dom/events.js";

const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** @param {HTMLElement} walk the <walk-through>, whose situations are replaced by each visit */
export function observeSituations(walk) {
  const links = () => [...walk.querySelectorAll(".presets a")];
  const choose = (chosen) => {
    for (const link of links()) link.tabIndex = link === chosen ? 0 : -1;
  };
  const equip = () => choose(walk.querySelector(".presets a[aria-current]") ?? links()[0]);
  walk.addEventListener("walk:shown", equip);
  walk.addEventListener("keydown", (event) => {
    const move = event.target.matches(".presets a") && MOVES[event.key];
    if (!move || isCommandKey(event)) return;
    event.preventDefault();
    const all = links();
    const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(/** @type {any} */ (event.target)) + move))];
    choose(next);
    next.focus();
  });
  // The list scrolls with its links.
  walk.querySelector(".presets")?.removeAttribute("tabindex");
  equip();
}
