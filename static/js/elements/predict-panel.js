// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a reader who predicts sees: the question in the player and at its line, what became of the
// answer, the score of the decision, the map of what is mastered. A visit replaces the player, so
// nothing is held on to.

import { levelOf } from "../core/progress.js";
import { filled } from "../core/steps.js";
import { element } from "../dom/document.js";

export class PredictPanel {
  #walk;

  constructor(walk) {
    this.#walk = walk;
  }

  get #panel() {
    return this.part(".predict");
  }

  /** A part of the player. */
  part(selector) {
    return this.#walk.querySelector(`.player ${selector}`);
  }

  get hasFocus() {
    return this.#panel.contains(document.activeElement);
  }

  /** Shows or hides everything that belongs to predicting, and what would give the path away. */
  show(isOn) {
    this.#walk.classList.toggle("is-predicting", isOn);
    this.part("[data-predict]").setAttribute("aria-pressed", String(isOn));
    this.#panel.hidden = !isOn;
    // Code that is not executed recedes, which would give the path away.
    const [from, to] = isOn ? ["off", "veiled"] : ["veiled", "off"];
    for (const line of this.#walk.querySelectorAll(`.line[data-path=${from}]`)) line.dataset.path = to;
  }

  ask(step) {
    const code = step.item.querySelector(".goto code").textContent;
    this.rest();
    this.#say("ask", { line: step.line });
    this.part(".q-code").textContent = code;
    for (const button of this.#answers) button.hidden = false;
    const line = this.#walk.querySelector(`#L${step.line}`);
    line?.toggleAttribute("data-asked", true);
    line?.scrollIntoView({ block: "nearest" });
    this.#announce(`${this.#text} ${code}`);
  }

  /** What became of the answer; the explanation is the step's own, and stands in the player. */
  judge(isRight, step) {
    this.#say(isRight ? "right" : "wrong", { way: step.verdict });
    this.#announce(`${this.#text} ${this.part(".why").textContent}`);
  }

  /** Nothing left to ask on this path; `missed` are the steps that were predicted otherwise. */
  end(run, missed) {
    this.#say("end", run);
    const list = this.part(".q-missed ol");
    // A loop asks the same more than once.
    const ways = new Map(missed.map((step) => [step.item.dataset.decision + step.verdict, step]));
    list.replaceChildren(...[...ways.values()].map((step) => this.#missedItem(step, list.dataset)));
    list.parentElement.hidden = !ways.size;
    const missedToo = ways.size ? [list.previousElementSibling, ...list.querySelectorAll("a")] : [];
    const parts = [this.part(".spoken"), this.part(".q-text"), ...missedToo];
    this.#announce(parts.map((part) => part.textContent).join(list.dataset.space));
  }

  /** A link to the branch that was taken, with this socket, and what decided. */
  #missedItem(step, { text, space }) {
    const fork = this.#walk.querySelector(`[data-fork="${step.item.dataset.decision}"]`);
    const { href } = fork.querySelector(`[data-way=${step.verdict}]`);
    const query = new URLSearchParams(location.search);
    query.delete("step");
    const link = element("a", { href, search: query.toString() }, filled(text, { line: step.line, way: step.verdict }));
    return element("li", "", link, space, step.item.querySelector(".why")?.textContent ?? "");
  }

  welcome() {
    this.#say("on", {});
    this.#announce(`${this.#text} ${this.part(".spoken").textContent}`);
  }

  /** Takes the question away. */
  rest() {
    for (const button of this.#answers) button.hidden = true;
    for (const line of this.#walk.querySelectorAll("[data-asked]")) line.removeAttribute("data-asked");
    this.part(".q-code").textContent = "";
    this.part(".q-missed").hidden = true;
    this.#say("", {});
  }

  /** What is mastered, the decision in question marked; and the score of this path. */
  map(progress, run, decision) {
    const cells = [...this.#panel.querySelectorAll(".q-map i")];
    for (const cell of cells) {
      cell.dataset.level = levelOf(progress, cell.dataset.decision);
      cell.toggleAttribute("data-now", cell.dataset.decision === decision);
    }
    const map = this.part(".q-map");
    const count = cells.filter((cell) => cell.dataset.level === "mastered").length;
    map.ariaLabel = filled(map.dataset.text, { count, all: cells.length });
    const score = this.part(".q-score");
    score.textContent = run.all ? filled(score.dataset.text, run) : "";
  }

  get #answers() {
    return this.#panel.querySelectorAll("[data-answer]");
  }

  get #text() {
    return this.part(".q-text").textContent;
  }

  #say(what, values) {
    const text = this.part(".q-text");
    text.textContent = what ? filled(text.dataset[what], values) : "";
    this.#panel.dataset.result = what;
  }

  /** In the player's one live region, in place of the step that it announces: said once. */
  #announce(text) {
    this.part(".spoken").textContent = text;
  }
}
