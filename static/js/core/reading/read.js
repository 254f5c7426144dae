// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Reads what a host prints about its TCP connections. Pure: text in, plain data out; nothing is sent
// or kept. What is not understood is not zero: a name that the text says nothing of is absent.

import { Findings } from "./findings.js";
import { formsOf, linesOf } from "./lines.js";
import { COUNTERS, NAMED, numberOf, SHAPES } from "./shapes.js";
import { Tables } from "./tables.js";

/** The largest text that is read, in characters. */
export const MAX_LENGTH = 2 * 1024 * 1024;

/** Objects that are looked for in a text, and the lines of one. */
const MOST_OBJECTS = 200;
const LONGEST_OBJECT = 2000;

/** What names the host, the namespace or the file that the numbers below it are of. */
const SOURCE = /^(?:#\s*|==+>?\s*|-{2,}\s*)?(?:netns|namespace|host|node|pod|container|server)[\s:=]\s*(\S{1,80})/i;
const SAR_HEAD = /^(\d\d):(\d\d):(\d\d)(?: [AP]M)?\s+atmptf\/s\s+estres\/s\s+retrans\/s\s+isegerr\/s\s+orsts\/s/;
const SAR_ROW = /^(\d\d):(\d\d):(\d\d)(?: [AP]M)?\s+([\d.]+)\s+([\d.]+)\s+[\d.]+\s+[\d.]+\s+([\d.]+)$/;

/**
 * @param {string} text what the reader pasted
 * @returns the reading: `kind` (names of tools, the commonest first), `counters` (newest, by nstat's
 *   name without Tcp or TcpExt), `rises`, `states` (sockets by the kernel's name of the state, null
 *   where the text lists none), `held`, `minisockets`, `waiting`, `orphans`, `timewait`, `symptoms`,
 *   `branches`, `says` (codes of what the reader has to be told), `ignored` (lines not understood),
 *   `happened` (symptoms, branches and states that events speak of, such as lines of a log)
 */
export function readHostText(text) {
  const findings = new Findings();
  if (text.length > MAX_LENGTH) {
    findings.say("too-large");
    return findings.reading();
  }
  const lines = linesOf(text);
  const rest = readObjects(lines, findings);
  const tables = new Tables(findings);
  /** @type {number | null} */
  let sar = null;
  for (const line of rest) {
    const source = SOURCE.exec(line);
    if (source) findings.source(source[1]);
    const head = SAR_HEAD.exec(line);
    const row = sar === null ? null : SAR_ROW.exec(line);
    if (head) sar = secondsOf(head);
    else if (row) sar = readSar(row, sar, findings);
    else if (!readLine(line, tables, findings)) findings.other(line);
  }
  tables.end();
  return findings.reading();
}

function readLine(line, tables, findings) {
  const forms = [...formsOf(line)];
  if (tables.take(forms)) return true;
  let isNamed = false;
  for (const [, prefix, name, value] of line.startsWith("node_") ? [] : line.matchAll(NAMED)) {
    const kind = prefix && /^Tcp(?:Ext)?$/.test(prefix) ? "nstat" : "other";
    isNamed = findings.counter(kind, name, numberOf(value)) || isNamed;
  }
  return isNamed || forms.some((form) => readForm(form, findings));
}

function readForm(form, findings) {
  return SHAPES.some(({ pattern, read }) => {
    const match = pattern.exec(form);
    return match !== null && read(match, findings) !== false;
  });
}

/** Takes the JSON objects out of a text, and reads those that a tool writes; gives the other lines. */
function readObjects(lines, findings) {
  const rest = [];
  let tries = MOST_OBJECTS;
  for (let i = 0; i < lines.length; i++) {
    const end = lines[i].startsWith("{") && tries-- > 0 ? endOfObject(lines, i) : i;
    const object = end > i ? parsed(lines.slice(i, end).join("\n")) : null;
    if (!object) {
      rest.push(lines[i]);
      continue;
    }
    for (const [group, value] of Object.entries(object)) {
      if (group === "counters" && Array.isArray(value)) readWatch(value, findings);
      else if (value && typeof value === "object" && !Array.isArray(value)) readNstat(value, findings);
    }
    i = end - 1;
  }
  return rest;
}

function readNstat(values, findings) {
  for (const [name, value] of Object.entries(values)) {
    const bare = name.replace(/^Tcp(?:Ext)?/, "");
    if (COUNTERS.includes(bare) && Number.isSafeInteger(value)) findings.counter("nstat-json", bare, value);
  }
}

function readWatch(values, findings) {
  for (const { counter, since_start: rise } of values.filter((value) => value?.counter)) {
    const bare = String(counter).replace(/^Tcp(?:Ext)?/, "");
    if (!COUNTERS.includes(bare) || !Number.isSafeInteger(rise)) continue;
    findings.kind("watch-json");
    findings.rise(bare, rise);
  }
}

/** The index behind the line in which an object ends; that of its first line where it does not. */
function endOfObject(lines, start) {
  let depth = 0;
  for (let i = start; i < lines.length && i < start + LONGEST_OBJECT; i++) {
    for (const [mark] of lines[i].matchAll(/[{}]/g)) depth += mark === "{" ? 1 : -1;
    if (depth <= 0) return i + 1;
  }
  return start;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {any} match hours, minutes and seconds */
function secondsOf([, hours, minutes, seconds]) {
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
}

/**
 * Rates of `sar -n ETCP`: a rate times the seconds since the row before.
 * @param {any} match
 */
function readSar(match, before, findings) {
  const at = secondsOf(match);
  const interval = (at - before + 86400) % 86400;
  findings.kind("sar");
  for (const [i, name] of [
    [4, "AttemptFails"],
    [5, "EstabResets"],
    [6, "OutRsts"],
  ]) {
    findings.rise(name, Math.round(Number(match[i]) * interval));
  }
  return at;
}
