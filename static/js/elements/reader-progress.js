// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The reader's progress on the page of challenges: sums, what is mastered, export, import, reset.

import { changeProgress, levelOf, noProgress, readProgress, score } from "../core/progress.js";
import { fileOf, MAX_FILE, merged, readFile } from "../core/progress-file.js";
import { filled } from "../core/steps.js";

class ReaderProgress extends HTMLElement {
  connectedCallback() {
    const { walkthrough } = this.dataset;
    this.querySelector("[data-reset]").addEventListener("click", (event) => {
      if (confirm(event.target.dataset.ask)) this.#show(changeProgress(walkthrough, noProgress));
    });
    this.querySelector("[type=file]").addEventListener("change", ({ target }) => this.#import(target, walkthrough));
    // Back from a challenge, or another tab.
    window.addEventListener("pageshow", () => this.#show(readProgress(walkthrough)));
    window.addEventListener("storage", () => this.#show(readProgress(walkthrough)));
    this.#show(readProgress(walkthrough));
    this.hidden = false;
  }

  /** Takes in what a file has; says what became of it. It is read here and goes nowhere. */
  async #import(input, walkthrough) {
    const [file] = input.files;
    if (!file) return;
    const isLarge = file.size > MAX_FILE;
    const { progress, problem } = isLarge ? { problem: "large" } : readFile(await file.text(), walkthrough);
    if (progress) this.#show(changeProgress(walkthrough, (own) => merged(own, progress)));
    const said = this.querySelector(".imported");
    said.textContent = filled(said.dataset[problem ?? "done"], { file: file.name });
    said.toggleAttribute("data-problem", Boolean(problem));
    // The same file may be chosen again.
    input.value = "";
  }

  #show(progress) {
    const cards = [...document.querySelectorAll("[data-challenge]")];
    const solved = cards.filter((card) => progress.challenges.includes(card.dataset.challenge));
    for (const card of cards) card.querySelector(".done").hidden = !solved.includes(card);

    const decisions = [...this.querySelectorAll("[data-decision]")];
    for (const item of decisions) {
      const entry = progress.predictions[item.dataset.decision];
      const text = item.querySelector(".score");
      item.dataset.level = levelOf(progress, item.dataset.decision);
      const words = entry ? filled(text.dataset.text, entry) : text.dataset.new;
      text.textContent = item.dataset.level === "mastered" ? `${words} · ${text.dataset.mastered}` : words;
    }
    const mastered = decisions.filter((item) => item.dataset.level === "mastered").length;
    const { right, all } = score(progress);
    this.#sum("challenges", solved.length, cards.length);
    this.#sum("branches", progress.branches.length, decisions.length * 2);
    this.#sum("predictions", right, all);
    this.#sum("mastered", mastered, decisions.length);
    this.querySelector("[data-export]").href =
      `data:application/json;charset=utf-8,${encodeURIComponent(fileOf(progress, this.dataset.walkthrough))}`;
  }

  #sum(name, some, all) {
    this.querySelector(`[data-sum=${name}]`).textContent = `${some} / ${all}`;
  }
}

customElements.define("reader-progress", ReaderProgress);
