// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Predict: before each decision the player stops and asks which way it goes. Loaded when it is
// first used. Decisions that were passed or answered are not asked again on the way back.

import { changeProgress, readProgress } from "../core/progress-store.js";
import { levelOf, withPrediction } from "../core/progress.js";
import { filled, targets } from "../core/steps.js";

const READING_MS = 2500;
let mode = null;

/** Turns it on or off. */
export async function togglePredict(walk) {
  mode ??= new PredictMode(walk, await styles());
  mode.toggle();
}

function styles() {
  const href = new URL("../../css/predict.css", import.meta.url).href;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    document.head.append(link);
  });
}

class PredictMode {
  #walk;
  #isOn = false;
  #reached = 0;
  #asked = null;
  #wasPlaying = false;
  #timer = 0;
  #walkthrough = location.pathname.split("/")[1];

  constructor(walk) {
    this.#walk = walk;
    // Before the page's own handlers, which would take the step.
    walk.addEventListener("click", (event) => this.#isOn && this.#onClick(event), true);
    walk.addEventListener("input", (event) => this.#isOn && this.#onScrub(event), true);
    walk.addEventListener("walk:advance", (event) => {
      if (this.#isOn && !this.#mayGo(walk.step + 1)) {
        event.preventDefault();
        this.#ask(true);
      }
    });
    walk.addEventListener("walk:step", () => this.#isOn && this.#onStep());
    walk.addEventListener("walk:shown", () => this.#isOn && this.#start());
  }

  toggle() {
    this.#isOn = !this.#isOn;
    this.#walk.classList.toggle("is-predicting", this.#isOn);
    if (this.#isOn) {
      this.#start();
      return;
    }
    this.#close();
    this.#veil("veiled", "off");
    this.#part("[data-predict]").setAttribute("aria-pressed", "false");
    this.#panel.hidden = true;
  }

  get #panel() {
    return this.#part(".predict");
  }

  #part(selector) {
    return this.#walk.querySelector(`.player ${selector}`);
  }

  /** Code that is not executed recedes, which would give the path away. */
  #veil(from, to) {
    for (const line of this.#walk.querySelectorAll(`.line[data-path=${from}]`)) line.dataset.path = to;
  }

  #start() {
    this.#asked = null;
    this.#veil("off", "veiled");
    this.#part("[data-predict]").setAttribute("aria-pressed", "true");
    this.#panel.hidden = false;
    this.#reached = this.#walk.step;
    if (!this.#walk.step) this.#want(1);
    if (!this.#asked) this.#say("on", {});
    this.#showMap();
  }

  // Going on

  get #next() {
    return this.#walk.steps.find((step) => step.verdict && step.n > this.#reached);
  }

  #mayGo(n) {
    return !this.#next || n < this.#next.n;
  }

  /** As far towards a step as there is nothing to ask. */
  #want(n) {
    if (this.#mayGo(n)) {
      this.#walk.go(n);
      return;
    }
    const before = this.#next.n - 1;
    if (before > 0 && this.#walk.step !== before) this.#walk.go(before);
    this.#ask(false);
  }

  #onStep() {
    clearTimeout(this.#timer);
    this.#reached = Math.max(this.#reached, this.#walk.step);
    if (this.#asked?.n !== this.#walk.step + 1) this.#close();
  }

  #onClick(event) {
    const button = event.target.closest("[data-go], [data-play], [data-answer]");
    if (!button || button.ariaDisabled === "true") return;
    clearTimeout(this.#timer);
    const { go, answer } = button.dataset;
    if (answer) this.#answer(answer);
    else if (go === "whole") this.toggle();
    else if (go && go !== "first" && go !== "back") {
      event.preventDefault();
      event.stopPropagation();
      const playing = this.#part("[data-play][aria-pressed=true]");
      playing?.click();
      const target = targets(this.#walk.steps, this.#walk.step)[go];
      if (target) this.#want(target);
    } else if (!go && button.ariaPressed !== "true" && !this.#mayGo(this.#walk.step + 1)) {
      event.stopPropagation();
      this.#ask(true);
    }
  }

  #onScrub(event) {
    if (!event.target.matches(".scrubber [type=range]") || this.#mayGo(Number(event.target.value))) return;
    event.stopPropagation();
    this.#want(Number(event.target.value));
    event.target.value = this.#walk.step;
  }

  // The question

  #ask(wasPlaying) {
    this.#wasPlaying = wasPlaying;
    const step = (this.#asked = this.#next);
    const { decision } = step.item.dataset;
    this.#say("ask", { line: step.line });
    this.#part(".q-code").textContent = step.item.querySelector(".goto code").textContent;
    for (const button of this.#panel.querySelectorAll("[data-answer]")) button.hidden = false;
    this.#showMap(decision);
    this.#walk.querySelector(`#L${step.line}`)?.scrollIntoView({ block: "nearest" });
  }

  #answer(way) {
    const step = this.#asked;
    if (!step) return;
    const { decision } = step.item.dataset;
    const isRight = way === step.verdict;
    // A variant is another function.
    if (!new URLSearchParams(location.search).has("variant")) {
      changeProgress(this.#walkthrough, (progress) => withPrediction(progress, decision, isRight));
    }
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#reached = step.n;
    this.#walk.go(step.n);
    this.#say(isRight ? "right" : "wrong", { way: step.verdict });
    this.#showMap(decision);
    if (hadFocus) this.#part("[data-go=forward]").focus();
    // The explanation, the step's own, stands in the player: time to read it.
    if (this.#wasPlaying) this.#timer = setTimeout(() => this.#part("[data-play]").click(), READING_MS);
  }

  #close() {
    this.#asked = null;
    for (const button of this.#panel.querySelectorAll("[data-answer]")) button.hidden = true;
    this.#part(".q-code").textContent = "";
    this.#say(null, {});
    this.#showMap();
  }

  #say(what, values) {
    const text = this.#part(".q-text");
    text.textContent = what ? filled(text.dataset[what], values) : "";
    this.#panel.dataset.result = what ?? "";
  }

  /** What is mastered; with a decision, its score too. */
  #showMap(decision) {
    const progress = readProgress(this.#walkthrough);
    const cells = [...this.#panel.querySelectorAll(".q-map i")];
    for (const cell of cells) {
      cell.dataset.level = levelOf(progress, cell.dataset.decision);
      cell.toggleAttribute("data-asked", cell.dataset.decision === decision);
    }
    const map = this.#part(".q-map");
    const count = cells.filter((cell) => cell.dataset.level === "mastered").length;
    map.ariaLabel = filled(map.dataset.text, { count, all: cells.length });
    const score = this.#part(".q-score");
    const entry = progress.predictions[decision];
    score.textContent = entry ? filled(score.dataset.text, entry) : "";
  }
}
