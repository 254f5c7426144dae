// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

/** A button that closes a popover: a finger has no Escape, and no sure place beside it. */
export function closeButton(popover, text) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "close", title: text });
  button.popoverTargetElement = popover;
  button.popoverTargetAction = "hide";
  return button;
}
