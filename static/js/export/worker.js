// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Keeps the export for when there is no network. EXPORT stands in front of this when it is written:
// the version and the files. A version is fetched as a whole before it counts, and what it has is
// never asked for again.

/* global EXPORT */

const NAME = `walkthrough-${new URL(self.registration.scope).pathname}`;
const CACHE = `${NAME}#${EXPORT.version}`;

self.addEventListener("install", (event) => event.waitUntil(fetchAll()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(event.request));
});

async function fetchAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll(EXPORT.files.map((file) => new Request(placeOf(file), { cache: "no-cache" })));
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
  return fetch(request);
}
