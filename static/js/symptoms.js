// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of symptoms, and no other, loads this.

import { copyText } from "./dom/copying.js";
import { HostNumbers } from "./elements/host-numbers.js";

const status = document.querySelector("#copied");
for (const button of document.querySelectorAll("[data-copy-command]")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const command = button.previousElementSibling;
    try {
      await copyText(command.textContent, button);
    } catch {
      // Forbidden here: selected, the reader's own keys can do it.
      return getSelection().selectAllChildren(command);
    }
    button.textContent = status.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 2000);
  });
}
customElements.define("host-numbers", HostNumbers);
