// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Notes which branches were seen and which challenges solved, and says how a challenge stands.

import { changeProgress } from "../core/progress-store.js";
import { withBranches, withChallenge, withPath } from "../core/progress.js";

export function observeProgress(walk) {
  const { walkthrough } = walk.dataset;

  // Up to the step that is shown; the whole path where there is none.
  const seen = () => {
    if (new URLSearchParams(location.search).has("variant")) return;
    const last = walk.step || walk.steps.length;
    const branches = walk.steps
      .filter((step) => step.verdict && step.n <= last)
      .map((step) => `${step.item.dataset.decision}/${step.verdict}`);
    changeProgress(walkthrough, (progress) => withBranches(progress, branches));
    if (last === walk.steps.length) changeProgress(walkthrough, (progress) => withPath(progress, print()));
  };
  const print = () => {
    const ways = new Map(walk.steps.map((step) => [step.item.dataset.decision, step.verdict[0]]));
    const forks = [...walk.querySelectorAll("[data-fork]")];
    return `w${forks.map((fork) => ways.get(fork.dataset.fork) ?? "-").join("")}`;
  };
  const shown = () => {
    seen();
    const solved = walk.querySelector("[data-challenge][data-solved]");
    if (solved) changeProgress(walkthrough, (progress) => withChallenge(progress, solved.dataset.challenge));
  };
  // The challenge itself is replaced by each visit; what is to be announced has to stay.
  const news = Object.assign(document.createElement("p"), { className: "spoken", role: "status" });
  walk.append(news);
  walk.addEventListener("walk:shown", () => {
    shown();
    news.textContent = walk.querySelector("[data-news]")?.dataset.news ?? "";
  });
  // A step must not wait for storage.
  let timer = 0;
  walk.addEventListener("walk:step", () => {
    clearTimeout(timer);
    timer = setTimeout(seen, 300);
  });
  shown();
}
