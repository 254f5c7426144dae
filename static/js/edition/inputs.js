// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The inputs as a query string has them: read, checked and brought into their shortest form.
// A problem is {code, key, value, nearest}; the codes are those of the program.

import { nearest } from "./nearest.js";

class Refused {
  constructor(code, near = null) {
    this.code = code;
    this.nearest = near;
  }
}

function integer(text, { low, high }) {
  if (!/^-?[0-9]+$/.test(text)) throw new Refused("not-a-number");
  // Twenty digits are beyond every bound.
  const number = Number(text);
  if (text.length > 20 || number < low || number > high) throw new Refused("out-of-range");
  return String(number || 0);
}

function choice(text, { key, choices }, facts) {
  if (choices.includes(text)) return text;
  const bare = text.replace(/^TCP_/, "");
  if (key === "state" && facts.mini.includes(bare)) throw new Refused("mini-socket");
  throw new Refused("not-allowed", nearest(bare, choices));
}

function items(text, facts) {
  if (text === "none") return [];
  const found = text.split("-");
  if (found.length > facts.items) throw new Refused("too-many");
  return found;
}

function segment(text, facts) {
  const match = /^([0-9]{1,12})?(fin)?$/.exec(text);
  if (!match || !text) throw new Refused("not-a-segment", nearest(text, ["fin", "none"]));
  const [, digits, fin = ""] = match;
  const count = Number(digits);
  if (digits !== undefined && !(1 <= count && count <= facts.bytes)) throw new Refused("out-of-range");
  return (digits === undefined ? "" : String(count)) + fin;
}

function event(text, facts) {
  if (!facts.events.includes(text)) throw new Refused("not-an-event", nearest(text, facts.events));
  return text;
}

const kinds = {
  choice,
  number: integer,
  linger: (text, input) => {
    if (text === "off") return text;
    if (!/^-?[0-9]+$/.test(text)) throw new Refused("not-allowed", nearest(text, ["off"]));
    return integer(text, input);
  },
  segments: (text, _, facts) => items(text, facts).map((item) => segment(item, facts)).join("-") || "none",
  events: (text, _, facts) => items(text, facts).map((item) => event(item, facts)).join("-") || "none",
};

/** What the defaults are: {key: text}. */
export function defaults(facts) {
  return Object.fromEntries(facts.inputs.map((input) => [input.key, input.default]));
}

/**
 * The scenario that pairs mean, each input in its shortest form; an empty value is the default.
 * @param {Array<[string, string]>} pairs
 * @returns {{values: Record<string, string>, problems: object[]}}
 */
export function readScenario(pairs, facts) {
  const values = defaults(facts);
  const problems = [];
  const seen = new Set();
  for (const [key, text] of pairs) {
    const input = facts.inputs.find((one) => one.key === key);
    if (!input) {
      const known = [...facts.inputs.map((one) => one.key), ...facts.view];
      problems.push({ code: "unknown-key", key, value: text, nearest: nearest(key, known) });
    } else if (seen.has(key)) {
      problems.push({ code: "given-twice", key, value: text, nearest: null });
    } else {
      seen.add(key);
      try {
        if (text) values[key] = kinds[input.kind](text, input, facts);
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused;
        problems.push({ code: refused.code, key, value: text, nearest: refused.nearest });
      }
    }
  }
  return { values, problems };
}

/** What differs from the defaults, as `key=value`, in the order of the inputs. */
export function changed(values, facts) {
  return facts.inputs.filter(({ key, default: usual }) => values[key] !== usual).map(({ key }) => `${key}=${values[key]}`);
}

/** The scenario of a query string that the export wrote. */
export function scenarioOf(query, facts) {
  return { ...defaults(facts), ...Object.fromEntries(new URLSearchParams(query)) };
}
