// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A kernel function's name in the code opens its explanation beside it.

import { element } from "../dom/element.js";
import { closeButton, placeBeside } from "../dom/popover.js";

/** Listens for clicks on names; the list at the end of the page is the source of the text. */
export function observeHelperNames(root) {
  if (!HTMLElement.prototype.showPopover) return;
  const card = element("div", { className: "helper-card helper", popover: "auto", tabIndex: -1 });
  root.append(card);
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#fn-'], a[href^='#term-']");
    const helper = link && document.getElementById(link.hash.slice(1));
    if (!helper) return;
    event.preventDefault();
    const close = closeButton(card, document.getElementById("helpers").dataset.close);
    card.replaceChildren(close, ...[...helper.childNodes].map((node) => node.cloneNode(true)));
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", helper.querySelector("h3").textContent);
    // A place that was found is gone with the search; the focus is back where it was before.
    const from = link.checkVisibility() ? link : document.activeElement;
    card.showPopover();
    place(card, from.getBoundingClientRect());
    // The browser gives it back to where it was.
    card.focus({ preventScroll: true });
  });
}

function place(card, anchor) {
  const { width, height } = card.getBoundingClientRect();
  if (anchor.height > window.innerHeight) {
    card.style.left = `${(window.innerWidth - width) / 2}px`;
    card.style.top = `${Math.max(8, (window.innerHeight - height) / 3)}px`;
    return;
  }
  placeBeside(card, anchor);
}
