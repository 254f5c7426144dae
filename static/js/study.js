// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of a walkthrough, and no other, loads this. What is not needed to read comes when it is
// first wanted, or when everything else is there.

import { store, stored } from "./core/storage.js";
import { WalkThrough } from "./elements/walk-through.js";
import { observeMiniMap } from "./observers/mini-map.js";
import { observeTabStops } from "./observers/tab-stops.js";

/** The overview before the code stays as its reader left it; theme.js hides what is known before it is painted. */
function keepOverview(life) {
  life.open = !stored("overview");
  delete document.documentElement.dataset.overview;
  life.addEventListener("toggle", () => store("overview", life.open ? "" : "known"));
}

/** A kernel function's name opens its explanation, which the list at the end of the page has. */
async function openHelper(event) {
  const link = event.target.closest("a[href^='#fn-'], a[href^='#term-']");
  const helper = link && document.getElementById(link.hash.slice(1));
  if (!helper || !HTMLElement.prototype.showPopover) return;
  event.preventDefault();
  // A place that was found is gone with the search; the focus is back where it was before.
  const from = link.checkVisibility() ? link : document.activeElement;
  (await import("./observers/helper-cards.js")).showCard(helper, from);
}

async function selectLines(walk, event) {
  const link = event.target.closest(".no");
  if (!link || !event.shiftKey || event.button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  (await import("./observers/copying-places.js")).selectLines(walk, link);
}

customElements.define("walk-through", WalkThrough);
const life = document.querySelector("details.life");
if (life) keepOverview(life);
const walk = document.querySelector("walk-through");
observeMiniMap(walk);
observeTabStops(walk);
document.addEventListener("click", openHelper);
walk.addEventListener("click", async (event) => {
  selectLines(walk, event);
  if (event.target.closest("[data-predict]")) (await import("./elements/predict-mode.js")).togglePredict(walk);
});
if (/^#L\d+-L?\d+$/.test(location.hash)) import("./observers/copying-places.js").then((it) => it.showHash(walk));
if (location.hash.startsWith("#lit=")) import("./observers/copying-places.js").then((it) => it.showLit(walk));

// All at once: each by itself would be drawn by itself.
async function equipRest() {
  const [{ WalkWorld }, { WalkLife }, { observeNotes }, { observeProgress }] = await Promise.all([
    import("./elements/walk-world.js"),
    import("./elements/walk-life.js"),
    import("./observers/block-notes.js"),
    import("./observers/progress.js"),
  ]);
  customElements.define("walk-world", WalkWorld);
  customElements.define("walk-life", WalkLife);
  observeNotes(walk);
  observeProgress(walk);
}

// Where nothing was chosen and nothing was noted, none of it shows before the reader's first move.
const later = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));
const isNew = life?.open && !stored(`notebook:${walk.dataset.walkthrough}`) && walk.querySelector("details > noscript");
if (isNew) addEventListener("unfolded", () => later(equipRest), { once: true });
else later(equipRest);
