// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Brings what the server rendered for another address into the page that is open.

/**
 * Replaces each [data-swap] part by the part of the same name in the new document.
 * @param {Set<string>} kept names of parts that stay as they are
 */
export function swapParts(current, fresh, kept) {
  for (const part of current.querySelectorAll("[data-swap]")) {
    const name = part.dataset.swap;
    const other = fresh.querySelector(`[data-swap="${name}"]`);
    if (!other || kept.has(name)) continue;
    const scroll = part.scrollTop;
    if (part instanceof HTMLDetailsElement && part.open) other.open = true;
    part.replaceWith(other);
    other.scrollTop = scroll;
  }
}

/** Brings the marks of the form (read, changed) up to date without touching what is typed. */
export function copyMarks(current, fresh) {
  for (const field of current.querySelectorAll(".field")) {
    const other = fresh.querySelector(`.field[data-key="${field.dataset.key}"]`);
    if (!other) continue;
    field.toggleAttribute("data-read", other.hasAttribute("data-read"));
    field.toggleAttribute("data-changed", other.hasAttribute("data-changed"));
    field.querySelector(".mark")?.replaceWith(other.querySelector(".mark"));
  }
}
