// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Reads what a host prints about TCP: `nstat`, /proc/net/netstat and /proc/net/snmp, `ss -tan`, in
// any order and mixture. Pure: text in, plain data out; nothing is sent or kept.

import { readSsLine } from "./ss-lines.js";

/** The largest text that is read, in bytes of UTF-8. */
export const MAX_BYTES = 256 * 1024;

const NSTAT = /^([A-Z]\w*)\s+(-?\d+)(?:\s+-?\d+(?:\.\d+)?)?$/;
const NSTAT_HEADER = /^#(?:kernel\b|\d+\.\d+)/;
const TABLE = /^([A-Z]\w*):\s*(.*)$/;
const NAMES = /^[A-Za-z]\w*(?:\s+[A-Za-z]\w*)*$/;
const NUMBERS = /^-?\d+(?:\s+-?\d+)*$/;
const TCP = /^Tcp(?:Ext)?[A-Z]/;

/**
 * @param {string} text what the reader pasted
 * @returns {{bytes: number, lines: number, isTooLarge: boolean, counters: Object<string, number>,
 *   foreign: number, states: Object<string, number>, held: Object<string, number>, sockets: number,
 *   stateless: number, ignored: number, broken: number}}
 *   `lines` are those that are not empty; `counters` are TCP's in nstat's spelling, the last
 *   reading of each; `foreign` counts those of other protocols. `states` are sockets by the
 *   kernel's name of their state, `held` those of them that are listed with a process;
 *   `stateless` are lines of ss without a state. `ignored` lines were not understood; in `broken`
 *   tables of /proc/net names and numbers do not fit.
 */
export function readHostNumbers(text) {
  const found = {
    bytes: new TextEncoder().encode(text).length,
    lines: 0,
    isTooLarge: false,
    counters: {},
    foreign: 0,
    states: {},
    held: {},
    sockets: 0,
    stateless: 0,
    ignored: 0,
    broken: 0,
  };
  if (found.bytes > MAX_BYTES) return { ...found, isTooLarge: true };
  const tables = new Tables(found);
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.trim();
    if (!line) continue;
    found.lines++;
    if (tables.take(line)) continue;
    if (NSTAT_HEADER.test(line)) continue;
    if (!takeNstat(line, found) && !takeSs(line, found)) found.ignored++;
  }
  tables.end();
  return found;
}

function count(found, name, value) {
  if (TCP.test(name)) found.counters[name] = value;
  else found.foreign++;
}

function takeNstat(line, found) {
  const match = NSTAT.exec(line);
  // "LISTEN 0" is no counter; nstat's names have a small letter in them.
  if (!match || !/[a-z]/.test(match[1])) return false;
  count(found, match[1], Number(match[2]));
  return true;
}

function takeSs(line, found) {
  const read = readSsLine(line);
  if (!read) return false;
  const { state, times, isHeld } = read;
  if (!state) {
    found.stateless += times;
    return true;
  }
  found.states[state] = (found.states[state] ?? 0) + times;
  found.sockets += times;
  if (isHeld) found.held[state] = (found.held[state] ?? 0) + times;
  return true;
}

/**
 * /proc/net/netstat and snmp: "TcpExt:" with names, then "TcpExt:" with as many numbers. A
 * terminal may have wrapped either line between two words.
 */
class Tables {
  #found;
  /** @type {string | null} */
  #group = null;
  /** @type {string[]} */
  #names = [];
  /** @type {number[]} */
  #numbers = [];

  /** @param {ReturnType<typeof readHostNumbers>} found */
  constructor(found) {
    this.#found = found;
  }

  /** Whether the line belongs to a table. */
  take(line) {
    const [, group, rest] = TABLE.exec(line) ?? [null, this.#group, line];
    if (!group) return false;
    const isFirst = rest !== line;
    if (NUMBERS.test(rest) && group === this.#group && isFirst === !this.#numbers.length) {
      this.#numbers.push(...rest.split(/\s+/).map(Number));
      if (this.#numbers.length >= this.#names.length) this.end();
      return true;
    }
    if (isFirst) this.end();
    if (NAMES.test(rest) && (isFirst || (this.#group && !this.#numbers.length))) {
      this.#group = group;
      this.#names.push(...rest.split(/\s+/));
      return true;
    }
    this.end();
    return false;
  }

  /** Counts the table that was open. */
  end() {
    const [group, names, numbers] = [this.#group, this.#names, this.#numbers];
    this.#group = null;
    this.#names = [];
    this.#numbers = [];
    if (!group) return;
    if (names.length !== numbers.length) this.#found.broken++;
    else names.forEach((name, i) => count(this.#found, group + name, numbers[i]));
  }
}
