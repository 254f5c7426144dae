// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The frame in pages of others: steps without a new page (and without entries in the reader's
// history), and a word to the page around it when its height changes. It asks for nothing.

import { documentOf } from "./dom/markup.js";

let told = 0;

/** Tells the page around the frame how high it would like to be; nothing secret is in that. */
function tell() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (window.parent === window || height === told) return;
  told = height;
  window.parent.postMessage({ type: "tcp_close:height", height, href: location.href }, "*");
}

async function show(link) {
  const answer = await fetch(link.href);
  if (!answer.ok) return location.replace(link.href);
  const page = documentOf(await answer.text());
  const fresh = page.querySelector("main");
  const current = document.querySelector("main");
  if (!fresh || !current) return location.replace(link.href);
  current.replaceWith(fresh);
  history.replaceState(null, "", link.href);
  document.title = page.title;
  showLine();
  const again = fresh.querySelector(`[data-go="${link.dataset.go}"][href]`);
  (again ?? fresh.querySelector("[data-go][href]"))?.focus({ preventScroll: true });
}

/** Within the code alone: the page around the frame is not ours to scroll. */
function showLine() {
  const code = document.querySelector(".code");
  if (!code) return;
  const line = code.querySelector('[data-when="now"]') ?? code.querySelector(".is-focus");
  if (line) code.scrollTop = line.offsetTop - code.offsetTop - code.clientHeight / 3;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go][href]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link).catch(() => location.replace(link.href));
});
new ResizeObserver(tell).observe(document.body);
showLine();
tell();
