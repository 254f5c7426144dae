// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

/** Whether a click is one that follows a link here, and not into another tab or a menu. */
export function isPlainClick(event) {
  return !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/** Whether a key belongs to the browser or the system; a capital letter does not. */
export function isCommandKey(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
