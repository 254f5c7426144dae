// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// For the Tab key the code is one line, with its number and names, and the branches of all: the arrows
// up and down choose the line. Without this script each number is a stop of its own.

import { LINE_KEYS } from "../core/keys.js";
import { filled } from "../core/steps.js";
import { isCommandKey } from "../dom/events.js";

/** @param {HTMLElement} walk the <walk-through>, whose code is replaced by each visit */
export function observeLineNumbers(walk) {
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
