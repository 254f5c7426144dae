// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a reading comes to: a value and a share for each row of the table, and a few sentences. Rows
// are {name, kind}, kind being "named", "counter" or "state"; texts come from the server, in its
// language.

import { filled } from "./steps.js";
import { MAX_LENGTH } from "./reading/read.js";

/** The value of each row by its name, null where the text does not say; empty where it says nothing. */
export function valuesOf(rows, reading) {
  const states = reading?.states ?? {};
  const counters = { ...reading?.rises, ...reading?.counters };
  if (!Object.keys(states).length && !Object.keys(counters).length) return new Map();
  return new Map(
    rows.map(({ name, kind }) => [
      name,
      (kind === "state" ? states[name] : counters[name.replace(/^Tcp(?:Ext)?/, "")]) ?? null,
    ]),
  );
}

/** The part of a row in all rows of its kind, from 0 to 1; null where that says nothing. */
export function shareOf(row, rows, values) {
  const value = values.get(row.name) ?? null;
  const whole = sum(rows.filter((other) => other.kind === row.kind).map((other) => values.get(other.name)));
  return value === null || !whole || row.kind === "counter" ? null : value / whole;
}

/** What is said of a reading, the most important first; `number` and `percent` format. */
export function sentencesOf({ texts, reading, rows, values, number, percent }) {
  const say = (text, facts) => filled(texts[text], facts);
  const parts = [];
  const named = rows.filter((row) => row.kind === "named").map((row) => ({ ...row, value: values.get(row.name) ?? null }));
  const total = sum(named.map((row) => row.value));
  if (total) {
    const [first] = named.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
    parts.push(say("aborts", { count: number(total), share: percent(first.value / total), name: first.name }), texts.since);
  } else if (Object.keys(reading.counters).length) {
    parts.push(named.some((row) => row.value === null) ? texts.unlisted : texts.zero);
  }
  const risen = Object.entries(reading.rises).filter(([, count]) => count > 0);
  if (risen.length) {
    const rises = risen.map(([name, count]) => `${name} +${number(count)}`).join(texts.comma);
    parts.push(say("rises", { rises }));
  }
  const sockets = Object.entries(reading.states ?? {});
  if (sockets.length) {
    const left = sockets.filter(([name]) => values.has(name));
    const others = sockets.filter(([name]) => !values.has(name)).map(([name, count]) => `${name} ${number(count)}`);
    const held = sum(left.map(([name]) => reading.held?.[name]));
    const count = number(sum(sockets.map(([, value]) => value)));
    parts.push(say("sockets", { count, left: number(sum(left.map(([, value]) => value))) }));
    if (held) parts.push(say("held", { count: number(held) }));
    if (reading.minisockets) parts.push(say("mini", { count: number(reading.minisockets) }));
    if (others.length) parts.push(say("others", { states: others.join(texts.comma) }));
  }
  if (reading.waiting) parts.push(say("waiting", { count: number(reading.waiting) }));
  if (reading.orphans !== null) parts.push(say("orphans", { count: number(reading.orphans) }));
  for (const code of reading.says) parts.push(say(code, { limit: MAX_LENGTH / 1024 / 1024 }));
  if (reading.ignored && parts.length && !reading.says.includes("nothing")) {
    parts.push(say("ignored", { count: number(reading.ignored) }));
  }
  return parts;
}

function sum(values) {
  return values.reduce((total, value) => total + (value ?? 0), 0);
}
