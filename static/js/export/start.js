// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The script of the export. What a server would answer stands in bundles; everything else is the
// same program, which is started when the page that was asked for is there.

import { fragmentOf, scriptAddress } from "../dom/markup.js";
import { needSheet } from "../dom/document.js";
import { filled } from "../core/steps.js";
import { WalkThrough } from "../elements/walk-through.js";
import { nearest } from "./nearest.js";
import { bundleOf, pageOf, readAddress, root, textOf } from "./pages.js";

const page = document.documentElement;
const words = () => document.querySelector(".export-note").dataset;

/** A remark above what is shown. */
function remark(text) {
  const main = document.querySelector("main");
  if (main.matches(".stage")) main.before(note(text));
  else main.prepend(note(text));
}

function note(text) {
  const said = Object.assign(document.createElement("p"), { className: "nearest-note", textContent: text });
  said.setAttribute("role", "note");
  return said;
}

/** The page of a socket at a place, and the query that says which socket it is. */
async function studyOf({ home, place, lines, asked, challenge }) {
  const bundle = await bundleOf(home);
  const own = bundle.places[place];
  const found = own === undefined || asked.length ? nearest(asked, bundle) : { query: own, differing: [] };
  const isOwn = found.query === own;
  const fresh = pageOf(bundle, isOwn ? place : found.query);
  if (own !== undefined && !(isOwn && !lines.length)) markPlace(fresh, pageOf(bundle, place), lines);
  if (found.differing.length) fresh.querySelector(".sentences").after(note(told(found)));
  if (challenge in bundle.challenges) await markChallenge(fresh, bundle, challenge, found.query);
  const more = challenge && `challenge=${challenge}`;
  for (const link of fresh.querySelectorAll('[href^="?"]')) {
    link.href = home + joined(found.query, more, link.getAttribute("href").slice(1));
  }
  return { fresh, query: joined(isOwn && !asked.length ? "" : found.query, more) };
}

const joined = (...parts) => (parts.some(Boolean) ? `?${parts.filter(Boolean).join("&")}` : "");

function told({ differing, isSame }) {
  const { nearest: other, same, comma } = words();
  const listed = (at) => differing.map((one) => `${one[0]}=${one[at]}`).join(comma);
  return filled(isSame ? same : other, { asked: listed(1), shown: listed(2) });
}

/** The lines that an address names, on the page of a socket that need not come by there. */
function markPlace(fresh, of, lines) {
  const [first, last] = lines.length ? lines : [0, 0];
  const named = lines.length
    ? [...fresh.querySelectorAll(".line")].filter(({ dataset: { line } }) => first <= line && line <= last)
    : [...of.querySelectorAll(".line.is-focus")].map(({ id }) => fresh.getElementById(id));
  for (const line of fresh.querySelectorAll(".line.is-focus")) line.classList.remove("is-focus");
  for (const line of named) line?.classList.add("is-focus");
  for (const line of fresh.querySelectorAll("[autofocus]")) line.autofocus = false;
  named[0]?.querySelector(".no").setAttribute("autofocus", "");
}

/** The challenge goes along from socket to socket; each has a banner that was judged already. */
async function markChallenge(fresh, bundle, challenge, query) {
  await needSheet("challenge");
  const number = bundle.challenges[challenge][Object.keys(bundle.sockets).indexOf(query)];
  fresh.querySelector(".outcome").before(fragmentOf(textOf(bundle, `#${number}`)));
  for (const link of fresh.querySelectorAll(":is(.way, .station, .why-not, .presets a)[href]")) {
    link.search = joined(link.search.slice(1), `challenge=${challenge}`);
  }
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "challenge", value: challenge });
  fresh.querySelector("socket-form form").append(field);
}

/** What the program's server would answer for an address of a walkthrough. */
WalkThrough.ask = async (url) => {
  const there = readAddress(url);
  const { places } = there.lines ? await bundleOf(there.home) : {};
  const nothing = { ok: false, address: url, fresh: document.implementation.createHTMLDocument() };
  if (there.place && !(there.place in places)) return nothing;
  const { fresh, query } = await studyOf(there);
  const { place, lines, step } = there;
  const folder = there.home + (place && !lines.length ? `${place}/` : "");
  // Who asked puts the fragment of the question back, which may be the place.
  const range = lines.length && !new URL(url, document.baseURI).hash ? `#L${lines.join("-L")}` : "";
  return { ok: true, address: folder + joined(query.slice(1), step && `step=${step}`) + range, fresh };
};

