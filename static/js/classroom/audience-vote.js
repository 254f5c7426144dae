// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The vote on a phone: large answers, one of them pressed; what was voted is kept by the server.

import { filled } from "../core/steps.js";
import { element } from "../dom/document.js";
import { answerTo, Refused } from "./asking.js";
import { optionText, pick, share, withCode } from "./words.js";

export class AudienceVote {
  #section;
  #inner;
  #address;
  #question = null;
  #mine = null;
  #says = "open";

  constructor(section, address) {
    this.#section = section;
    this.#inner = section.querySelector(".vote-inner");
    this.#address = address;
    section.addEventListener("click", (event) => this.#onClick(event));
    section.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Shows a question, or nothing for null. */
  async show(question) {
    const isNew = question?.number !== this.#question?.number;
    this.#question = question;
    this.#section.hidden = !question;
    if (!question) return;
    if (isNew) {
      this.#mine = null;
      this.#says = "open";
      this.#render();
      this.#section.querySelector(".spoken").textContent = pick(question.text);
      this.#section.scrollIntoView({ block: "nearest" });
      await this.#recall(question.number);
    }
    this.#render();
  }

  /** A device that comes back has voted already. */
  async #recall(number) {
    try {
      const response = await fetch(`${this.#address}/mine`);
      const { question, option } = await response.json();
      if (question === number && this.#mine === null) this.#mine = option;
    } catch {
      // It is only about showing the vote again.
    }
  }

  #render() {
    const question = this.#question;
    const { dataset } = this.#section;
    const focused = document.activeElement?.closest(".q-option")?.value;
    const heading = element("p", "q-text", pick(question.text));
    const parts = [heading];
    if (question.socket) parts.push(element("p", "q-socket", pick(question.socket)));
    if (question.condition) {
      const line = element("span", "", filled(dataset.line, { line: question.line }));
      parts.push(element("p", "q-code", line, " ", element("code", "", question.condition)));
    }
    const form = element("form", "", ...question.options.map((option) => this.#option(option)));
    parts.push(form, element("p", "q-state", question.is_open ? this.#said() : dataset.closed));
    if (question.counts) {
      parts.push(element("p", "q-count", filled(dataset.voted, { count: question.voted })));
      if (question.explanation) parts.push(element("p", "q-explanation", ...withCode(pick(question.explanation))));
    }
    this.#inner.replaceChildren(...parts);
    this.#section.classList.toggle("is-revealed", Boolean(question.counts));
    if (focused) form.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
  }

  #said() {
    const { dataset } = this.#section;
    return this.#says === "open" && this.#mine !== null ? dataset.noted : (dataset[this.#says] ?? this.#says);
  }

  #option(option) {
    const question = this.#question;
    const { dataset } = this.#section;
    const isMine = option.id === this.#mine;
    const button = element("button", "q-option", element("span", "", optionText(question, option)));
    Object.assign(button, { type: "submit", name: "option", value: option.id, disabled: !question.is_open });
    button.setAttribute("aria-pressed", isMine);
    const notes = [];
    if (isMine) notes.push(dataset.mine);
    if (question.counts) {
      notes.push(`${question.counts[option.id]} · ${share(question, option)} %`);
      const isRight = option.id === question.answer;
      button.toggleAttribute("data-right", isRight);
      if (isRight) notes.push(dataset.right);
      button.style.setProperty("--share", share(question, option));
    }
    if (notes.length) button.append(element("small", "", notes.join(" · ")));
    return button;
  }

  async #onClick(event) {
    const button = event.target.closest(".q-option");
    if (!button || button.disabled) return;
    event.preventDefault();
    const before = this.#mine;
    const number = this.#question.number;
    this.#mine = button.value;
    // Noted it is when the server says so.
    this.#says = "sending";
    this.#render();
    try {
      await answerTo(this.#address, { body: { question: number, option: button.value }, signal: AbortSignal.timeout(15_000) });
      // Another answer may have been pressed since.
      if (this.#question?.number !== number || this.#mine !== button.value) return;
      this.#says = "open";
    } catch (problem) {
      if (this.#question?.number !== number) return;
      this.#mine = before;
      // What a browser says of a network that is not there is in the browser's words.
      const why = problem instanceof Refused ? problem.message : this.#section.dataset.offline;
      this.#says = filled(this.#section.dataset.failed, { why });
    }
    this.#render();
  }
}
