// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The keys of the stage, in one table: the handler and the help read it. `does` names a button,
// whose label is the help's text. Clickers send Page Up, Page Down, and a point for black.

export const KEYS = [
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
export function actionFor(key) {
  return KEYS.find((entry) => entry.keys.includes(key))?.does;
}
