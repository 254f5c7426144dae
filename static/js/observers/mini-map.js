// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Keeps the overview of the rail in step: the part in view, and the current line.

const ROW = 20;

/** @param {HTMLElement} walk the <walk-through> */
export function observeMiniMap(walk) {
  let isDue = false;
  const update = () => {
    isDue = false;
    showView(walk);
  };
  const later = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(update);
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  walk.addEventListener("toggle", later, { capture: true });
  walk.addEventListener("walk:shown", later);
  walk.addEventListener("walk:step", (event) => showLine(walk, event.detail));
  later();
}

function showLine(walk, { step, steps }) {
  const mark = walk.querySelector(".map-here");
  mark.setAttribute("y", (steps[step - 1].line - 1) * ROW - 2);
  mark.setAttribute("height", ROW + 4);
}

function showView(walk) {
  const view = walk.querySelector(".map-view");
  if (!view?.checkVisibility()) return;
  const lines = walk.querySelectorAll(".blocks .line");
  const top = document.querySelector(".bar").getBoundingClientRect().bottom;
  const bottom = walk.querySelector(".player").getBoundingClientRect().top;
  const first = firstBelow(lines, top);
  const last = firstBelow(lines, bottom);
  view.setAttribute("y", first * ROW);
  view.setAttribute("height", Math.max(last - first, 0) * ROW);
}

/** The number of lines that end above a height; they stand in order, so halving finds it. */
function firstBelow(lines, height) {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].getBoundingClientRect().bottom <= height) low = middle + 1;
    else high = middle;
  }
  return low;
}
