// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The stage: what is shown, and every action on it. It tells others by the event "stage:shown"
// (detail: {view, isRemote}; what another window or the room brought is remote) on its root, and
// knows nothing of rooms.

import { atStep, begun, moved } from "../core/deck-moves.js";
import { filled } from "../core/steps.js";
import { STOPPED, toggled } from "../core/stopwatch.js";
import { Caption } from "./caption.js";
import { Deck } from "./deck.js";
import { Decks, socketOf, textAsked } from "./decks.js";

export class Stage {
  #caption;
  #problem;
  #asked = null;

  constructor(root) {
    const asked = new URLSearchParams(location.search);
    // That of a kernel that is not here, too: the link is for others.
    const text = asked.get("kernel") ?? asked.get("variant") ?? "";
    this.root = root;
    this.decks = new Decks(root, text);
    this.part = this.decks.known(text);
    this.deck = new Deck(root, text);
    this.#caption = new Caption(root);
    this.#problem = root.querySelector(".line-state");
    this.stopwatch = STOPPED;
    this.isBlack = false;
    this.view = { slide: "start", query: "", step: null, from: null, text };
  }

  /** Shows what the address says. */
  async open() {
    const { searchParams, hash } = new URL(location.href);
    const step = Number(searchParams.get("step")) || null;
    const slide = this.deck.node(hash.slice(1)) ? hash.slice(1) : null;
    const query = socketOf(location.search);
    await this.show({ ...this.view, query, slide: slide ?? "start", step, finds: !slide });
    this.part.traces.prefetch().catch(() => {});
  }

  /**
   * Shows a view; false where its scenario, or its text, can't be had just now. With `finds` a step brings its
   * own slide.
   */
  async show({ finds = false, ...view }, { isQuiet = false } = {}) {
    let part;
    let trace;
    try {
      part = this.decks.known(view.text) ?? (await this.decks.of(view.text));
      trace = part.traces.known(view.query) ?? (await part.traces.of(view.query));
    } catch {
      this.say("trace");
      return false;
    }
    this.#open(part);
    view.query = trace.query;
    if (view.step && view.step > trace.steps.length) view.step = trace.steps.length;
    if (!this.deck.node(view.slide)) view.slide = "start";
    this.view = finds && view.step ? atStep(view, view.step, trace.steps, this.deck.slides) : view;
    this.deck.show(this.view.slide, trace, this.view.step);
    this.#tellStep();
    if (this.#isOverview && !isQuiet) this.#focusSlide();
    this.#remember();
    this.say(null);
    this.tell(isQuiet);
    return true;
  }

  /** The slides of a text, in place of those of another. */
  #open(part) {
    if (part === this.part) return;
    this.part = part;
    this.decks.put(part);
    this.deck = new Deck(this.root, part.text);
    this.deck.withhold(this.#asked);
    part.traces.prefetch().catch(() => {});
  }

  #tellStep() {
    this.#caption.show({ ...this.view, step: this.deck.allowed(this.view) }, this.deck.trace, this.deck.slides);
  }

  /** What is asked is not answered by what is shown. */
  withhold(question) {
    this.#asked = question;
    if (this.deck.withhold(question) && this.deck.trace) this.#tellStep();
  }

  tell(isRemote = false) {
    this.root.dispatchEvent(new CustomEvent("stage:shown", { detail: { view: this.view, isRemote } }));
  }

  /** A sentence about the room or a scenario; null takes it back, unless the connection is lost. */
  say(name, values = {}) {
    if (name === null && this.#problem.dataset.says === "lost") return;
    this.#problem.hidden = name === null;
    this.#problem.dataset.says = name ?? "";
    if (name) this.#problem.textContent = filled(this.#problem.dataset[name], values);
  }

  hush() {
    this.#problem.hidden = true;
  }

  #remember() {
    const { slide, query, step, text } = this.view;
    const lang = new URLSearchParams(location.search).get("lang");
    const parts = [query, step && `step=${step}`, textAsked(text), lang && `lang=${lang}`].filter(Boolean);
    const address = location.pathname + (parts.length ? `?${parts.join("&")}` : "");
    history.replaceState(null, "", `${address}#${slide}`);
  }

  // Actions

  /** A move of core/deck-moves; one key back and forth always does the same on the black screen. */
  move(name) {
    if (this.isBlack) {
      this.black(false);
      return;
    }
    const next = moved(this.view, name, this.deck.slides, this.deck.trace.steps);
    if (next) this.show(next);
  }

  /** Another socket; what is decided on this slide is not shown yet, unless `isWhole`. */
  async choose(asked, isWhole = false) {
    const query = socketOf(asked);
    const view = { ...this.view, query, step: null, from: null };
    if (isWhole) return this.show(view);
    const trace = await this.part.traces.of(query).catch(() => null);
    return this.show(trace ? begun(view, this.deck.slides, trace.steps) : view);
  }

  /** The same socket in another text. */
  read(text) {
    return this.show({ ...this.view, text, step: null, from: null });
  }

  goTo(slide) {
    return this.show({ ...this.view, slide, step: null, from: null });
  }

  black(isBlack, { isQuiet = false } = {}) {
    this.isBlack = isBlack;
    this.root.classList.toggle("is-black", isBlack);
    this.root.querySelector(".black-screen").hidden = !isBlack;
    this.tell(isQuiet);
  }

  mark(number) {
    this.deck.mark(number === this.deck.marked ? null : number);
    this.tell();
  }

  /** Marks the next line of the slide, or the one before (-1); the first one where none is. */
  markNext(way) {
    const lines = [...this.deck.node(this.view.slide).querySelectorAll(".line")].map((line) => Number(line.dataset.line));
    if (!lines.length) return;
    const at = lines.indexOf(this.deck.marked);
    const to = at < 0 ? (way > 0 ? 0 : lines.length - 1) : Math.min(lines.length - 1, Math.max(0, at + way));
    if (lines[to] !== this.deck.marked) this.mark(lines[to]);
  }

  unmark() {
    this.deck.mark(null);
    this.tell();
  }

  overview(isOn = !this.#isOverview) {
    this.root.classList.toggle("is-overview", isOn);
    this.root.querySelector("[data-do=overview]").setAttribute("aria-pressed", isOn);
    this.deck.refit();
    if (isOn) this.#focusSlide();
  }

  get #isOverview() {
    return this.root.classList.contains("is-overview");
  }

  /** In the overview Enter opens the slide that is marked. */
  #focusSlide() {
    this.deck.node(this.view.slide).querySelector(".slide-no").focus();
  }

  timer(reset = false) {
    this.stopwatch = reset ? STOPPED : toggled(this.stopwatch, Date.now());
    this.tell();
  }
}
