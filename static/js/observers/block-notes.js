// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Bookmarks, notes and reading progress on the blocks. Everything stays in this browser.

import { asMarkdown, changed, parseNotebook, storedForm } from "../core/notebook.js";
import { filled } from "../core/steps.js";
import { store, stored } from "../core/storage.js";
import { element } from "../dom/document.js";

const READ_AFTER_MS = 3000;
/** A block has its tools before it is in the window; a note that was written is there from the start. */
const NEAR = { rootMargin: "50%" };

export function observeNotes(walk) {
  const key = `notebook:${walk.dataset.walkthrough}`;
  let notebook = parseNotebook(stored(key));
  const section = document.getElementById("notebook").content.cloneNode(true).firstElementChild;
  walk.querySelector("main").append(section);

  const save = (id, change) => {
    notebook = changed(notebook, id, change);
    store(key, storedForm(notebook));
    showNotebook(walk, section, notebook);
  };
  const equip = () => {
    const near = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        addTools(target, notebook, save);
      }
    }, NEAR);
    for (const block of walk.querySelectorAll(".block")) {
      if (notebook.blocks[block.id]?.text) addTools(block, notebook, save);
      else near.observe(block);
    }
    observeReading(walk, notebook, save);
    showNotebook(walk, section, notebook);
  };
  section.querySelector("[data-reset]").addEventListener("click", (event) => {
    if (!confirm(event.target.dataset.ask)) return;
    notebook = parseNotebook(null);
    store(key, storedForm(notebook));
    for (const piece of walk.querySelectorAll(".note-tools, .note-text")) piece.remove();
    equip();
  });
  walk.addEventListener("walk:shown", equip);
  equip();
}

function addTools(block, notebook, save) {
  const notes = block.querySelector(".notes");
  if (notes.querySelector(".note-tools")) return;
  const pieces = document.getElementById("note-tools").content.cloneNode(true);
  const tools = pieces.querySelector(".note-tools");
  const [bookmark, note] = ["[data-bookmark]", "[data-note]"].map((button) => tools.querySelector(button));
  const text = pieces.querySelector("textarea");
  const entry = notebook.blocks[block.id] ?? { marked: false, text: "" };
  const title = block.querySelector("h2").textContent;
  for (const button of [bookmark, note]) button.title += `: ${title}`;
  const mark = (isMarked) => bookmark.setAttribute("aria-pressed", String(isMarked));
  const open = (isOpen) => {
    note.setAttribute("aria-expanded", String(isOpen));
    text.hidden = !isOpen;
  };
  mark(entry.marked);
  open(entry.text !== "");
  text.value = entry.text;
  bookmark.addEventListener("click", () => {
    const isMarked = bookmark.getAttribute("aria-pressed") !== "true";
    mark(isMarked);
    save(block.id, { marked: isMarked });
  });
  note.addEventListener("click", () => {
    open(text.hidden);
    if (!text.hidden) text.focus();
  });
  text.addEventListener("input", () => save(block.id, { text: text.value }));
  // In the order in which one sees them: beside the title, before what is folded.
  // Where a kernel's text has a block of its own, nothing is folded.
  notes.insertBefore(pieces, notes.querySelector(":scope > .more"));
}

function observeReading(walk, notebook, save) {
  const timers = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const { id } = target.closest(".block");
      clearTimeout(timers.get(id));
      if (isIntersecting) {
        timers.set(id, setTimeout(() => (save(id, { read: true }), observer.unobserve(target)), READ_AFTER_MS));
      }
    }
  });
  for (const lead of walk.querySelectorAll(".block .lead")) {
    if (!notebook.blocks[lead.closest(".block").id]?.read) observer.observe(lead);
  }
}

function showNotebook(walk, section, notebook) {
  const titles = [...walk.querySelectorAll(".block")].map((block) => {
    const link = block.querySelector("h2 a");
    return [block.id, link.textContent, link.href];
  });
  const readCount = titles.filter(([id]) => notebook.blocks[id]?.read).length;
  const count = section.querySelector(".read");
  count.textContent = filled(count.dataset.text, { count: readCount, all: titles.length });
  const kept = titles.filter(([id]) => notebook.blocks[id]?.marked || notebook.blocks[id]?.text);
  section.querySelector(".entries").replaceChildren(
    ...kept.map(([id, title]) => {
      const { marked, text } = notebook.blocks[id];
      const link = element("a", { href: `#${id}` }, title);
      return element("li", "", marked ? "★ " : "", link, ...(text ? [element("p", "", text)] : []));
    }),
  );
  section.querySelector(".notebook-actions").hidden = !kept.length;
  const markdown = asMarkdown(notebook, document.querySelector("h1").textContent, titles);
  section.querySelector("[data-export]").href = `data:text/markdown;charset=utf-8,${encodeURIComponent(markdown)}`;
}
