// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The edition without a server: pages that a server would make are put together here. Everything
// else is the same program, which is started when the page that was asked for is there.

import { needSheet } from "../dom/sheets.js";
import { WalkThrough } from "../elements/walk-through.js";
import { absolute, addressOf, readAddress, root } from "./site.js";

const page = document.documentElement;
const ask = async (url) => (await import("./asking.js")).askEdition(url);
WalkThrough.ask = ask;

/** Says what is wrong with the address instead of showing the page. */
async function showRefusal(fresh) {
  await needSheet("pages");
  document.body.className = "error";
  document.querySelector("walk-through, main").replaceWith(document.adoptNode(fresh.querySelector("main")));
  document.title = fresh.title;
}

/** Shows what the address asks for instead of what its file has. */
async function showAsked() {
  const { fresh, whole } = await ask(location.href);
  const shown = fresh.querySelector("walk-through");
  if (!shown) {
    if (fresh.querySelector("main")) await showRefusal(fresh);
    return;
  }
  // All fields of a form, lines the wrong way round.
  const short = whole.includes("#") ? whole : whole + location.hash;
  if (short !== location.href) history.replaceState(null, "", short);
  document.querySelector("walk-through").replaceWith(document.adoptNode(shown));
  document.title = fresh.title;
  for (const selector of ["link[rel=canonical]", "meta[name=description]", ".languages"]) {
    const other = fresh.querySelector(selector);
    if (other) document.querySelector(selector)?.replaceWith(other);
  }
}

async function showFiltered() {
  const problems = await (await import("./atlas-page.js")).showAtlas(readAddress(location.href));
  if (problems) await showRefusal(problems);
}

/** A page whose query picks one of a few that were written. */
async function showPicked() {
  const { lang, id, place, query } = readAddress(location.href);
  const [{ pickedPages }, { unpacked }] = await Promise.all([import("./data.js"), import("./pool.js")]);
  const pool = await pickedPages(id, place, lang);
  const wanted = query.split("&").filter((pair) => pair && !pair.startsWith("lang=")).join("&");
  const main = document.querySelector("main");
  if (pool.pages[wanted]) {
    const parts = document.createElement("template");
    parts.innerHTML = unpacked(pool, pool.pages[wanted]).replaceAll('="~/', `="${root.href}`);
    main.replaceWith(parts.content);
    document.title = document.title.replace(/^.* · /, `${document.querySelector("h1").textContent} · `);
  } else if (wanted) {
    const note = Object.assign(document.createElement("p"), { className: "class-note", textContent: pool.missing });
    note.setAttribute("role", "note");
    main.prepend(note);
  }
}

/** As a page from a server does: the place that the address names is where the reader is. */
function comeToPlace() {
  const place = document.querySelector("main [autofocus]");
  place?.focus({ preventScroll: true });
  place?.closest(".line").scrollIntoView({ block: "center" });
}

/** The same place in the other language; a step has changed the address since the link was made. */
function followLanguage(event) {
  const link = event.target.closest("a[data-language]");
  if (!link) return;
  const { id, place, query, hash } = readAddress(location.href);
  link.href = addressOf(readAddress(link.href).lang, id, place, [query]) + hash;
}

// In full before anything changes the address that they are relative to.
absolute(document, document.baseURI);
document.addEventListener("click", followLanguage);
try {
  if ("pending" in page.dataset) {
    if (document.querySelector("walk-through")) await showAsked();
    else await (page.dataset.page === "atlas" ? showFiltered() : showPicked());
    delete page.dataset.pending;
    comeToPlace();
  }
} finally {
  delete page.dataset.pending;
  const walk = document.querySelector("walk-through");
  if (walk) {
    const { lang, id } = readAddress(location.href);
    walk.dataset.home = new URL(addressOf(lang, id)).pathname;
  }
  await import("../main.js");
  // What only this page has; it finds what is shown, and not what was in the file.
  if (page.dataset.own) await import(`../${page.dataset.own}`);
}
(await import("./ahead.js")).loadAhead();
