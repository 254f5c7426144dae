// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Keeps the edition for when there is no network. The export writes EDITION in front of this:
// its version, its files, the languages that have a folder, and the walkthroughs. A version is
// fetched as a whole before it counts, and what it has is never asked for again.

/* global EDITION */

const NAME = `walkthrough-${new URL(self.registration.scope).pathname}`;
const CACHE = `${NAME}#${EDITION.version}`;

self.addEventListener("install", (event) => event.waitUntil(fetchAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(event.request));
});

async function fetchAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(EDITION.files.map((file) => new Request(placeOf(file), { cache: "no-cache" })));
  await self.skipWaiting();
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${NAME}#`) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

/** A page is asked for by its folder. */
function placeOf(file) {
  return new URL(file.replace(/(^|\/)index\.html$/, "$1"), self.registration.scope).href;
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const url = new URL(request.url);
  const { search, pathname } = url;
  url.search = url.hash = "";
  const isPage = request.mode === "navigate";
  if (isPage) url.pathname = url.pathname.replace(/index\.html$/, "").replace(/([^/])$/, "$1/");
  const kept = await cache.match(url.href);
  // As a file server does: the links of a page go up from its folder.
  if (kept && isPage && !/\/(index\.html)?$/.test(pathname)) return Response.redirect(url.href + search);
  if (kept) return kept;
  try {
    const found = await fetch(request);
    if (found.ok || !isPage) return found;
    return (await place(cache, url)) ?? found;
  } catch (error) {
    const made = isPage && (await place(cache, url));
    if (made) return made;
    throw error;
  }
}

/** A place of a walkthrough is put together by the page itself, from that of the whole function. */
async function place(cache, url) {
  const names = url.pathname.slice(new URL(self.registration.scope).pathname.length).split("/");
  const folder = EDITION.languages.includes(names[0]) ? `${names.shift()}/` : "";
  if (!EDITION.homes.includes(names[0])) return null;
  const home = `${folder}${names[0]}/`;
  const whole = await cache.match(new URL(home, self.registration.scope).href);
  if (!whole) return null;
  // Its links go up from its own folder.
  const up = "../".repeat(home.split("/").length - 1);
  const text = (await whole.text())
    .replaceAll(`="${up}`, `="${self.registration.scope}`)
    .replace('data-page="study"', 'data-page="place"');
  return new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}
