// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The lab's page, and no other, loads this.

import { copyText } from "./dom/copying.js";

/** Each button copies the text of the parts that it names, and says so for two seconds. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const label = [...button.childNodes];
  button.addEventListener("click", async () => {
    const parts = document.querySelectorAll(`[data-part="${button.dataset.copy}"]`);
    await copyText(Array.from(parts, (part) => part.textContent).join(""), button);
    button.textContent = button.dataset.done;
    setTimeout(() => button.replaceChildren(...label), 2000);
  });
}

// Only a server that has a lab sends the element.
if (document.querySelector("lab-run")) {
  const { LabRun } = await import("./elements/lab-run.js");
  customElements.define("lab-run", LabRun);
}