/** The address names a step of the path that is shown now. */
function goToStep() {
  const walk = document.querySelector("walk-through");
  const step = Number(readAddress(location.href).step);
  if (!step || !walk.steps.length) return;
  walk.querySelector("details.steps").open = true;
  walk.go(Math.min(step, walk.steps.length));
}

async function showStudy() {
  const { ok, address, fresh } = await WalkThrough.ask(location.href);
  if (!ok) return;
  history.replaceState(null, "", address + location.hash);
  document.querySelector("walk-through").replaceWith(document.adoptNode(fresh.querySelector("walk-through")));
  document.title = fresh.title;
  for (const selector of ["link[rel=canonical]", "meta[name=description]", ".languages"]) {
    document.querySelector(selector).replaceWith(fresh.querySelector(selector));
  }
}

/** A page whose query picks one of those that pages lead to. */
async function showPicked() {
  const { asked } = readAddress(location.href);
  const bundle = await bundleOf(new URL(".", location.href));
  const sorted = (pairs) => pairs.map((pair) => pair.join("=")).sort().join("&");
  const wanted = sorted(asked);
  const name = Object.keys(bundle.pages).find((one) => sorted([...new URLSearchParams(one)]) === wanted);
  const main = document.querySelector("main");
  if (name) {
    const fresh = pageOf(bundle, name);
    main.replaceWith(document.adoptNode(fresh.querySelector("main")));
    document.title = fresh.title;
  } else if (wanted && page.dataset.page === "atlas") {
    (await import("./rows.js")).filterRows(main, bundle, asked);
  } else if (wanted) remark(words().picked);
}

/** The slides of a socket; the traces of those that have some are one file. */
async function readySlides(stage) {
  const { home, asked } = readAddress(location.href);
  const { sockets, defaults } = await bundleOf(home);
  stage.dataset.traces = `${home}present/traces.json`;
  stage.dataset.notes = new URL(stage.dataset.notes, document.baseURI).href;
  const { traces } = await (await fetch(stage.dataset.traces)).json();
  const known = Object.fromEntries(traces.map(({ query }) => [query, sockets[query]]));
  const found = nearest(asked, { sockets: known, defaults });
  if (!found.differing.length) return;
  const address = new URL(location.href);
  address.search = joined(found.query);
  history.replaceState(null, "", address);
  remark(told(found));
}

/** Every address in full, so that it stays good whatever the window's becomes; scripts are there already. */
function makeAbsolute() {
  for (const name of ["href", "src", "action", "data-home", "data-search"]) {
    for (const element of document.querySelectorAll(`[${name}]:not(script)`)) {
      const value = element.getAttribute(name);
      if (value && !value.startsWith("#")) element.setAttribute(name, new URL(value, document.baseURI).href);
    }
  }
}

async function keep() {
  const { home } = readAddress(location.href);
  const later = ["../elements/predict-mode.js", "../observers/helper-cards.js", "../observers/copying-places.js"];
  const sheets = ["predict", "challenge", "search"];
  const study = document.querySelector("walk-through");
  if (study) await Promise.allSettled([bundleOf(home), ...later.map((name) => import(name)), ...sheets.map(needSheet)]);
  if (document.querySelector("[data-search]")) await (await import("../elements/walk-search.js")).searchIndex();
  page.dataset.kept = "page";
  // Only where it is secure: elsewhere the page itself goes on, but a reload needs the network.
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(scriptAddress(new URL("sw.js", root)));
  await navigator.serviceWorker.ready;
  page.dataset.kept = "export";
}

// An export has the own text only; a link that names another is for its readers too.
const kernel = new URLSearchParams(location.search).get("kernel");
dispatchEvent(new Event("unfold"));
makeAbsolute();
document.addEventListener("click", ({ target }) => {
  // The same page in the other language; a step has changed the address since the link was made.
  const link = target.closest("a[data-language]");
  if (link) link.search = location.search;
});
document.addEventListener("walk:shown", goToStep);
try {
  const stage = document.querySelector(".stage");
  if (stage) await readySlides(stage);
  else if ("pending" in page.dataset) await (document.querySelector("walk-through") ? showStudy() : showPicked());
} finally {
  if (kernel) remark(filled(words().kernel, { kernel }));
  delete page.dataset.pending;
  const walk = document.querySelector("walk-through");
  if (walk) walk.dataset.home = new URL(walk.dataset.home, location.href).pathname;
  await import("../main.js");
  // What only this page has; it finds what is shown, and not what was in the file.
  if (page.dataset.own) await import(`../${page.dataset.own}`);
  if (walk) goToStep();
}
(globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200)))(keep);
