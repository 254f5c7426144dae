// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What popovers have in common: a way to close them, and a place beside what they are about.

import { element } from "./element.js";

/** A button that closes a popover: a finger has no Escape, and no sure place beside it. */
export function closeButton(popover, text) {
  const button = element("button", { type: "button", className: "close", title: text });
  button.popoverTargetElement = popover;
  button.popoverTargetAction = "hide";
  return button;
}

/** Below the anchor if there is room, else above it, and always within the window. */
export function placeBeside(popover, anchor) {
  const { width, height } = popover.getBoundingClientRect();
  const below = anchor.bottom + height + 12 < innerHeight;
  popover.style.left = `${Math.max(8, Math.min(anchor.left, innerWidth - width - 8))}px`;
  popover.style.top = `${below ? anchor.bottom + 6 : Math.max(8, anchor.top - height - 6)}px`;
}
