// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Everything that this page may need later, so that it goes on without a network; and a worker
// that keeps the whole edition, where the host is one that browsers let have one.

import { needSheet } from "../dom/sheets.js";
import { factsOf, pagesOf, wholePage } from "./data.js";
import { readAddress, root } from "./site.js";

const LATER = ["../elements/predict-mode.js", "../elements/walk-search.js", "./asking.js"];
const SHEETS = ["predict", "notebook", "dock", "challenge"];

async function keepPage() {
  const { lang, id } = readAddress(location.href);
  await Promise.all([
    ...LATER.map((name) => import(name)),
    ...SHEETS.map(needSheet),
    factsOf(id),
    pagesOf(id, lang),
    wholePage(id, lang),
  ]);
  document.documentElement.dataset.kept = "page";
}

async function keepEdition() {
  // Only where it is secure: elsewhere the page itself goes on, but a reload needs the network.
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(new URL("sw.js", root));
  await navigator.serviceWorker.ready;
  document.documentElement.dataset.kept = "edition";
}

/** Begins when the browser has nothing better to do; what fails is asked for when it is needed. */
export function loadAhead() {
  const later = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  later(async () => {
    const isStudy = document.querySelector("walk-through");
    await Promise.allSettled([isStudy ? keepPage() : null, keepEdition()]);
  });
}
