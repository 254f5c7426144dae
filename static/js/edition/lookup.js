// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// From a socket to its path: down the diagram that the atlas wrote. Its shape is described in
// app/walkthrough/atlas/lookup.py.

// 32 bits are not enough for what C computes in 64.
const wide = (compute) => (a, b) => Number(compute(BigInt(a), BigInt(b)));
const rest = (a, b) => (b ? ((a % b) + b) % b : 0);

const OPERATIONS = {
  "*": (a, b) => a * b,
  "//": (a, b) => (b ? Math.floor(a / b) : 0),
  "%": rest,
  "&": wide((a, b) => a & b),
  "|": wide((a, b) => a | b),
  "^": wide((a, b) => a ^ b),
};

/** The number that a form comes to. */
export function formed([constant, terms], values) {
  return terms.reduce((sum, [coefficient, number]) => sum + coefficient * numbered(number, values), constant);
}

function numbered(number, values) {
  if (typeof number === "string") return named(number, values);
  const [sign, first, second] = number;
  const value = formed(first, values);
  if (sign === ">>") return Math.floor(value / 2 ** second);
  if (sign === "mod") return rest(value, second);
  return OPERATIONS[sign](value, formed(second, values));
}

/** An input's number, or one inside a list: `recv.0.bytes`. */
function named(name, values) {
  const [key, index] = name.split(".");
  return Number.parseInt(index === undefined ? values[key] : values[key].split("-")[index], 10) || 0;
}

/** A list with `data` for bytes: `300-200fin` is `data-datafin`. */
export function shapeOf(text) {
  return text.replace(/(^|-)[0-9]+(?=$|-|fin)/g, "$1data");
}

function holds({ kind, form, modulus }, values) {
  const number = formed(form, values);
  if (kind === "below") return number < 0;
  return kind === "zero" ? number === 0 : rest(number, modulus) === 0;
}

function classIn(variable, values, { kind }) {
  const text = values[variable.key];
  const word = kind === "segments" ? shapeOf(text) : text;
  const number = Number(text);
  return variable.classes.findIndex((one) => {
    if (typeof one === "string") return one === word;
    if (Number.isNaN(number)) return false;
    const [low, high, multiples] = one;
    const fits = ([modulus, offset, wanted]) => (rest(number + offset, modulus) === 0) === wanted;
    return low <= number && number <= high && multiples.every(fits);
  });
}

/** Where a socket ends, from a node on; null where a list is longer than the atlas goes. */
function followed(root, values, { lookup, inputs }) {
  let node = root;
  while (node >= 0) {
    const [number, children] = lookup.nodes[node];
    const variable = lookup.variables[number];
    const input = inputs.find(({ key }) => key === variable.key);
    const found = variable.key ? classIn(variable, values, input) : holds(variable, values) ? 0 : 1;
    const child = children[found];
    if (child === undefined || child === null) return null;
    node = child;
  }
  return -1 - node;
}

/** The number of a socket's path; null beyond what the atlas covers. */
export function pathOf(values, facts) {
  return followed(facts.lookup.root, values, facts);
}

/** Whether a socket takes a branch such as `unread/true`; null for one that has no diagram. */
export function takes(branch, values, facts) {
  const root = facts.lookup.branches[branch];
  return root === undefined ? null : followed(root, values, facts) === 1;
}
