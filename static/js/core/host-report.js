// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What the numbers of a host come to: a value and a share for each row of the table, and a few
// sentences. Rows are {name, kind}, kind being "named", "counter" or "state"; texts come from the
// server, in its language.

import { MAX_BYTES } from "./host-numbers.js";
import { filled } from "./steps.js";

const SMALLER = "nstat -az | grep Tcp; ss -Htan | awk '{print $1}' | sort | uniq -c";

/** The value of each row by its name, null where the text does not say; empty without any. */
export function valuesOf(rows, found) {
  if (!found || !(found.sockets || Object.keys(found.counters).length)) return new Map();
  return new Map(
    rows.map(({ name, kind }) =>
      kind === "state"
        ? [name, found.states[name] ?? (found.sockets ? 0 : null)]
        : [name, found.counters[name] ?? null],
    ),
  );
}

/** The part of a row in all rows of its kind, from 0 to 1; null where that says nothing. */
export function shareOf(row, rows, values) {
  const value = values.get(row.name) ?? null;
  const whole = sum(rows.filter((other) => other.kind === row.kind).map((other) => values.get(other.name)));
  return value === null || !whole || row.kind === "counter" ? null : value / whole;
}

/** What is said of a text; `number` formats one. */
export function sentences(texts, found, rows, values, number) {
  const say = (text, numbers) =>
    filled(texts[text], Object.fromEntries(Object.entries(numbers).map(([k, n]) => [k, number(n)])));
  if (found.isTooLarge) {
    const size = number(Math.ceil(found.bytes / 1024));
    return [filled(texts["too-large"], { size, limit: MAX_BYTES / 1024, command: SMALLER })];
  }
  const parts = [];
  if (!values.size) {
    if (found.foreign) parts.push(texts["no-tcp"]);
    else if (!found.stateless) parts.push(say("nothing", { lines: found.lines }));
  }
  if (Object.keys(found.counters).length) {
    const named = rows.filter((row) => row.kind === "named").map((row) => values.get(row.name));
    const total = sum(named);
    if (total) parts.push(say("aborts", { count: total }));
    else if (named.includes(null)) parts.push(texts.unlisted);
    else parts.push(texts.zero);
  }
  if (found.sockets) {
    const left = Object.keys(found.states).filter((name) => values.has(name));
    const others = Object.keys(found.states).filter((name) => !values.has(name));
    const held = sum(left.map((name) => found.held[name]));
    parts.push(say("sockets", { count: found.sockets, left: sum(left.map((name) => found.states[name])) }));
    if (held) parts.push(say("held", { count: held }));
    const listed = others.map((name) => `${name} ${number(found.states[name])}`).join(texts.comma);
    if (listed) parts.push(filled(texts.others, { states: listed }));
  }
  if (found.stateless) parts.push(texts["no-state"]);
  if (found.broken) parts.push(say("broken", { count: found.broken }));
  if (found.ignored && (values.size || found.foreign)) parts.push(say("ignored", { count: found.ignored }));
  return parts;
}

function sum(values) {
  return values.reduce((total, value) => total + (value ?? 0), 0);
}
