// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Whether a socket solves a challenge. What depends on the path is known from its example, times
// are computed from the reader's own numbers, branches are looked up.

import { changed } from "./inputs.js";
import { caveatsOf } from "./caveats.js";
import { formed, takes } from "./lookup.js";

/** The outcome of a socket: that of its example, with the socket's own times. */
export function outcomeOf({ example, path }, values, facts) {
  const times = path === null ? {} : facts.lookup.times[path];
  const own = Object.fromEntries(Object.entries(times).map(([name, form]) => [name, formed(form, values)]));
  return { ...example.outcome, ...own };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const within = ({ min, max }, found) => found !== null && (min ?? 0) <= found && (max === null || found <= max);

function judged([kind, subject, wanted], near, values, facts) {
  const outcome = outcomeOf(near, values, facts);
  switch (kind) {
    case "segments":
    case "fate":
    case "state":
    case "timewait":
      return [same(outcome[kind], wanted), outcome[kind]];
    case "keepalive_ms":
    case "timewait_ms":
      return [within(wanted, outcome[kind]), outcome[kind]];
    case "counter": {
      const count = outcome.counters[subject] ?? 0;
      return [count >= wanted, count];
    }
    case "takes":
    case "avoids":
      return [(takes(subject, values, facts) ?? near.example.branches.includes(subject)) === wanted, null];
    case "input":
      return [wanted.includes(values[subject]), values[subject]];
    case "input_not":
      return [!wanted.includes(values[subject]), values[subject]];
    default: {
      const count = changed(values, facts).length;
      return [count <= wanted, count];
    }
  }
}

/**
 * Of each condition: {kind, holds, found}; those that are always asked for come last, and only
 * where they do not hold.
 */
export function judge(challenge, near, values, facts) {
  const findings = challenge.conditions.map((condition) => {
    const [holds, found] = judged(condition, near, values, facts);
    return { kind: condition[0], holds, found };
  });
  if (near.example.stopped) findings.push({ kind: "own_text", holds: false, found: null });
  if (caveatsOf(values, facts).length) findings.push({ kind: "real", holds: false, found: null });
  return findings;
}
