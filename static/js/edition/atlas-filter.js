// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Which paths a reader wants to see, and in which order: as app/walkthrough/atlas/filters.py and
// app/web/atlas.py have it.

import { nearest } from "./nearest.js";
import { tooMuch } from "./query.js";

const FILTERS = ["branch", "fate", "state", "segment", "counter"];

function branchName(name, { aliases, through }) {
  const [decision, way] = name.split("/");
  const present = `${aliases[decision] ?? decision}/${way}`;
  return Object.hasOwn(through, present) ? present : null;
}

/**
 * What a query says: {fields, branches, problems}; fields are those that are not empty.
 * @param {string} query without the question mark
 */
export function readFilter(query, atlas) {
  const limit = tooMuch(query);
  if (limit) return { fields: {}, branches: [], problems: [limit] };
  const fields = {};
  const problems = [];
  const problem = (code, key, value, near = null) => problems.push({ code, key, value, nearest: near });
  for (const [key, text] of new URLSearchParams(query)) {
    if (key !== "form" && !atlas.keys.includes(key)) problem("unknown-key", key, text, nearest(key, atlas.keys));
    else if (Object.hasOwn(fields, key)) problem("given-twice", key, text);
    else if (text) fields[key] = text;
  }
  for (const [key, known] of Object.entries(atlas.choices)) {
    const text = fields[key];
    if (text !== undefined && !known.includes(text)) problem("not-allowed", key, text, nearest(text, known));
  }
  const named = (fields.branch ?? "").split(",").filter(Boolean);
  const branches = named.map((name) => branchName(name, atlas));
  if (named.length > atlas.branches) problem("too-many", "branch", null);
  else {
    named.forEach((name, number) => {
      if (!branches[number]) problem("unknown-branch", "branch", name, nearest(name, Object.keys(atlas.through)));
    });
  }
  return { fields, branches, problems };
}

/** The shortest query of fields; the order of the source is the usual one. */
export function shortQuery({ form, ...fields }) {
  if (form && fields.sort === "decisions") delete fields.sort;
  return Object.entries(fields).map(([key, value]) => `${key}=${value}`).join("&");
}

export const isFiltered = (fields) => FILTERS.some((key) => fields[key]);

/** Below 0, 0 or above, for texts, numbers, truths and lists of them, which are compared item by item. */
function compared(one, other) {
  if (!Array.isArray(one)) return one < other ? -1 : one > other ? 1 : 0;
  for (let n = 0; n < Math.min(one.length, other.length); n++) {
    const found = compared(one[n], other[n]);
    if (found) return found;
  }
  return one.length - other.length;
}

const SORTED_BY = {
  decisions: () => [],
  witness: ({ simple }) => simple,
  segments: ({ segments }) => segments,
  state: ({ ends }) => ends,
  counters: ({ counters }) => counters,
};

/** The paths that fit, in their order. */
export function wantedPaths({ fields, branches }, { paths, through }) {
  const { fate, state, segment, counter, sort = "decisions" } = fields;
  const sends = (path) => path.segments.includes(segment) || (segment === "none" && !path.segments.length);
  const fits = (path) =>
    branches.every((name) => through[name].includes(path.id)) &&
    (!fate || path.fate === fate) &&
    (!state || path.state === state) &&
    (!counter || path.counters.includes(counter)) &&
    (!segment || sends(path));
  const key = (path) => [SORTED_BY[sort](path), path.decisions.map(([number, taken]) => [number, !taken])];
  return paths
    .filter(fits)
    .map((path) => ({ path, key: key(path) }))
    .sort((one, other) => compared(one.key, other.key))
    .map(({ path }) => path);
}

/** How many paths go on from a decision each way: {decision, taken, target, count}, in the order of the source. */
export function edgesOf(paths) {
  const found = new Map();
  for (const { decisions, fate } of paths) {
    decisions.forEach(([decision, taken], number) => {
      const target = decisions[number + 1]?.[0] ?? fate;
      const edge = found.get(`${decision} ${taken} ${target}`) ?? { decision, taken, target, count: 0 };
      edge.count += 1;
      found.set(`${decision} ${taken} ${target}`, edge);
    });
  }
  const order = ({ decision, taken, target }) => [decision, !taken, String(target)];
  return [...found.values()].sort((one, other) => compared(order(one), order(other)));
}
