// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The keys, in one table: the handlers and the help read it. They count while the player or the
// code has the focus, so the arrows stay the reader's everywhere else. `does` names a button of
// the player, whose label is the help's text.

/** Opens the search, whatever has the focus: the page listens for it (main.js). */
export const SEARCH_KEY = "/";

/** From line to line, while one of the code has the focus (observers/tab-stops.js). */
export const LINE_KEYS = { ArrowUp: -1, ArrowDown: 1 };

export const KEYS = [
  { keys: ["ArrowRight", "l"], shown: "\u2192", does: "[data-go=forward]" },
  { keys: ["ArrowLeft", "h"], shown: "\u2190", does: "[data-go=back]" },
  { keys: ["Home"], shown: "Home", does: "[data-go=first]" },
  { keys: ["End"], shown: "End", does: "[data-go=last]" },
  { keys: ["i"], shown: "i", does: "[data-go=into]" },
  { keys: ["o"], shown: "o", does: "[data-go=out]" },
  { keys: ["d"], shown: "d", does: "[data-go=decision]" },
  { keys: ["p"], shown: "p", does: "[data-play]" },
  { keys: ["s"], shown: "s", does: "[data-speed]" },
  { keys: ["g"], shown: "g", does: "[data-predict]" },
  { keys: ["t"], shown: "t", does: "[data-answer=true]" },
  { keys: ["f"], shown: "f", does: "[data-answer=false]" },
  { keys: ["Escape"], shown: "Esc", does: "[data-go=whole]" },
  { keys: [], shown: "\u2191 \u2193", does: "[data-lines]" },
  { keys: [], shown: SEARCH_KEY, does: "[data-search]" },
  { keys: ["?"], shown: "?", does: "[data-help]" },
];

/** The selector of the button that a key stands for, or undefined. */
export function buttonFor(key) {
  return KEYS.find((entry) => entry.keys.includes(key))?.does;
}
