// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Buttons that copy a text, and say so.

import { element } from "./document.js";

const SHOWN_MS = 2000;

/**
 * Makes a button copy a text, and say so for two seconds.
 * @param {HTMLElement} button
 * @param {() => string} text
 * @param {{done?: () => void, forbidden?: () => void}} also `forbidden` may select it for the reader's own keys
 */
export function makeCopy(button, text, { done = () => {}, forbidden = () => {} } = {}) {
  const label = [...button.childNodes];
  let timer = 0;
  button.addEventListener("click", async () => {
    try {
      await copyText(text(), button);
    } catch {
      return forbidden();
    }
    button.textContent = button.dataset.done;
    button.dataset.copied = "";
    done();
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.replaceChildren(...label);
      delete button.dataset.copied;
    }, SHOWN_MS);
  });
}

/**
 * Copies a text; rejects where that is forbidden. A page that came without TLS, as in the network of
 * a lecture room, has no clipboard: there the text is selected in a field that nobody sees.
 */
async function copyText(text, button) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element("textarea", { className: "spoken", value: text, readOnly: true });
  (button.closest("[popover]") ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand("copy");
  field.remove();
  button.focus({ preventScroll: true });
  if (!isDone) throw new Error("forbidden");
}

/** Shows the buttons of a part with texts; each copies its text and says it, politely. */
export function equipCopying(part) {
  const status = part.querySelector("[role=status]");
  for (const button of part.querySelectorAll("[data-copy-text]")) {
    button.hidden = false;
    const section = button.closest("section");
    const field = section.querySelector("textarea");
    makeCopy(button, () => field.value, {
      forbidden: () => field.select(),
      done() {
        status.textContent = "";
        status.textContent = `${button.dataset.done}: ${field.getAttribute("aria-label") ?? section.querySelector("h2").textContent}`;
      },
    });
  }
}
