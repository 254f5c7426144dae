// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The keys, in a table for the player and one for the stage: the handlers and the help read them. `does`
// names a button, by its selector or its action, whose label is the help's text.

/** Opens the search, whatever has the focus: the page listens for it (main.js). */
export const SEARCH_KEY = "/";

/** From line to line, while one of the code has the focus (observers/tab-stops.js). */
export const LINE_KEYS = { ArrowUp: -1, ArrowDown: 1 };

/** They count while the player or the code has the focus, so the arrows stay the reader's everywhere else. */
export const PLAYER_KEYS = [
  { keys: ["ArrowRight", "l"], shown: ["\u2192"], does: "[data-go=forward]" },
  { keys: ["ArrowLeft", "h"], shown: ["\u2190"], does: "[data-go=back]" },
  { keys: ["Home"], shown: ["Home"], does: "[data-go=first]" },
  { keys: ["End"], shown: ["End"], does: "[data-go=last]" },
  { keys: ["i"], shown: ["i"], does: "[data-go=into]" },
  { keys: ["o"], shown: ["o"], does: "[data-go=out]" },
  { keys: ["d"], shown: ["d"], does: "[data-go=decision]" },
  { keys: ["p"], shown: ["p"], does: "[data-play]" },
  { keys: ["s"], shown: ["s"], does: "[data-speed]" },
  { keys: ["g"], shown: ["g"], does: "[data-predict]" },
  { keys: ["t"], shown: ["t"], does: "[data-answer=true]" },
  { keys: ["f"], shown: ["f"], does: "[data-answer=false]" },
  { keys: ["Escape"], shown: ["Esc"], does: "[data-go=whole]" },
  { keys: [], shown: ["\u2191 \u2193"], does: "[data-lines]" },
  { keys: [], shown: [SEARCH_KEY], does: "[data-search]" },
  { keys: ["?"], shown: ["?"], does: "[data-help]" },
];

/** Clickers send Page Up, Page Down, and a point for black. */
export const STAGE_KEYS = [
  { keys: ["ArrowRight", "ArrowDown", "PageDown", " "], shown: ["→", "Page Down", "Space"], does: "forward" },
  { keys: ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"], shown: ["←", "Page Up"], does: "back" },
  { keys: ["Home"], shown: ["Home"], does: "first" },
  { keys: ["End"], shown: ["End"], does: "last" },
  { keys: ["n"], shown: ["n"], does: "next-slide" },
  { keys: ["p"], shown: ["p"], does: "previous-slide" },
  { keys: ["o"], shown: ["o"], does: "overview" },
  { keys: ["m"], shown: ["m"], does: "situations" },
  { keys: ["s"], shown: ["s"], does: "walk" },
  { keys: ["d"], shown: ["d"], does: "decision" },
  { keys: ["Escape"], shown: ["Esc"], does: "whole" },
  { keys: ["b", "."], shown: ["b", "."], does: "black" },
  { keys: ["j"], shown: ["j"], does: "mark-down" },
  { keys: ["k"], shown: ["k"], does: "mark-up" },
  { keys: ["x"], shown: ["x"], does: "unmark" },
  { keys: ["u"], shown: ["u"], does: "fold" },
  { keys: ["v"], shown: ["v"], does: "ask" },
  { keys: ["r"], shown: ["r"], does: "room" },
  { keys: ["q"], shown: ["q"], does: "qr" },
  { keys: ["w"], shown: ["w"], does: "notes" },
  { keys: ["t"], shown: ["t"], does: "timer" },
  { keys: ["0"], shown: ["0"], does: "reset-timer" },
  { keys: ["f"], shown: ["f"], does: "full" },
  { keys: ["?"], shown: ["?"], does: "help" },
];

/** What a key does, or undefined. */
export function doneBy(key, table) {
  return table.find((entry) => entry.keys.includes(key))?.does;
}
