// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The explanation of a kernel function or a word, beside where its name was pressed.

import { closeButton, element, placeBeside } from "../dom/document.js";

let card = null;

/**
 * @param {HTMLElement} helper its entry in the list
 * @param {Element} from beside what
 */
export function showCard(helper, from) {
  if (!card) {
    card = element("div", { className: "helper-card helper", popover: "auto", role: "dialog", tabIndex: -1 });
    document.body.append(card);
  }
  const close = closeButton(card, document.getElementById("helpers").dataset.close);
  card.replaceChildren(close, ...[...helper.childNodes].map((node) => node.cloneNode(true)));
  card.ariaLabel = helper.querySelector("h3").textContent;
  card.showPopover();
  place(from.getBoundingClientRect());
  // The browser gives it back to where it was.
  card.focus({ preventScroll: true });
}

function place(anchor) {
  const { width, height } = card.getBoundingClientRect();
  if (anchor.height > window.innerHeight) {
    card.style.left = `${(window.innerWidth - width) / 2}px`;
    card.style.top = `${Math.max(8, (window.innerHeight - height) / 3)}px`;
    return;
  }
  placeBeside(card, anchor);
}
