// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

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
