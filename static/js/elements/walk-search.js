// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The search dialog. Loaded when it is first asked for; the page itself is the index.

import { find } from "../core/search.js";
import { filled } from "../core/steps.js";
import { element } from "../dom/element.js";

export function openSearch(walk) {
  const dialog = walk.querySelector("dialog.search");
  if (!dialog.dataset.ready) prepare(walk, dialog);
  dialog.showModal();
  dialog.querySelector("input").select();
}

function prepare(walk, dialog) {
  dialog.dataset.ready = "yes";
  let entries = indexOf(walk);
  walk.addEventListener("walk:shown", () => (entries = indexOf(walk)));
  const input = dialog.querySelector("input");
  input.addEventListener("input", () => show(dialog, find(entries, input.value), input.value));
  dialog.querySelector("form").addEventListener("submit", (event) => {
    // Enter in the field goes to the first place; the button closes.
    if (event.submitter && document.activeElement !== input) return;
    event.preventDefault();
    dialog.querySelector(".search-results a")?.click();
  });
  dialog.addEventListener("keydown", (event) => moveBetween(event, dialog));
  dialog.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    // What was found has to be there to be read.
    if (link?.dataset.folded) walk.querySelector(`${link.hash} > .notes > .more`).open = true;
    if (link || event.target === dialog) dialog.close();
  });
}

function indexOf(walk) {
  const entries = [];
  for (const block of walk.querySelectorAll(".block")) {
    const title = block.querySelector("h2").textContent.trim();
    entries.push({ kind: "title", title, text: block.querySelector(".lead").textContent.trim(), href: `#${block.id}` });
    for (const line of block.querySelectorAll(".line")) {
      const text = line.querySelector("code").textContent.trim();
      if (text) entries.push({ kind: "code", title: line.dataset.line, text, href: `#${line.id}` });
    }
    for (const part of block.querySelectorAll(".more .prose :is(p, dd:not(:has(p)), li:not(:has(p)))")) {
      entries.push({ kind: "prose", title, text: part.textContent.trim(), href: `#${block.id}`, isFolded: true });
    }
  }
  for (const helper of walk.querySelectorAll("main .helper")) {
    const title = helper.querySelector("h3").textContent.trim();
    const text = [...helper.querySelectorAll("p:not(.file)")].map((p) => p.textContent).join(" ");
    entries.push({ kind: "title", title, text, href: `#${helper.id}` });
  }
  for (const link of walk.querySelectorAll(".presets a")) {
    entries.push({ kind: "title", title: link.textContent, text: link.title, href: link.href });
  }
  return entries;
}

function show(dialog, { all, found }, query) {
  const count = dialog.querySelector(".search-count");
  const { none, some, many } = count.dataset;
  const text = !all ? none : all > found.length ? many : some;
  count.textContent = query.trim() ? filled(text, { count: all, first: found.length }) : "";
  dialog.querySelector(".search-results").replaceChildren(...found.map(result));
}

function result({ kind, title, text, href, excerpt, isFolded }) {
  const [before, word, after] = excerpt ?? [text.slice(0, 120)];
  const shown = element(kind === "code" ? "code" : "span", "", before);
  if (excerpt) shown.append(element("mark", "", word), after);
  const link = element("a", { href }, element("strong", "", title), " ", shown);
  if (isFolded) link.dataset.folded = "yes";
  return element("li", "", link);
}

function moveBetween(event, dialog) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [dialog.querySelector("input"), ...dialog.querySelectorAll(".search-results a")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
