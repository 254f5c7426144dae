// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Marks the paths that this reader has seen; the page of the atlas, and no other, loads this.

import { readProgress } from "./core/progress.js";
import { filled } from "./core/steps.js";

const table = document.querySelector(".a-paths[data-walkthrough]");
const sum = document.querySelector(".a-seen");
if (table) {
  const show = () => {
    const { mask } = table.dataset;
    // What a loop decided does not make another path.
    const known = readProgress(table.dataset.walkthrough).paths.map((print) =>
      print.replaceAll(/[tf]/g, (way, at) => (mask[at] === "1" ? way : "-")),
    );
    let count = 0;
    for (const row of table.querySelectorAll("[data-print]")) {
      const isSeen = known.includes(row.dataset.print);
      const mark = row.querySelector(".seen");
      // Written here, since a browser without style sheets shows what is hidden.
      mark.textContent = isSeen ? table.dataset.seen : "";
      mark.hidden = !isSeen;
      count += isSeen ? 1 : 0;
    }
    sum.textContent = filled(sum.dataset.text, { count });
    sum.hidden = false;
  };
  window.addEventListener("pageshow", show);
  window.addEventListener("storage", show);
  show();
}
