// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The lines of a pasted text without what copying has put around them: colours, tags, quotes, times,
// pods, file names, prompts. Each pattern runs in time that grows with the line's length alone.

/** A line longer than this is cut up where a word ends: one-line pastes have a megabyte. */
const LONG = 4000;

// eslint-disable-next-line no-control-regex -- that is what a terminal's colours are made of
const COLOURS = /\u001b\[[0-9;?]{0,20}[A-Za-z]/g;
const TAGS = /<\/?(?:pre|code|table|tbody|thead|tr|td|th|span|div|p|b|br|font)\b[^<>]{0,200}>/gi;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&nbsp;": " " };

/**
 * The entries of a table that a text may fit, by its first character.
 * @template {{begins?: string}} Entry
 * @param {Entry[]} table
 * @returns {(text: string) => Entry[]}
 */
export function byFirst(table) {
  const classes = table.map(({ begins }) => (begins ? new RegExp(`[${begins}]`) : null));
  const others = table.filter(({ begins }) => !begins);
  const of = Array.from({ length: 128 }, (unused, code) =>
    table.filter((entry, i) => !classes[i] || classes[i].test(String.fromCharCode(code))),
  );
  return (text) => of[text.charCodeAt(0)] ?? others;
}

/** What may stand before a line; each is tried once more behind another. */
const PREFIXES = [
  { begins: ">|", pattern: /^[>|]\s?/ },
  { pattern: /^[-+*•]\s+/ },
  { begins: "0-9", pattern: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\s+/ },
  { begins: "A-Z", pattern: /^[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d (?:\S{1,80} )?/ },
  { begins: "0-9", pattern: /^\d\d:\d\d:\d\d(?:\.\d{1,9})?\s+/ },
  { begins: "\\[", pattern: /^\[[^\]\s]{1,200}\]\s+/ },
  { begins: "\\[", pattern: /^\[ *\d{1,12}\.\d{1,9}\]\s*/ },
  { begins: "\\w./-", pattern: /^(?:\.{0,2}\/|[\w-]{1,80}\.(?:txt|log|out):)[^\s:]{0,200}:?(?=\S)/ },
  { begins: "\\w.-", has: "|", pattern: /^[\w.-]{1,60}\s{0,20}\|\s+/ },
  { begins: "0-9", pattern: /^\d{1,7}[:-]/ },
];
const prefixesFor = byFirst(PREFIXES);

/** The lines of a text, in order and without white space around them; empty ones are left out. */
export function linesOf(text) {
  const plain = text
    .replace(COLOURS, "")
    .replace(TAGS, (tag) => (/^<(?:br|\/tr|\/p|\/div)/i.test(tag) ? "\n" : " "))
    .replace(/&(?:lt|gt|amp|quot|nbsp);/g, (entity) => ENTITIES[entity])
    .replace(/[\u00a0\u2007\u202f\u3000]/g, " ");
  const lines = [];
  for (const raw of plain.split(/\r\n|\r|\n/)) {
    let line = raw.trim();
    while (line.length > LONG) {
      const piece = line.slice(0, LONG);
      const end = piece.lastIndexOf(" ") > 0 ? piece.lastIndexOf(" ") : LONG;
      lines.push(piece.slice(0, end));
      line = line.slice(end).trimStart();
    }
    if (line) lines.push(line);
  }
  return lines;
}

/** A line as it stands, and then each form of it that has less before it; six at most. */
export function formsOf(line) {
  let form = /^[*`]|[*`]$/.test(line) ? line.replace(/^[*`]{1,2}|[*`]{1,2}$/g, "").trim() : line;
  const forms = [form];
  while (forms.length < 6) {
    const length = prefixOf(form);
    if (!length) break;
    form = form.slice(length).trim();
    forms.push(form);
  }
  return forms;
}

function prefixOf(form) {
  for (const { pattern, has } of prefixesFor(form)) {
    const match = has && !form.includes(has) ? null : pattern.exec(form);
    if (match) return match[0].length;
  }
  return 0;
}
