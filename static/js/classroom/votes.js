// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Questions to the class: asked, closed, revealed, and gone on from. `lecture` is how the room is told.

import { slideOf } from "../core/deck-moves.js";
import { openDecision, presentQuestion } from "../core/room-state.js";
import { WallBallot } from "./wall-ballot.js";

export class Votes {
  #stage;
  #input;
  #lecture;
  #ballot;
  #state = null;
  #advancedAt = 0;

  constructor(stage, input, lecture) {
    this.#stage = stage;
    this.#input = input;
    this.#lecture = lecture;
    this.#ballot = new WallBallot(stage.root);
    input.on("ask", () => this.#ask());
    input.on("ask-decision", (id) => this.#askDecision(id));
    input.on("ask-question", (id) => lecture.send({ do: "ask", question: id }));
    input.on("close-vote", () => this.#advance("close"));
    input.on("reveal", () => this.#advance("reveal"));
    input.on("go-on", () => this.#goOn());
    input.on("put-away", () => this.#putAway());
    stage.root.querySelector(".asking").addEventListener("click", (event) => this.#onAsk(event));
  }

  /** The room as it is now, with this presenter's number in it; without a room null, or {past}. */
  show(state) {
    this.#state = state;
    this.#stage.withhold(openDecision(state?.room));
    this.#ballot.show(this.#question, Boolean(state?.room) && state.room.lead === state.me);
  }

  get #question() {
    return presentQuestion(this.#state?.room);
  }

  /** The next thing to do about a vote: ask, close, reveal, go on. */
  #ask() {
    const question = this.#question;
    if (question && !question.counts) this.#advance(question.is_open ? "close" : "reveal");
    else if (question) this.#goOn();
    else this.#openAsking();
  }

  /** A key that is pressed twice before the room has answered counts once. */
  async #advance(command) {
    const { last } = this.#state.room;
    if (last === this.#advancedAt) return;
    this.#advancedAt = last;
    if (!(await this.#lecture.send({ do: command }))) this.#advancedAt = 0;
  }

  #openAsking() {
    const dialog = this.#stage.root.querySelector(".asking");
    const ahead = this.#ahead().map(({ decision }) => decision);
    for (const button of dialog.querySelectorAll("[data-decision]")) {
      button.parentNode.hidden = !ahead.includes(button.dataset.decision);
      button.parentNode.style.order = ahead.indexOf(button.dataset.decision);
    }
    dialog.querySelector(".none-ahead").hidden = ahead.length > 0;
    const canAsk = Boolean(this.#state?.room);
    dialog.querySelector(".needs-room").hidden = canAsk;
    for (const button of dialog.querySelectorAll("li button")) button.disabled = !canAsk;
    dialog.showModal();
    // The one that stands on the wall is the likely one.
    const { deck, view } = this.#stage;
    const own = this.#ahead().find(({ line }) => slideOf(deck.slides, line) === view.slide);
    if (own) dialog.querySelector(`[data-decision="${own.decision}"]`).focus();
  }

  #ahead() {
    return this.#stage.deck.trace.steps.filter(({ n, decision, verdict }) => decision && verdict && n > (this.#stage.view.step ?? 0));
  }

  #onAsk(event) {
    const button = event.target.closest("[data-decision], [data-question]");
    if (!button) return;
    button.closest("dialog").close();
    const { decision, question } = button.dataset;
    this.#input.do(decision ? `ask-decision:${decision}` : `ask-question:${question}`);
  }

  /** The wall goes to just before the decision, or it would have answered already. */
  async #askDecision(id) {
    const step = this.#ahead().find(({ decision }) => decision === id);
    if (!step) return;
    const { view, deck } = this.#stage;
    const from = view.step ? view.from : view.slide;
    await this.#stage.show({ ...view, from, step: Math.max(1, step.n - 1), slide: slideOf(deck.slides, step.line) });
    this.#lecture.send({ do: "ask", decision: id });
  }

  /** After the bars the simulation steps on and shows which way it really goes. */
  #goOn() {
    const question = this.#question;
    const { view } = this.#stage;
    if (!question) return;
    if (question.kind === "decision" && question.query === view.query && (question.variant ?? "") === view.text) {
      this.#stage.show({ ...view, step: question.step, finds: true });
    } else {
      this.#lecture.shareAgain();
    }
  }

  #putAway() {
    this.#ballot.putAway(this.#question);
    this.#lecture.tell();
  }
}
