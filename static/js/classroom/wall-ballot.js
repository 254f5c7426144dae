// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The vote on the wall: what is asked, how many have voted, and, once it is revealed, the bars.

import { filled } from "../core/steps.js";
import { fit } from "./fitting.js";
import { element } from "../dom/document.js";
import { optionText, pick, share, withCode } from "./words.js";

export class WallBallot {
  #root;
  #box;
  #away = 0;

  constructor(root) {
    this.#root = root;
    this.#box = root.querySelector(".ballot");
    addEventListener("resize", () => this.#box.hidden || fit(this.#box));
  }

  /** Shows a question, null for none; the buttons are for who leads. */
  show(question, leads) {
    const box = this.#box;
    const isHidden = !question || question.number === this.#away;
    box.hidden = isHidden;
    this.#root.classList.toggle("has-ballot", !isHidden);
    if (isHidden) return;
    const { dataset } = box;
    const isRevealed = Boolean(question.counts);
    const state = question.is_open ? dataset.open : isRevealed ? "" : dataset.closed;
    this.#text(".q-kind", state);
    this.#text(".q-text", pick(question.text));
    this.#text(".q-socket", pick(question.socket));
    const code = box.querySelector(".q-code");
    code.hidden = !question.condition;
    if (question.condition) code.replaceChildren(filled(dataset.line, { line: question.line }), " ", element("code", "", question.condition));
    box.querySelector(".q-options").replaceChildren(...question.options.map((option) => this.#option(question, option)));
    this.#text(".q-count", filled(dataset.voted, { count: question.voted }));
    const isTold = leads && question.origins?.devices > 0;
    this.#text(".q-origins", isTold ? filled(dataset.origins, question.origins) : "");
    box.querySelector(".q-explanation").replaceChildren(...(isRevealed ? withCode(pick(question.explanation)) : []));
    box.classList.toggle("is-revealed", isRevealed);
    box.querySelector(".q-actions").hidden = !leads;
    for (const [name, isThere] of [["close-vote", question.is_open], ["reveal", !isRevealed], ["go-on", isRevealed], ["put-away", !question.is_open]]) {
      box.querySelector(`[data-do=${name}]`).hidden = !isThere;
    }
    fit(box);
  }

  putAway(question) {
    this.#away = question?.number ?? 0;
  }

  #option(question, option) {
    const item = element("li", "", element("span", "q-answer", optionText(question, option)));
    if (!question.counts) return item;
    const part = share(question, option);
    const bar = element("span", "q-bar");
    bar.style.setProperty("--share", part);
    const isRight = option.id === question.answer;
    const mark = isRight ? [element("b", "", `✓ ${this.#box.dataset.right}`), " "] : [];
    item.append(bar, element("span", "q-votes", ...mark, `${question.counts[option.id]} · ${part} %`));
    item.toggleAttribute("data-right", isRight);
    return item;
  }

  #text(selector, text) {
    const node = this.#box.querySelector(selector);
    if (node.textContent !== text) node.textContent = text;
  }
}
