// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Keys, clicks and menus of the stage. What an action does is looked up in one table, for keys and
// buttons alike; other modules add theirs.

import { doneBy, STAGE_KEYS } from "../core/keys.js";
import { element, isCommandKey } from "../dom/document.js";
import { socketOf } from "./decks.js";

export class StageInput {
  #stage;
  #actions = new Map();

  constructor(stage) {
    this.#stage = stage;
    const { root } = stage;
    for (const move of ["forward", "back", "first", "last", "next-slide", "previous-slide", "decision", "whole", "walk"]) {
      this.on(move, () => stage.move(move));
    }
    this.on("black", () => stage.black(!stage.isBlack));
    this.on("overview", () => stage.overview());
    this.on("mark-down", () => stage.markNext(1));
    this.on("mark-up", () => stage.markNext(-1));
    this.on("unmark", () => stage.unmark());
    this.on("fold", () => stage.deck.fold(stage.view.slide));
    this.on("timer", () => stage.timer());
    this.on("reset-timer", () => stage.timer(true));
    this.on("full", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
    this.on("situations", () => this.#menu());
    this.on("help", () => this.#help());
    document.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("click", (event) => this.#onClick(event));
    const search = root.querySelector(".situations-menu input");
    search.addEventListener("input", () => this.#filter(search.value));
    search.addEventListener("keydown", (event) => this.#onSearchKey(event));
    root.querySelector(".black-screen").addEventListener("click", () => stage.black(false));
  }

  on(action, run) {
    this.#actions.set(action, run);
  }

  /** An action by its name; some have an argument, behind a colon. */
  do(action) {
    const [name, argument] = action.split(":");
    return this.#actions.get(name)?.(argument);
  }

  #onKey(event) {
    if (isCommandKey(event) || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select, .presenter-notes")) return;
    // A button that has the focus is pressed by the space bar, a link or a fold is followed.
    if ([" ", "Enter"].includes(event.key) && event.target.closest("button, a, summary")) return;
    const isOverview = this.#stage.root.classList.contains("is-overview");
    if (event.key === "Escape" && isOverview) {
      event.preventDefault();
      this.#stage.overview(false);
      return;
    }
    const action = doneBy(event.key, STAGE_KEYS);
    if (!this.#actions.has(action)) return;
    event.preventDefault();
    this.do(event.key === " " && event.shiftKey ? "back" : action);
  }

  #onClick(event) {
    const button = event.target.closest("[data-do]");
    if (button && !button.closest(".slide")) {
      this.do(button.dataset.do);
      return;
    }
    const choice = event.target.closest("a[data-query], a[data-text]");
    const place = event.target.closest(".slide-no");
    const witness = event.target.closest("[data-witness-link]");
    const line = event.target.closest(".slide .line");
    if (!choice && !place && !witness && !line) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (line?.closest("summary") && !event.target.closest("a")) return;
    event.preventDefault();
    if (choice) this.#chosen(choice);
    else if (place) this.#opened(place.closest(".slide").id);
    else if (witness) this.#stage.choose(witness.closest(".slide").dataset.witness, true);
    else this.#stage.mark(Number(line.dataset.line));
  }

  #opened(slide) {
    this.#stage.overview(false);
    this.#stage.goTo(slide);
  }

  #chosen(choice) {
    const { query, text } = choice.dataset;
    choice.closest("dialog").close();
    if (text === undefined) this.#stage.choose(query);
    else this.#stage.read(text);
  }

  #menu() {
    const dialog = this.#stage.root.querySelector(".situations-menu");
    const search = dialog.querySelector("input");
    search.value = "";
    this.#filter("");
    const { view } = this.#stage;
    for (const link of dialog.querySelectorAll("a")) {
      const { query, text } = link.dataset;
      if (text === undefined ? socketOf(query) === view.query : text === view.text) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    dialog.showModal();
    dialog.querySelector("li [aria-current]")?.scrollIntoView({ block: "center" });
  }

  /** Enter takes the first situation that was found. */
  #onSearchKey(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.value.trim()) return;
    event.preventDefault();
    this.#stage.root.querySelector(".situations-menu li:not([hidden]) a")?.click();
  }

  #filter(text) {
    const wanted = text.trim().toLowerCase();
    for (const item of this.#stage.root.querySelectorAll(".situations-menu li")) {
      const query = item.querySelector("a").dataset.query;
      item.hidden = !`${item.textContent} ${query}`.toLowerCase().includes(wanted);
    }
  }

  #help() {
    const { root } = this.#stage;
    const dialog = root.querySelector("dialog.help");
    const rows = STAGE_KEYS.filter(({ does }) => this.#actions.has(does)).map(({ shown, does }) => {
      const term = element("dt", "", ...shown.map((key) => element("kbd", "", key)));
      const label = root.querySelector(`[data-do="${does}"]`).getAttribute("aria-label");
      return element("div", "", term, element("dd", "", label));
    });
    dialog.querySelector("dl").replaceChildren(...rows);
    dialog.showModal();
  }
}
