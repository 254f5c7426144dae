// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Permalinks: what a place is, whether a path comes by, and the socket that is shown for it.

/** The place without the old names of what it names. */
export function presentName(place, { aliases }) {
  const [name, ...way] = place.split("/");
  return [aliases[name] ?? name, ...way].join("/");
}

/**
 * What a place names: {kind, place, start, end, decision, way, block}; null for what is no place.
 * Lines are 1-based, both ends included.
 */
export function findPlace(place, facts) {
  const [name, way, ...more] = place.split("/");
  const decision = facts.decisions.find(({ id }) => id === name);
  if (decision && !more.length && [undefined, "true", "false"].includes(way)) {
    return { kind: way ? "branch" : "decision", place, start: decision.line, end: decision.end, decision, way };
  }
  if (way !== undefined) return null;
  const block = facts.blocks.find(([id]) => id === name);
  if (block) return { kind: "block", place, start: block[1], end: block[2], block: name };
  const lines = /^L([0-9]{1,6})(?:-L?([0-9]{1,6}))?$/.exec(place);
  if (!lines) return null;
  const ends = [Number(lines[1]), Number(lines[2] ?? lines[1])];
  const [start, end] = [Math.min(...ends), Math.max(...ends)];
  if (start < 1 || end > facts.lines) return null;
  return { kind: "lines", place: start === end ? `L${start}` : `L${start}-L${end}`, start, end };
}

/** The query of the socket that is shown for a place. */
export function witnessOf(focus, facts) {
  const known = facts.witnesses[focus.place];
  if (known !== undefined) return known;
  // Several lines: of the sockets of each line the one that executes most of them.
  let [best, most] = ["", -1];
  for (let line = focus.start; line <= focus.end; line++) {
    const query = facts.witnesses[`L${line}`];
    const count = facts.examples.find((example) => example.query === query).lines.filter(
      (number) => focus.start <= number && number <= focus.end,
    ).length;
    if (count > most) [best, most] = [query, count];
  }
  return best;
}

/** The name of a place for people, and why the path that is shown does not come by, if so. */
export function described(focus, steps, facts, words) {
  if (focus.decision) {
    const here = steps.filter(({ line }) => line === focus.decision.line);
    const { code } = focus.decision;
    if (!focus.way) return { title: code, remark: here.length ? "" : words.notcome };
    const goes = here.some(({ verdict }) => verdict === focus.way);
    return { title: `${code} → ${focus.way}`, remark: goes ? "" : here.length ? words.otherway : words.notcome };
  }
  const { start, end } = focus;
  const title = focus.block
    ? words.blocks[focus.block]
    : start === end
      ? words.line.replace("{line}", start)
      : words.lines.replace("{start}", start).replace("{end}", end);
  const inside = (number) => start <= number && number <= end;
  const comes = steps.some((step) => step.line <= end && step.end >= start);
  return { title, remark: comes || !facts.runnable.some(inside) ? "" : words.notby };
}
