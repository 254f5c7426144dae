// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The audience's page, and no other, loads this: it goes along with the presenter, or looks around.

import { AudienceVote } from "./classroom/audience-vote.js";
import { Caption } from "./classroom/caption.js";
import { Deck } from "./classroom/deck.js";
import { Decks, textAsked } from "./classroom/decks.js";
import { RoomLine } from "./classroom/room-line.js";
import { moved } from "./core/deck-moves.js";
import { openDecision, presentQuestion } from "./core/room-state.js";

class Audience {
  #root;
  #decks;
  /** The slides that are shown, and the text that they are of; null until they have come. */
  #deck = null;
  #part = null;
  #caption;
  #vote;
  #line;
  #view = null;
  #isAway = false;
  #isLost = false;
  #isGone = false;
  #turn = 0;

  constructor(root) {
    this.#root = root;
    this.#decks = new Decks(root, null);
    this.#caption = new Caption(root);
    this.#vote = new AudienceVote(root.querySelector(".vote"), root.dataset.votes);
    root.querySelector(".back-to-lead").addEventListener("click", () => this.#follow());
    root.querySelector(".look-around").addEventListener("click", (event) => this.#onMove(event));
    this.#line = new RoomLine(root.dataset.events);
    this.#line.addEventListener("room:state", ({ detail }) => this.#onState(detail.event));
    this.#line.addEventListener("room:line", ({ detail }) => {
      this.#isLost = detail === "lost";
      this.#isGone = detail === "gone";
      this.#say();
    });
    // The other slides come once, from the page of slides, which everybody in the room asks for.
    this.#decks.of(root.dataset.text).catch(() => {});
  }

  /** Until a trace has come, on a slow line, the slide that the server has drawn stays. */
  #open(part) {
    if (part === this.#part) return;
    this.#part = part;
    this.#decks.put(part);
    this.#deck = new Deck(this.#root, part.text);
    this.#root.classList.add("is-live");
    this.#root.querySelector(".look-around").hidden = false;
  }

  get #room() {
    return this.#line.room;
  }

  #onState(event) {
    this.#vote.show(presentQuestion(this.#room));
    if (this.#deck?.withhold(openDecision(this.#room))) this.#tellStep();
    this.#say();
    if (!this.#isAway && (!event || event.kind === "shown")) this.#follow();
  }

  // Following, and looking around

  #follow() {
    this.#isAway = false;
    this.#say();
    const { block, query, step, variant } = this.#room.view;
    return this.#show({ slide: block ?? "start", query, step, from: null, text: variant ?? "" });
  }

  async #show(view) {
    const turn = ++this.#turn;
    try {
      const part = await this.#decks.of(view.text);
      const trace = await part.traces.of(view.query);
      // Something else may have been shown while this was on its way.
      if (turn !== this.#turn) return;
      this.#open(part);
      // Where the room's text is not on this server, the path of the own one may be shorter.
      this.#view = { ...view, query: trace.query, step: view.step && Math.min(view.step, trace.steps.length) };
      this.#deck.withhold(openDecision(this.#room));
      this.#deck.show(this.#deck.node(view.slide) ? view.slide : "start", trace, this.#view.step);
      this.#tellStep();
      this.#bringStep();
      this.#linkStudy();
    } catch {
      // Without a connection the next event, or the next try, shows it.
      setTimeout(() => turn === this.#turn && !this.#isGone && this.#show(view), 3000 + Math.random() * 3000);
    }
  }

  #tellStep() {
    const view = { ...this.#view, step: this.#deck.allowed(this.#view) };
    this.#caption.show(view, this.#deck.trace, this.#deck.slides);
  }

  #bringStep() {
    const { slide, step } = this.#view;
    const now = step && this.#deck.node(slide).querySelector(".line[data-when='now']");
    if (now && this.#root.querySelector(".vote").hidden) now.scrollIntoView({ block: "center" });
  }

  #linkStudy() {
    const { slide, query, step, text } = this.#view;
    const base = new URL(this.#root.dataset.study, location.href);
    const lang = base.searchParams.get("lang");
    const place = slide === "start" ? "" : `/${slide}`;
    const parts = [query || (slide !== "start" && "state=ESTABLISHED"), step && `step=${step}`, textAsked(text), lang && `lang=${lang}`].filter(Boolean);
    const path = base.pathname.slice(0, base.pathname.lastIndexOf(`/${this.#root.dataset.walkthrough}`));
    this.#root.querySelector(".study-link a").href = `${path}/${this.#root.dataset.walkthrough}${place}${parts.length ? `?${parts.join("&")}` : ""}`;
  }

  #onMove(event) {
    const button = event.target.closest("[data-move]");
    if (!button || !this.#view) return;
    const { move } = button.dataset;
    const isStep = move === "forward" || move === "back";
    const view = isStep && !this.#view.step ? (move === "forward" ? moved(this.#view, "walk", this.#deck.slides, this.#deck.trace.steps) : null) : moved(this.#view, move, this.#deck.slides, this.#deck.trace.steps);
    if (!view) return;
    this.#isAway = true;
    this.#say();
    this.#show(view);
  }

  #say() {
    const state = this.#root.querySelector(".follow-state");
    const { is_ended: isEnded, is_black: isBlack } = this.#room ?? {};
    const name = isEnded ? "ended" : this.#isGone ? "gone" : this.#isLost ? "lost" : this.#isAway ? "away" : isBlack ? "black" : "following";
    if (state.textContent !== state.dataset[name]) state.textContent = state.dataset[name];
    this.#root.dataset.state = name;
    this.#root.querySelector(".back-to-lead").hidden = !this.#isAway || isEnded || this.#isGone;
  }
}

new Audience(document.querySelector(".audience"));
