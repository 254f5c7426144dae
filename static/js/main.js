// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

import { ThemeSwitch } from "./elements/theme-switch.js";
import { SocketForm } from "./elements/socket-form.js";
import { WalkThrough } from "./elements/walk-through.js";
import { needSheet } from "./dom/sheets.js";
import { observeLineNumbers } from "./observers/line-numbers.js";
import { observeMiniMap } from "./observers/mini-map.js";
import { observeOverview } from "./observers/overview.js";
import { observeSituations } from "./observers/situations.js";
import { observeSearch } from "./observers/search-key.js";
import { observeHelperNames } from "./observers/helper-cards.js";

customElements.define("theme-switch", ThemeSwitch);
customElements.define("socket-form", SocketForm);
customElements.define("walk-through", WalkThrough);
observeHelperNames(document.body);
const life = document.querySelector("details.life");
if (life) observeOverview(life);
const walk = document.querySelector("walk-through");
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy], walk-through .no");
  if (!link || event.button || event.ctrlKey || event.metaKey || (link.matches(".no") && !event.shiftKey)) return;
  event.preventDefault();
  const { openCopying, selectLines } = await import("./observers/copying-places.js");
  (link.matches(".no") ? selectLines : openCopying)(walk, link);
});
observeSearch();
if (walk) {
  observeMiniMap(walk);
  observeLineNumbers(walk);
  observeSituations(walk);
  walk.addEventListener("click", async (event) => {
    if (event.target.closest("[data-predict]")) (await import("./elements/predict-mode.js")).togglePredict(walk);
  });
  if (/^#L\d+-L?\d+$/.test(location.hash)) import("./observers/copying-places.js").then((it) => it.showHash(walk));
  if (location.hash.startsWith("#lit=")) import("./observers/copying-places.js").then((it) => it.showLit(walk));
  // Not needed to read: it may wait until everything else is there.
  const later = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));
  later(async () => {
    await needSheet("notebook");
    (await import("./observers/block-notes.js")).observeNotes(walk);
  });
  later(async () => customElements.define("walk-life", (await import("./elements/walk-life.js")).WalkLife));
  later(async () => (await import("./observers/progress.js")).observeProgress(walk));
  later(async () => {
    const [{ WalkWorld }] = await Promise.all([import("./elements/walk-world.js"), needSheet("dock")]);
    customElements.define("walk-world", WalkWorld);
  });
}
