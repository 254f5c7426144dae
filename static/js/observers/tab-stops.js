// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// For the Tab key the code is one line, with its number and names, and the branches of all; and the
// situations are one, the chosen one or the first. Arrows choose another. Without this script each
// number and each situation is a stop of its own.

import { LINE_KEYS } from "../core/keys.js";
import { filled } from "../core/steps.js";
import { isCommandKey } from "../dom/document.js";

const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** @param {HTMLElement} walk the <walk-through>, whose code and situations are replaced by each visit */
export function observeTabStops(walk) {
  observeLines(walk);
  observeSituations(walk);
}

function observeLines(walk) {
  let chosen = null;
  const choose = (line) => {
    if (!line || line === chosen) return;
    if (chosen) stops(chosen, -1);
    stops(line, 0);
    chosen = line;
  };
  const equip = () => {
    chosen = null;
    for (const line of walk.querySelectorAll(".line")) {
      stops(line, -1);
      line.querySelector(".no").ariaLabel = named(line);
    }
    choose(walk.querySelector(".no[autofocus]")?.closest(".line") ?? walk.querySelector(".line"));
  };
  walk.addEventListener("walk:shown", equip);
  walk.addEventListener("walk:step", ({ detail: { step, steps } }) => {
    if (!chosen?.contains(document.activeElement)) choose(walk.querySelector(`#L${steps[step - 1].line}`));
  });
  walk.addEventListener("focusin", ({ target }) => {
    const line = target.matches(".no, code .fn") && target.closest(".line");
    choose(line);
    if (target.matches(".no")) target.ariaLabel = spoken(line);
  });
  walk.addEventListener("keydown", (event) => {
    const line = event.target.closest(".line");
    const way = line && LINE_KEYS[event.key];
    if (!way || isCommandKey(event)) return;
    event.preventDefault();
    const lines = [...walk.querySelectorAll(".line")];
    lines[lines.indexOf(line) + way]?.querySelector(".no").focus();
  });
  equip();
}

function stops(line, tabIndex) {
  for (const link of line.querySelectorAll(".no, code .fn")) link.tabIndex = tabIndex;
}

/** A number alone tells nobody which line that is. */
function spoken(line) {
  const parts = ["code", "[data-taken]"].map((part) => line.querySelector(part)?.textContent.trim());
  return [named(line), ...parts].filter(Boolean).join(" ");
}

function named(line) {
  return filled(line.closest("[data-swap]").dataset.line, { line: line.dataset.line });
}

function observeSituations(walk) {
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
