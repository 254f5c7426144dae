// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Buttons that copy the text of their section, and say so.

const SHOWN_MS = 2000;

/** Shows the buttons of a part with texts; each copies its text and says it, politely. */
export function equipCopying(part) {
  if (!navigator.clipboard) return;
  const status = part.querySelector("[role=status]");
  for (const button of part.querySelectorAll("[data-copy-text]")) {
    button.hidden = false;
    const label = button.textContent;
    let timer = 0;
    button.addEventListener("click", async () => {
      const field = button.closest("section").querySelector("textarea");
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        // Forbidden here: selected, the reader's own keys can do it.
        field.select();
        return;
      }
      button.textContent = button.dataset.done;
      button.dataset.copied = "";
      status.textContent = "";
      status.textContent = `${button.dataset.done}: ${field.getAttribute("aria-label") ?? button.closest("section").querySelector("h2").textContent}`;
      clearTimeout(timer);
      timer = setTimeout(() => {
        button.textContent = label;
        delete button.dataset.copied;
      }, SHOWN_MS);
    });
  }
}
