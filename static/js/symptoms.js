// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of symptoms, and no other, loads this.

import { makeCopy } from "./dom/copying.js";
import { HostNumbers } from "./elements/host-numbers.js";

const status = document.querySelector("#copied");
for (const button of document.querySelectorAll("[data-copy-command]")) {
  button.hidden = false;
  const command = button.previousElementSibling;
  makeCopy(button, () => command.textContent, {
    forbidden: () => getSelection().selectAllChildren(command),
    done: () => (status.textContent = button.dataset.done),
  });
}
customElements.define("host-numbers", HostNumbers);
