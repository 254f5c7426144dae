// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What cannot wait for a module: those wait until the page has been read, and may not come.

// Applies what was chosen at an earlier visit: the theme, and that the overview is known.
// Later it would have been painted in the other theme.
try {
  const chosen = localStorage.getItem("theme");
  if (localStorage.getItem("overview")) document.documentElement.dataset.overview = "known";
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden: then the system's theme stays.
}

// What is folded away is in the page for everybody without scripts; here it is text until the reader's first
// move, or "unfold", by which a script asks for it, puts it in its place. "unfolded" tells that it is there.
{
  const moves = ["pointermove", "pointerdown", "click", "keydown", "focusin", "scroll", "resize", "blur", "beforeprint", "unfold"];
  const own = { createHTML: (html) => html };
  const policy = globalThis.trustedTypes?.createPolicy("folded", own) ?? own;
  const unfold = (event) => {
    // What moves under a pointer that rests is the page.
    if (document.readyState === "loading" || (event.type === "pointermove" && !event.movementX && !event.movementY)) return;
    for (const type of moves) removeEventListener(type, unfold, true);
    for (const folded of document.querySelectorAll("details > noscript")) {
      const template = document.createElement("template");
      template.innerHTML = policy.createHTML(folded.textContent);
      folded.replaceWith(template.content);
    }
    dispatchEvent(new Event("unfolded"));
  };
  for (const type of moves) addEventListener(type, unfold, true);
  matchMedia("print").addEventListener("change", unfold);
  // Who comes back, or to a place within it, finds the page as long as it was.
  document.addEventListener("DOMContentLoaded", (event) => {
    const arrival = /** @type {any} */ (performance.getEntriesByType("navigation")[0]);
    if (arrival?.type !== "navigate" || arrival.name.includes("#")) unfold(event);
  });
}
