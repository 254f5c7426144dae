// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The search dialog, and the index that the server has made. Loaded when it is first asked for.

import { addressOf, excerpt, find, wordsOf } from "../core/search.js";
import { filled } from "../core/steps.js";
import { element, isPlainClick } from "../dom/document.js";

const MOST = 40;
const opener = () => document.querySelector("[data-search]");
let asked = null;

/** The index, fetched once; what could not be had is asked for again. */
export function searchIndex() {
  asked ??= fetch(opener().dataset.search).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
  asked.catch(() => (asked = null));
  return asked;
}

export function openSearch() {
  const dialog = document.querySelector("dialog.search");
  if (!dialog.dataset.ready) prepare(dialog);
  dialog.showModal();
  dialog.querySelector("input").select();
  show(dialog);
}

function prepare(dialog) {
  dialog.dataset.ready = "yes";
  const input = dialog.querySelector("input");
  input.addEventListener("input", () => show(dialog));
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    // Enter in the field goes to the first place; the button closes.
    if (event.submitter && document.activeElement !== input) return;
    event.preventDefault();
    // Who types and presses Enter may be faster than the index.
    await show(dialog);
    dialog.querySelector(".search-results a")?.click();
  });
  dialog.addEventListener("keydown", (event) => moveBetween(event, dialog));
  dialog.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) follow(link, event);
    if (link || event.target === dialog) dialog.close();
  });
}

/** What was found has to be there to be read; another socket needs no other page. */
function follow(link, event) {
  const walk = /** @type {any} */ (document.querySelector("walk-through"));
  if (!walk || !isPlainClick(event)) return;
  if (link.getAttribute("href").startsWith("#")) {
    const folded = document.getElementById(link.hash.slice(1))?.closest("details");
    if (folded) folded.open = true;
  } else if (link.dataset.kind === "preset") {
    event.preventDefault();
    walk.visit(link.href, {});
  }
}

async function show(dialog) {
  const input = dialog.querySelector("input");
  const query = input.value;
  const count = dialog.querySelector(".search-count");
  const list = dialog.querySelector(".search-results");
  const { none, one, some, many, lost } = count.dataset;
  try {
    const { kinds, entries, words } = await searchIndex();
    // Somebody has typed on meanwhile.
    if (input.value !== query) return;
    const found = find(words, query);
    const shown = found.slice(0, MOST);
    const text = !found.length ? none : found.length === 1 ? one : found.length > MOST ? many : some;
    count.textContent = query.trim() ? filled(text, { count: found.length, first: shown.length }) : "";
    list.replaceChildren(...shown.map((number) => result(entries[number], kinds, query)));
  } catch {
    count.textContent = lost;
  }
}

function result([kind, title, text, place], kinds, query) {
  const [before, word, behind] = excerpt(text, wordsOf(query));
  const shown = element("span", "excerpt", before);
  if (word) shown.append(element("mark", "", word), behind);
  const link = element("a", { href: hrefOf(place) }, element("strong", "", title), " ", element("small", "", kinds[kind]), shown);
  link.dataset.kind = kind;
  const item = element("li", "", link);
  item.dataset.kind = kind;
  return item;
}

/** The fragment of what stands on the page that is open, or the address of the page that has it. */
function hrefOf(place) {
  const [path, fragment] = place.split("#");
  const id = fragment ?? path;
  const isHere = document.querySelector("walk-through") && !path.includes("?") && document.getElementById(id);
  return isHere ? `#${id}` : addressOf(new URL(opener().dataset.home, document.baseURI).href, place);
}

function moveBetween(event, dialog) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [dialog.querySelector("input"), ...dialog.querySelectorAll(".search-results a")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
