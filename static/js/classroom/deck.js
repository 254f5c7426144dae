// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The slides: shows one of them, in a scenario, at a step. The wall, the presenter's window and the
// audience's page have the same deck.

import { CodePainter } from "../elements/painters.js";
import { element } from "../dom/document.js";
import { fit } from "./fitting.js";
import { fragmentOf } from "../dom/markup.js";
import { writeTrace } from "./write-trace.js";

export class Deck {
  #root;
  #blocks;
  #painter = null;
  #trace = null;
  #step = null;
  #marked = null;
  #shown = null;
  #asked = null;
  #text;

  /**
   * @param {HTMLElement} root which has the server's `.deck`
   * @param {string} text the variant or kernel whose slides these are, "" for the own text
   */
  constructor(root, text) {
    this.#root = root;
    this.#text = text;
    this.#blocks = root.querySelector(".deck");
    this.nodes = [...this.#blocks.querySelectorAll(".slide")];
    /** {id, start, end, title} of each; the cover has no lines. */
    this.slides = this.nodes.map((node) => {
      const [start, end] = (node.dataset.lines ?? "0-0").split("-").map(Number);
      return { id: node.id, start, end, title: node.querySelector("h1, h2").textContent };
    });
    // On a stage the lines are read; what they link to belongs to the page for study.
    for (const link of this.#blocks.querySelectorAll(".code a")) link.tabIndex = -1;
  }

  get trace() {
    return this.#trace;
  }

  node(id) {
    return this.nodes.find((node) => node.id === id);
  }

  /** While it is asked which way a decision goes the path ends before it; null ends that. */
  withhold(asked) {
    if (asked?.number === this.#asked?.number) return false;
    this.#asked = asked;
    this.#root.classList.toggle("is-asking", Boolean(asked));
    if (this.#shown) this.show(...this.#shown);
    return true;
  }

  /** The step of a view that may be shown. */
  allowed({ query, step }) {
    if (this.#asked?.query !== query || (this.#asked.variant ?? "") !== this.#text) return step;
    const most = Math.max(1, this.#asked.step - 1);
    return Math.min(step ?? most, most);
  }

  /** Shows a slide in a trace at a step, null for the whole path. */
  show(slide, trace, wanted) {
    this.#shown = [slide, trace, wanted];
    const step = this.allowed({ query: trace.query, step: wanted });
    if (trace !== this.#trace || (step === null && this.#step !== null)) this.#write(trace);
    if (step !== null) this.#painter.paint(step);
    this.#step = step;
    for (const node of this.nodes) {
      node.classList.toggle("is-shown", node.id === slide);
      node.classList.toggle("is-next", node.previousElementSibling?.id === slide);
    }
    const now = this.node(slide);
    now.querySelector(".line[data-when='now']")?.scrollIntoView({ block: "nearest" });
    this.#fit(now);
  }

  #write(trace) {
    this.#trace = trace;
    writeTrace(this.#blocks, trace);
    this.#painter = new CodePainter(this.#root, trace.steps);
    for (const node of this.nodes) {
      if (node.dataset.lines) node.classList.toggle("is-missed", !node.querySelector("[data-path='on']"));
    }
    this.#blocks.querySelector(".story").textContent = trace.story ?? "";
    // The first slide and the last say what becomes of it; the last one shows it.
    for (const outcome of this.#blocks.querySelectorAll(".outcome")) {
      outcome.dataset.tone = trace.tone;
      outcome.querySelector(".situation").textContent = trace.title ?? "";
      const sentences = trace.outcome.map((html) => element("span", "", fragmentOf(html)));
      const space = this.#blocks.dataset.space;
      outcome.querySelector(".sentences").replaceChildren(...sentences.flatMap((span, n) => (n ? [space, span] : [span])));
    }
    this.#blocks.querySelector(".world-ladder").replaceChildren(fragmentOf(trace.ladder));
    this.#blocks.querySelector(".world-states").replaceChildren(fragmentOf(trace.states));
    this.#blocks.querySelector(".life-picture")?.replaceChildren(fragmentOf(trace.life));
    this.#blocks.querySelector(".life-says")?.replaceChildren(fragmentOf(trace.says));
  }

  // Marking a line, for everybody to look at

  get marked() {
    return this.#marked;
  }

  /** Marks a line, null for none; a line behind a folded comment is unfolded. */
  mark(number) {
    this.#marked = number;
    for (const line of this.#blocks.querySelectorAll(".line.is-focus")) line.classList.remove("is-focus");
    if (number === null) return;
    const line = this.#blocks.querySelector(`.line[data-line="${number}"]`);
    line.classList.add("is-focus");
    const fold = line.closest("details");
    if (fold && !line.closest("summary")) fold.open = true;
  }

  /** Opens the comments of a slide, or folds them again. */
  fold(id) {
    const folds = [...this.node(id).querySelectorAll(".folded")];
    const open = !folds.every((fold) => fold.open);
    for (const fold of folds) fold.open = open;
    this.#fit(this.node(id));
  }

  /** After the window has another size. */
  refit() {
    for (const node of this.nodes) if (node.checkVisibility()) this.#fit(node);
  }

  #fit(node) {
    fit(node, node.querySelector(".slide-frame"));
  }
}
