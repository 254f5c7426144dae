// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of all paths for a filter: the rows of the whole page, those that fit, in their order.

import { filled } from "../core/steps.js";
import { drawEdges } from "./atlas-picture.js";
import { edgesOf, isFiltered, readFilter, shortQuery, wantedPaths } from "./atlas-filter.js";
import { factsOf, pagesOf, pickedPages } from "./data.js";
import { unpacked } from "./pool.js";
import { refusal } from "./refusal.js";
import { addressOf, root } from "./site.js";

function showForm(form, fields, all) {
  for (const select of form.querySelectorAll("select")) {
    const value = fields[select.name] ?? (select.name === "sort" ? "decisions" : "");
    if (![...select.options].some((option) => option.value === value)) {
      select.append(new Option(value.replaceAll(",", " + "), value));
    }
    select.value = value;
    // A reset finds its way back to what is shown.
    for (const option of select.options) option.defaultSelected = option.value === value;
  }
  form.querySelector(":scope > a")?.remove();
  if (!isFiltered(fields) && !fields.sort) return;
  const link = document.createElement("a");
  Object.assign(link, { href: all, textContent: document.querySelector("h1").textContent });
  form.append(link);
}

function showRows(section, paths, { words }) {
  for (const table of section.querySelectorAll("table")) {
    const fate = table.closest("[aria-labelledby]");
    const heading = fate.previousElementSibling;
    const mine = paths.filter((path) => `fate-${path.fate}` === heading.id);
    const rows = mine.map(({ id }) => table.querySelector(`#p-${id}`));
    table.tBodies[0].replaceChildren(...rows);
    heading.querySelector(".count").textContent = rows.length;
    if (!rows.length) [heading, fate].forEach((node) => node.remove());
  }
  if (paths.length) return;
  // As on a page from a server, which has no legend then.
  section.replaceChildren(Object.assign(document.createElement("p"), { textContent: words.nothing }));
}

function showPicture(main, paths, fields, { atlas, facts, lang, id }) {
  const map = main.querySelector(".a-map");
  const { words } = atlas;
  const edges = edgesOf(paths);
  if (!edges.length) {
    map.remove();
    return;
  }
  const name = ({ decision, taken }) => `${facts.decisions[decision].id}/${taken}`;
  const isEnd = (node) => typeof node === "string";
  drawEdges(map.querySelector("svg"), edges, atlas.ends, {
    label: (node) => (isEnd(node) ? words.fates[node] : `${facts.decisions[node].line} ${words.titles[node]}`),
    address: (edge) => {
      const have = (fields.branch ?? "").split(",").filter(Boolean);
      const branch = [...new Set([...have, name(edge)])].join(",");
      const wanted = { ...fields, branch, ...(isEnd(edge.target) && { fate: edge.target }) };
      return addressOf(lang, id, "atlas", [shortQuery(wanted)]);
    },
    words: (edge) => {
      const target = isEnd(edge.target) ? words.fates[edge.target] : facts.decisions[edge.target].id;
      return filled(words.edge[edge.count === 1 ? 0 : 1], { branch: name(edge), target, count: edge.count });
    },
  });
}

/** What the atlas says of the branch, from the page of that branch alone. */
function showFocus(main, [branch, ...others], atlas) {
  if (!branch || others.length) return;
  const parts = document.createElement("template");
  parts.innerHTML = unpacked(atlas, atlas.pages[`branch=${branch}`]).replaceAll('="~/', `="${root.href}`);
  main.querySelector(".a-count").after(parts.content.querySelector(".a-focus"));
  // What the address names was not there yet when the browser looked for it.
  const fold = document.getElementById(location.hash.slice(1))?.closest(".a-focus details");
  if (!fold) return;
  fold.open = true;
  fold.scrollIntoView();
}

/** @returns {Promise<Document|null>} what is wrong with the query; null where the page shows it now */
export async function showAtlas({ lang, id, query }) {
  const [atlas, facts, pages] = await Promise.all([pickedPages(id, "atlas", lang), factsOf(id), pagesOf(id, lang)]);
  const asked = readFilter(query, atlas);
  if (asked.problems.length) {
    const words = { ...pages.words, allowed: { ...pages.words.allowed, ...atlas.words.allowed } };
    return refusal(asked.problems, { lang, id, facts, words });
  }
  const { fields, branches } = asked;
  delete fields.lang;
  const short = shortQuery(fields);
  delete fields.form;
  if (short !== query) history.replaceState(null, "", addressOf(lang, id, "atlas", [short]) + location.hash);
  const main = document.querySelector("main");
  const paths = wantedPaths({ fields, branches }, atlas);
  showForm(main.querySelector(".a-filter"), fields, addressOf(lang, id, "atlas"));
  main.querySelector(".a-count").firstChild.textContent = `${filled(atlas.words.shown, { shown: paths.length, total: atlas.paths.length })} `;
  showFocus(main, branches, atlas);
  showRows(main.querySelector(".a-paths"), paths, atlas);
  showPicture(main, paths, fields, { atlas, facts, lang, id });
  return null;
}
