// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A reader's notebook: {blocks: {id: {marked, text, read}}}. Pure; others store and show it.

const MAX_TEXT = 2000;
const MAX_BLOCKS = 200;

/** A notebook from what storage held; anything that is none of ours becomes an empty one. */
export function parseNotebook(stored) {
  const blocks = {};
  try {
    const { version, blocks: found } = JSON.parse(stored);
    if (version !== 1) return { blocks };
    for (const [id, entry] of Object.entries(found).slice(0, MAX_BLOCKS)) {
      blocks[id] = {
        marked: entry.marked === true,
        read: entry.read === true,
        text: typeof entry.text === "string" ? entry.text.slice(0, MAX_TEXT) : "",
      };
    }
  } catch {
    // Nothing stored, or not by us.
  }
  return { blocks };
}

export function storedForm(notebook) {
  return JSON.stringify({ version: 1, blocks: notebook.blocks });
}

/** The notebook with one block changed. */
export function changed(notebook, id, change) {
  const entry = { marked: false, text: "", read: false, ...notebook.blocks[id], ...change };
  return { blocks: { ...notebook.blocks, [id]: { ...entry, text: entry.text.slice(0, MAX_TEXT) } } };
}

/** Markdown of what is marked or noted. `titles` are [id, title, address] in the page's order. */
export function asMarkdown(notebook, heading, titles) {
  const parts = [`# ${heading}`];
  for (const [id, title, address] of titles) {
    const entry = notebook.blocks[id];
    if (!entry?.marked && !entry?.text) continue;
    parts.push(`## ${entry.marked ? "★ " : ""}[${title}](${address})`);
    if (entry.text) parts.push(entry.text.trim());
  }
  return `${parts.join("\n\n")}\n`;
}
