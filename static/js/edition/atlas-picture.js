// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The picture of paths, as app/web/atlas/picture.py draws it.

const [WIDTH, BOX, ROW, HEIGHT, TOP] = [400, 216, 46, 24, 8];
const LEFT = (WIDTH - BOX) / 2;

function made(name, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const middle = (row) => TOP + row * ROW + HEIGHT / 2;

function curve({ decision, taken, target }, rows) {
  const [start, end] = [rows.get(decision), rows.get(target)];
  const side = taken ? 1 : -1;
  const x = taken ? LEFT + BOX : LEFT;
  const depth = Math.min(12 + 12 * (end - start), 62 + 2 * (end - start));
  // Arcs leave below the middle of a box and arrive above it.
  const [y, until] = [middle(start) + 5, middle(end) - 5];
  const far = Number((x + (side * depth * 4) / 3).toPrecision(6));
  return { x, y, until, far, apex: x + side * depth };
}

function arc({ taken, count }, { x, y, until, far }, href, words) {
  const d = `M${x} ${y}C${far} ${y} ${far} ${until} ${x} ${until}`;
  return made(
    "a",
    { href, class: `arc ${taken}`, "aria-label": words },
    made("path", { class: "hit", d }),
    made("path", { class: "line", d, "stroke-width": (1.25 + Math.sqrt(count) * 0.55).toFixed(2) }),
  );
}

const sum = ({ taken, count }, { y, until, apex }, href) =>
  made(
    "a",
    { href, class: taken, tabindex: -1 },
    made("text", { x: apex, y: Math.floor((y + until) / 2) + 4 }, String(count)),
  );

function box(node, row, label) {
  const isEnd = typeof node === "string";
  return made(
    "g",
    { class: `node ${isEnd ? "end" : "decision"}`, "aria-hidden": "true" },
    made("rect", { x: LEFT, y: TOP + row * ROW, width: BOX, height: HEIGHT, rx: isEnd ? 12 : 4 }),
    made("text", { x: WIDTH / 2, y: middle(row) + 4 }, label),
  );
}

/**
 * Draws edges in place of what a picture has.
 * @param {SVGElement} picture
 * @param {string[]} ends what becomes of a socket, in the order of the picture
 * @param {{label: Function, address: Function, words: Function}} say what a node is called, where an
 *   edge leads and how it is said
 */
export function drawEdges(picture, edges, ends, { label, address, words }) {
  const decisions = [...new Set(edges.map(({ decision }) => decision))].sort((a, b) => a - b);
  const nodes = [...decisions, ...ends.filter((end) => edges.some(({ target }) => target === end))];
  const rows = new Map(nodes.map((node, row) => [node, row]));
  picture.setAttribute("viewBox", `0 0 ${WIDTH} ${TOP + nodes.length * ROW}`);
  const drawn = edges
    .toSorted((one, other) => other.count - one.count)
    .map((edge) => [edge, curve(edge, rows)]);
  const apart = (parts) => parts.flatMap((part) => [part, "\n"]);
  picture.replaceChildren(
    ...apart(drawn.map(([edge, line]) => arc(edge, line, address(edge), words(edge)))),
    ...apart(nodes.map((node, row) => box(node, row, label(node)))),
    made("g", { class: "sums", "aria-hidden": "true" }, ...apart(drawn.map(([edge, line]) => sum(edge, line, address(edge))))),
  );
}
