// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What scripts need of any page: new elements, clicks and keys, popovers, sheets that come later.

/**
 * A new element.
 * @param {string} name
 * @param {string | object} has its class, or properties
 * @param {...(Node | string)} content what is in it
 * @returns {Found}
 */
export function element(name, has = "", ...content) {
  const node = document.createElement(name);
  Object.assign(node, typeof has === "object" ? has : has && { className: has });
  node.append(...content);
  return /** @type {Found} */ (node);
}

/** Whether a click is one that follows a link here, and not into another tab or a menu. */
export function isPlainClick(event) {
  return !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

/** Whether a key belongs to the browser or the system; a capital letter does not. */
export function isCommandKey(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

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

/**
 * Adds static/css/<name>.css once, which the first view does without; resolves when it is there.
 */
export function needSheet(name) {
  const href = new URL(`../../css/${name}.css`, import.meta.url).href;
  const known = [...document.styleSheets].some((sheet) => sheet.href === href);
  if (known) return Promise.resolve();
  const link = element("link", { rel: "stylesheet", href });
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    document.head.append(link);
  });
}
