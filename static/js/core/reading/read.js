// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Reads what a host prints about its TCP connections. Pure: text in, plain data out; nothing is sent
// or kept. What is not understood is not zero: a name that the text says nothing of is absent.

import { Findings } from "./findings.js";
import { byFirst, formsOf, linesOf } from "./lines.js";
import { bareName, COUNTERS, NAMED, numberOf, SHAPES, STATES } from "./shapes.js";
import { Tables } from "./tables.js";

const shapesFor = byFirst(SHAPES);

/** The largest text that is read, in characters. */
export const MAX_LENGTH = 2 * 1024 * 1024;

/** Braces that are looked at in a text for the ends of objects. */
const MOST_BRACES = 50_000;
const MOST_SERIES = 1000;

/** Most lines have none, and are not looked through for more. */
const ANY_NAME = new RegExp(COUNTERS.join("|"));

/** What names the host, the namespace or the file that the numbers below it are of. */
const SOURCE = /^(?=[#=nhpcs-])(?:#\s*|==+>?\s*|-{2,}\s*)?(?:netns|namespace|host|node|pod|container|server)[\s:=]\s*(\S{1,80})/i;
/** A line of the kernel's log: a number alone in it is no count of sockets. */
const LOGGED = /^\[ *\d{1,12}\.\d{1,9}\]/;
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
  const hasSar = text.includes("atmptf/s");
  for (const line of rest) {
    const source = SOURCE.exec(line);
    if (source) findings.source(source[1]);
    const head = hasSar ? SAR_HEAD.exec(line) : null;
    const row = sar === null ? null : SAR_ROW.exec(line);
    if (head) sar = secondsOf(head);
    else if (row) sar = readSar(row, sar, findings);
    else if (!readLine(line, tables, findings)) findings.other(line);
  }
  tables.end();
  return findings.reading();
}

function readLine(line, tables, findings) {
  const forms = formsOf(line);
  const hasName = ANY_NAME.test(line);
  if (tables.take(forms, hasName)) return true;
  let isNamed = false;
  const isOwn = hasName && !line.startsWith("node_");
  // matchAll() would copy the pattern for each line, which takes longer than all else.
  NAMED.lastIndex = 0;
  for (let match = isOwn && NAMED.exec(line); match; match = NAMED.exec(line)) {
    const [, prefix, name, value] = match;
    const kind = prefix && /^Tcp(?:Ext)?$/.test(prefix) ? "nstat" : "other";
    isNamed = findings.counter(kind, name, numberOf(value)) || isNamed;
  }
  return isNamed || forms.some((form) => readForm(form, findings, LOGGED.test(line)));
}

function readForm(form, findings, isLogged = false) {
  for (const { pattern, has, read, notLogged } of shapesFor(form)) {
    const match = (has && !form.includes(has)) || (notLogged && isLogged) ? null : pattern.exec(form);
    if (match !== null && read(match, findings) !== false) return true;
  }
  return false;
}

/** Takes the JSON objects out of a text, and reads those that a tool writes; gives the other lines. */
function readObjects(lines, findings) {
  const rest = [];
  const left = { braces: MOST_BRACES };
  for (let i = 0; i < lines.length; i++) {
    const end = lines[i].startsWith("{") ? endOfObject(lines, i, left) : i;
    const object = end > i ? parsed(lines.slice(i, end).join("\n")) : null;
    if (!object) {
      rest.push(lines[i]);
      continue;
    }
    if (!readObject(object, findings)) rest.push(...lines.slice(i, end));
    i = end - 1;
  }
  return rest;
}

/** What a tool's object says, or the object within it; whether there was anything of ours. */
function readObject(object, findings) {
  const found = [readCounts(object, findings)];
  for (const [group, value] of Object.entries(object)) {
    if (group === "counters" && Array.isArray(value)) readWatch(value, findings);
    else if (group === "sockets" && value) found.push(readSums(value, findings), readCounts(value, findings));
    else if (group === "data" && Array.isArray(value?.result)) found.push(readSeries(value.result, findings));
    else if (value && typeof value === "object" && !Array.isArray(value)) found.push(readCounts(value, findings));
  }
  return found.some(Boolean) || "counters" in object || "kernel" in object;
}

/** Counters by nstat's names, or sockets by their states. */
function readCounts(values, findings) {
  let isRead = false;
  for (const [name, value] of Object.entries(values)) {
    if (!isCount(value)) continue;
    if (COUNTERS.includes(bareName(name))) isRead = findings.counter("nstat-json", bareName(name), value) || isRead;
    else if (Object.hasOwn(STATES, name)) isRead = findings.states("state-counts", STATES[name], value) || isRead;
  }
  return isRead;
}

/** The answer of Prometheus to a query, each series with its newest value. */
function readSeries(series, findings) {
  let isRead = false;
  for (const { metric, value, values } of series.slice(0, MOST_SERIES).filter(Boolean)) {
    const { __name__: name, ...labels } = metric ?? {};
    const [, newest] = value ?? values?.at?.(-1) ?? [];
    const told = Object.entries(labels).map(([key, label]) => `${key}="${String(label).replace(/[{}]/g, "")}"`);
    isRead = readForm(`${name}{${told.join().slice(0, 400)}} ${newest}`, findings) || isRead;
  }
  return isRead;
}

/** What `walkthrough watch --json` prints at each look: the newest one has all that rose. */
function readWatch(values, findings) {
  for (const { counter, now, since_start: rise } of values.filter((value) => value?.counter)) {
    const bare = bareName(String(counter));
    if (!COUNTERS.includes(bare)) continue;
    findings.kind("watch-json");
    if (isCount(now)) findings.counter("watch-json", bare, now);
    if (isCount(rise)) findings.rose(bare, rise);
  }
}

/** The sums of `walkthrough watch --json`. */
function readSums({ orphans, "in TIME_WAIT": timewait }, findings) {
  if (!isCount(orphans) || !isCount(timewait)) return false;
  findings.gauges("watch-json", { orphans, timewait });
  return true;
}

function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The index behind the line in which an object ends; that of its first line where it does not. */
function endOfObject(lines, start, left) {
  let depth = 0;
  for (let i = start; i < lines.length && left.braces > 0; i++) {
    for (const [mark] of lines[i].matchAll(/[{}]/g)) {
      depth += mark === "{" ? 1 : -1;
      left.braces--;
    }
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
