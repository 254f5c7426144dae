// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The lab's page, and no other, loads this.

import { makeCopy } from "./dom/copying.js";

/** Each button copies the text of the parts that it names. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const parts = document.querySelectorAll(`[data-part="${button.dataset.copy}"]`);
  makeCopy(button, () => Array.from(parts, (part) => part.textContent).join(""));
}

// Only a server that has a lab sends the element.
if (document.querySelector("lab-run")) {
  const { LabRun } = await import("./elements/lab-run.js");
  customElements.define("lab-run", LabRun);
}
