// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A reading as a few words for an address, and back: "TCPAbortOnClose:88,held.FIN_WAIT2:1,says.cut".
// Numbers and words of ours only, so that no address, name or line of a host can be among them.

import { CODES, noReading, whole } from "./findings.js";
import { COUNTERS, STATE_NAMES } from "./shapes.js";

const SUM_NAMES = ["minisockets", "waiting", "orphans", "timewait"];
const PART = /^(?:(rise|held|says|kind|see|way|at)\.)?([\w/-]{1,40})(?::(\d{1,15}))?$/;
/** More than any reading has. */
const MOST = 100;

/** What an address says of a reading; empty for one that has nothing. */
export function linkOf(reading) {
  const counts = (values, prefix = "") => Object.entries(values ?? {}).map(([name, count]) => `${prefix}${name}:${count}`);
  const words = (values, prefix) => values.map((word) => `${prefix}${word}`);
  const parts = [
    ...counts(reading.counters),
    ...counts(reading.rises, "rise."),
    ...(reading.states && !Object.keys(reading.states).length ? ["empty"] : counts(reading.states)),
    ...(reading.held && !Object.keys(reading.held).length ? ["unheld"] : counts(reading.held, "held.")),
    ...SUM_NAMES.filter((name) => reading[name] !== null).map((name) => `${name}:${reading[name]}`),
    ...words(reading.happened.symptoms, "see."),
    ...words(reading.happened.branches, "way."),
    ...words(reading.happened.states, "at."),
    ...words(reading.says, "says."),
  ];
  return parts.length ? [...parts, ...words(reading.kind, "kind.")].join(",") : "";
}

/** The reading that an address says; null where it says what no reading has. */
export function readingOf(link) {
  const found = noReading();
  const parts = link.split(",");
  if (parts.length > MOST || !parts.every((part) => take(part, found))) return null;
  return whole(found);
}

function take(part, found) {
  const [, prefix, name, digits] = PART.exec(part) ?? [];
  const count = digits === undefined ? null : Number(digits);
  const isCounter = COUNTERS.includes(name);
  if (name === undefined) return false;
  if (count === null) {
    if (prefix === "says" && CODES.includes(name)) found.says.push(name);
    else if (prefix === "at" && STATE_NAMES.includes(name)) found.happened.states.push(name);
    else if (prefix === "kind") found.kind.push(name);
    else if (prefix === "see") found.happened.symptoms.push(name);
    else if (prefix === "way") found.happened.branches.push(name);
    else if (part === "empty") found.states ??= {};
    else if (part === "unheld") found.held ??= {};
    else return false;
  } else if (!prefix && SUM_NAMES.includes(name)) found[name] = count;
  else if (!prefix && isCounter) found.counters[name] = count;
  else if (prefix === "rise" && isCounter) found.rises[name] = count;
  else if (!prefix && STATE_NAMES.includes(name)) (found.states ??= {})[name] = count;
  else if (prefix === "held" && STATE_NAMES.includes(name)) (found.held ??= {})[name] = count;
  else return false;
  return true;
}
