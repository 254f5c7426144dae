// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Notes which branches were seen and which challenges solved.

import { changeProgress, withNames } from "../core/progress.js";

export function observeProgress(walk) {
  const { walkthrough } = walk.dataset;

  // Up to the step that is shown; the whole path where there is none.
  const seen = () => {
    if (/[?&](variant|kernel)=/.test(location.search)) return;
    const last = walk.step || walk.steps.length;
    const branches = walk.steps
      .filter((step) => step.verdict && step.n <= last)
      .map((step) => `${step.item.dataset.decision}/${step.verdict}`);
    changeProgress(walkthrough, (progress) => withNames(progress, "branches", branches));
    if (last === walk.steps.length) changeProgress(walkthrough, (progress) => withNames(progress, "paths", [print()]));
  };
  const print = () => {
    const ways = new Map(walk.steps.map((step) => [step.item.dataset.decision, step.verdict[0]]));
    const forks = [...walk.querySelectorAll("[data-fork]")];
    return `w${forks.map((fork) => ways.get(fork.dataset.fork) ?? "-").join("")}`;
  };
  const shown = () => {
    seen();
    const solved = walk.querySelector("[data-challenge][data-solved]");
    if (solved) changeProgress(walkthrough, (progress) => withNames(progress, "challenges", [solved.dataset.challenge]));
  };
  walk.addEventListener("walk:shown", shown);
  // A step must not wait for storage.
  let timer = 0;
  walk.addEventListener("walk:step", () => {
    clearTimeout(timer);
    timer = setTimeout(seen, 300);
  });
  shown();
}
