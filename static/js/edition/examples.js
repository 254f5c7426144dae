// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Which of the pages that were written tells a socket's path best. Each of them is the page of one
// example; a socket that takes the same path differs from it in numbers, or in words that the path
// does not turn on.

import { scenarioOf } from "./inputs.js";
import { pathOf, shapeOf } from "./lookup.js";

/** What a difference costs: the longer it can be seen on the page, the more. */
const COST = { state: 8, recv: 6, wait: 4, backlog: 4 };

/** Whether two values differ in more than a number. */
function inWords({ key, kind }, one, other) {
  if (kind === "segments") return shapeOf(one) !== shapeOf(other);
  if (kind === "linger") return (one === "off") !== (other === "off");
  return kind !== "number" || key in COST;
}

/** Of each input that the example's path read, how the socket differs: {key, asked, shown, isWord}. */
function differences(example, values, facts) {
  const shown = { ...scenarioOf("", facts), ...example.values };
  return facts.inputs
    .filter(({ key }) => example.reads.includes(key) && shown[key] !== values[key])
    .map((input) => ({
      key: input.key,
      asked: values[input.key],
      shown: shown[input.key],
      isWord: inWords(input, values[input.key], shown[input.key]),
    }));
}

/**
 * The example that is most like a socket: {number, example, path, differences}; null where the
 * socket is beyond what the atlas covers and no example is the same in all that its path read.
 */
export function nearestExample(values, facts) {
  const path = pathOf(values, facts);
  let best = null;
  facts.examples.forEach((example, number) => {
    if (example.path !== path && path !== null) return;
    const found = differences(example, values, facts);
    if (path === null && found.length) return;
    const cost = found.reduce((sum, { key, isWord }) => sum + (isWord ? (COST[key] ?? 2) : 1), 0);
    if (!best || cost < best.cost) best = { number, example, path: example.path, differences: found, cost };
  });
  return best;
}
