// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Predict: before each decision the player stops and asks which way it goes. Loaded when it is
// first used. Decisions that were passed or answered are not asked again on the way back.

import { changeProgress, readProgress, withPrediction } from "../core/progress.js";
import { isFree, nextQuestion, targets } from "../core/steps.js";
import { isPlainClick, needSheet } from "../dom/document.js";
import { PredictPanel } from "./predict-panel.js";

/** Time to read the explanation before the player goes on by itself. */
const READING_MS = 2500;
let mode = null;

/** Turns it on or off. */
export async function togglePredict(walk) {
  mode ??= new PredictMode(walk);
  await needSheet("predict");
  mode.toggle();
}

class PredictMode {
  #walk;
  #panel;
  #isOn = false;
  #reached = 0;
  /** {right, all} of this path; of each decision the browser keeps it. */
  #run = null;
  /** The steps of this path that were predicted otherwise. */
  #missed = [];
  #asked = null;
  #wasPlaying = false;
  #timer = 0;

  constructor(walk) {
    this.#walk = walk;
    this.#panel = new PredictPanel(walk);
    // Before the page's own handlers, which would take the step.
    walk.addEventListener("click", (event) => this.#isOn && this.#onClick(event), true);
    walk.addEventListener("input", (event) => this.#isOn && this.#onScrub(event), true);
    walk.addEventListener("walk:advance", (event) => {
      if (!this.#isOn || this.#mayGo(walk.step + 1)) return;
      event.preventDefault();
      this.#ask(true);
    });
    walk.addEventListener("walk:step", () => this.#isOn && this.#onStep());
    walk.addEventListener("walk:shown", () => this.#isOn && this.#start());
  }

  toggle() {
    this.#isOn = !this.#isOn;
    if (this.#isOn) {
      this.#start();
      return;
    }
    clearTimeout(this.#timer);
    this.#asked = null;
    this.#panel.rest();
    this.#panel.show(false);
  }

  #start() {
    this.#asked = null;
    this.#run = { right: 0, all: 0 };
    this.#missed = [];
    this.#panel.show(true);
    // Nothing is left to ask at the end: it begins at the beginning.
    if (this.#walk.step && !nextQuestion(this.#walk.steps, this.#walk.step)) this.#walk.go(1);
    this.#reached = this.#walk.step;
    if (!this.#walk.step) this.#want(1);
    if (!this.#asked) this.#panel.welcome();
    this.#map();
  }

  #map(decision = this.#asked?.item.dataset.decision) {
    this.#panel.map(readProgress(this.#walk.dataset.walkthrough), this.#run, decision);
  }

  // Going on

  #mayGo(n) {
    return isFree(this.#walk.steps, this.#reached, n);
  }

  /** As far towards a step as there is nothing to ask. */
  #want(n) {
    if (this.#mayGo(n)) {
      this.#walk.go(n);
      return;
    }
    const before = nextQuestion(this.#walk.steps, this.#reached).n - 1;
    if (before > 0 && this.#walk.step !== before) this.#walk.go(before);
    this.#ask(false);
  }

  #onStep() {
    clearTimeout(this.#timer);
    const { step, steps } = this.#walk;
    this.#reached = Math.max(this.#reached, step);
    if (this.#asked?.n === step + 1) return;
    this.#asked = null;
    this.#panel.rest();
    this.#map(null);
    if (step === steps.length && this.#run.all) this.#panel.end(this.#run, this.#missed);
  }

  #onClick(event) {
    // The branch is there to be read: nothing about it is kept back.
    if (isPlainClick(event) && event.target.closest(".q-missed a")) return this.toggle();
    const button = event.target.closest("[data-go], [data-play], [data-answer], [data-asked] .way");
    if (!button || button.ariaDisabled === "true") return;
    clearTimeout(this.#timer);
    const { go, answer, way } = button.dataset;
    if (way) event.preventDefault();
    if (answer ?? way) this.#answer(answer ?? way);
    else if (go === "whole") this.toggle();
    else if (go && !["first", "back", "into", "out"].includes(go)) {
      event.preventDefault();
      event.stopPropagation();
      this.#panel.part("[data-play][aria-pressed=true]")?.click();
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
    this.#asked = nextQuestion(this.#walk.steps, this.#reached);
    this.#panel.ask(this.#asked);
    this.#map();
  }

  #answer(way) {
    const step = this.#asked;
    if (!step) return;
    const { decision } = step.item.dataset;
    const isRight = way === step.verdict;
    this.#run = { right: this.#run.right + (isRight ? 1 : 0), all: this.#run.all + 1 };
    // A variant is another function, and so is a kernel's.
    const isOwn = !/[?&](variant|kernel)=/.test(location.search);
    if (isOwn) changeProgress(this.#walk.dataset.walkthrough, (progress) => withPrediction(progress, decision, isRight));
    if (!isRight) this.#missed.push(step);
    const hadFocus = this.#panel.hasFocus;
    this.#walk.go(step.n);
    this.#panel.judge(isRight, step);
    this.#map(decision);
    if (hadFocus) this.#panel.part("[data-go=forward]").focus();
    if (!this.#wasPlaying || step.n === this.#walk.steps.length) return;
    this.#timer = setTimeout(() => this.#panel.part("[data-play]").click(), READING_MS);
  }
}
