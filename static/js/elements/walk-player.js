// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Playing, scrubbing, keys and their help: what the player has beyond its links.

import { doneBy, PLAYER_KEYS } from "../core/keys.js";
import { element, isCommandKey } from "../dom/document.js";

const STEP_MS = 1200;
const SPEEDS = [1, 2, 0.5];

export class WalkPlayer {
  #walk;
  #own;
  #timer = 0;
  #speed = SPEEDS[0];

  /**
   * @param {HTMLElement} walk what has steps, such as the <walk-through>, whose player is replaced by each visit
   * @param {string} own the selector of its player
   */
  constructor(walk, own = ".player") {
    this.#walk = walk;
    this.#own = own;
    walk.addEventListener("walk:step", () => this.#show());
    walk.addEventListener("walk:shown", () => this.#equip());
    walk.addEventListener("click", (event) => this.#onClick(event));
    walk.addEventListener("input", (event) => this.#onScrub(event));
    walk.addEventListener("keydown", (event) => this.#onKey(event));
    this.#equip();
  }

  get #player() {
    return this.#walk.querySelector(this.#own);
  }

  /** A fresh player from the server has its extras hidden: they need this script. */
  #equip() {
    this.pause();
    for (const extra of this.#player.querySelectorAll("[data-play], [data-speed], [data-help], [data-predict], [type=range]")) {
      extra.hidden = false;
    }
    this.#showSpeed();
  }

  #show() {
    const range = this.#player.querySelector("[type=range]");
    range.value = this.#walk.step;
    if (this.#walk.step === this.#walk.steps.length) this.pause();
  }

  // Playing

  get isPlaying() {
    return this.#timer !== 0;
  }

  play() {
    if (this.isPlaying) return;
    const isAtEnd = this.#walk.step === this.#walk.steps.length;
    this.#walk.go(isAtEnd ? 1 : this.#walk.step + 1);
    this.#timer = setInterval(() => this.#advance(), STEP_MS / this.#speed);
    this.#player.querySelector("[data-play]").setAttribute("aria-pressed", "true");
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#player.querySelector("[data-play]").setAttribute("aria-pressed", "false");
  }

  #advance() {
    const move = new CustomEvent("walk:advance", { bubbles: true, cancelable: true });
    // Somebody may want to stop before the next step, to ask a question.
    if (this.#walk.dispatchEvent(move)) this.#walk.go(this.#walk.step + 1);
    else this.pause();
  }

  #changeSpeed() {
    this.#speed = SPEEDS[(SPEEDS.indexOf(this.#speed) + 1) % SPEEDS.length];
    this.#showSpeed();
    if (!this.isPlaying) return;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#advance(), STEP_MS / this.#speed);
  }

  #showSpeed() {
    const button = this.#player.querySelector("[data-speed]");
    button.ariaLabel = button.ariaLabel.replace(/[\d.]+×/, `${this.#speed}×`);
    button.textContent = `${this.#speed}×`;
  }

  // Events

  #onClick(event) {
    const button = event.target.closest("[data-play], [data-speed], [data-help], [data-go]");
    if (!button) return;
    if (button.matches("[data-play]")) this.isPlaying ? this.pause() : this.play();
    else if (button.matches("[data-speed]")) this.#changeSpeed();
    else if (button.matches("[data-help]")) this.#help();
    else this.pause();
  }

  #onScrub(event) {
    if (!event.target.matches(".scrubber [type=range]")) return;
    this.pause();
    this.#walk.go(Number(event.target.value));
  }

  #onKey(event) {
    const { target, key } = event;
    if (isCommandKey(event) || !target.closest(`${this.#own}, .code`)) return;
    if (target.closest("dialog, input:not([type=range]), select, textarea")) return;
    // A slider moves by itself with the arrows.
    if (target.matches("[type=range]") && /^(Arrow|Home|End)/.test(key)) return;
    const selector = doneBy(key, PLAYER_KEYS);
    const button = selector && this.#player.querySelector(selector);
    if (!button || button.hidden) return;
    event.preventDefault();
    button.click();
  }

  #help() {
    const dialog = this.#player.querySelector("dialog.keys");
    const rows = PLAYER_KEYS.flatMap(({ shown, does }) => {
      const button = this.#player.querySelector(does) ?? document.querySelector(does);
      if (!button) return [];
      const words = button.cloneNode(true);
      words.querySelector("kbd")?.remove();
      const text = button.ariaLabel ?? (words.textContent.trim() || button.title);
      return [element("dt", "", ...shown.map((name) => element("kbd", "", name))), element("dd", "", text)];
    });
    dialog.querySelector("dl").replaceChildren(...rows);
    dialog.querySelector("p").textContent = dialog.dataset.notes;
    dialog.showModal();
  }
}
