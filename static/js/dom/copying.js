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

/**
 * Shows the buttons of a part with texts; each copies the text beside it, or of the parts that it names, and
 * says it, politely.
 */
export function equipCopying(part) {
  const status = part.querySelector(".copied");
  for (const button of part.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    const { copy, done, said = done } = button.dataset;
    const texts = copy ? [...part.querySelectorAll(`[data-part="${copy}"]`)] : [button.parentElement.querySelector("textarea, code")];
    makeCopy(button, () => texts.map((text) => text.value ?? text.textContent).join(""), {
      forbidden: () => (texts[0].select ? texts[0].select() : getSelection().selectAllChildren(texts[0])),
      done() {
        status.textContent = "";
        status.textContent = said;
      },
    });
  }
}
