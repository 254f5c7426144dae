// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The wall and the presenter's window beside it. They speak through a BroadcastChannel, so no server
// is needed. The wall decides; the other window sends it what was pressed and shows what it says.
// A third window would answer to the same name, so each wall has a channel of its own.

import { filled } from "../core/steps.js";
import { presentQuestion } from "../core/room-state.js";
import { store, stored } from "../core/storage.js";
import { shownTime } from "../core/stopwatch.js";

const NAME = "present:";

export class Windows {
  #stage;
  #input;
  #channel;
  #isNotes;
  #wallAt = 0;
  #notesAt = 0;
  /** The room as the wall knows it; set by the wall, shown by both. */
  room = null;

  constructor(stage, input) {
    this.#stage = stage;
    this.#input = input;
    this.#isNotes = stage.root.classList.contains("notes-window");
    const id = (this.#isNotes && window.name.startsWith(NAME) && window.name) || `${NAME}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    this.#channel = new BroadcastChannel(id);
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    this.#channel.addEventListener("messageerror", () => {});
    stage.root.addEventListener("stage:shown", () => this.tell());
    setInterval(() => this.#tick(), 500);
    if (this.#isNotes) {
      this.#takeOver();
      this.#ownNotes.addEventListener("input", () => store(this.#ownKey, this.#ownNotes.value));
      this.#send({ hello: true });
    } else {
      input.on("notes", () => window.open(notesAddress(stage.root.dataset.notes), id, "popup,width=1200,height=800"));
    }
  }

  get isNotes() {
    return this.#isNotes;
  }

  #send(message) {
    this.#channel.postMessage(message);
  }

  /** Says what is shown here to the other window. */
  tell() {
    this.#showTime();
    if (this.#isNotes) {
      this.#showNotes();
      return;
    }
    const { view, isBlack, stopwatch, deck } = this.#stage;
    this.#send({ shown: { view, isBlack, stopwatch, marked: deck.marked, room: this.room } });
  }

  // The presenter's window

  /** What is pressed here goes to the wall, as long as there is one. */
  #takeOver() {
    const run = this.#input.do.bind(this.#input);
    const here = new Set(["help", "situations", "full", "fold", "room", "qr"]);
    const asks = (action) => action === "ask" && !presentQuestion(this.room?.room);
    this.#input.do = (action) => (this.hasWall && !here.has(action) && !asks(action) ? this.#send({ action }) : run(action));
    const { choose, goTo, mark, read } = this.#stage;
    this.#stage.choose = (query) => (this.hasWall ? this.#send({ choose: query }) : choose.call(this.#stage, query));
    this.#stage.goTo = (slide) => (this.hasWall ? this.#send({ goTo: slide }) : goTo.call(this.#stage, slide));
    this.#stage.read = (text) => (this.hasWall ? this.#send({ read: text }) : read.call(this.#stage, text));
    this.#stage.mark = (line) => (this.hasWall ? this.#send({ mark: line }) : mark.call(this.#stage, line));
  }

  get hasWall() {
    return Date.now() - this.#wallAt < 3000;
  }

  /** Whether the presenter has a window of one's own: what is for the presenter alone is said there. */
  get hasNotes() {
    return Date.now() - this.#notesAt < 3000;
  }

  /** A link that is a secret, for the window that asked for it. */
  tellLink(link) {
    this.#send({ link });
  }

  async #hear({ hello, beat, shown, action, choose, read, goTo, mark, link, here }) {
    const stage = this.#stage;
    if (this.#isNotes) {
      if (beat || shown) this.#wallAt = Date.now();
      if (link) stage.root.dispatchEvent(new CustomEvent("stage:link", { detail: link }));
      if (!shown) return;
      stage.stopwatch = shown.stopwatch;
      this.room = shown.room;
      await stage.show(shown.view, { isQuiet: true });
      stage.black(shown.isBlack, { isQuiet: true });
      stage.deck.mark(shown.marked);
      stage.root.dispatchEvent(new CustomEvent("stage:room", { detail: this.room }));
      return;
    }
    if (hello || here) this.#notesAt = Date.now();
    if (hello) this.tell();
    if (action) this.#input.do(action);
    if (choose !== undefined) stage.choose(choose);
    if (read !== undefined) stage.read(read);
    if (goTo) stage.goTo(goTo);
    if (mark) stage.mark(mark);
  }

  #tick() {
    this.#send(this.#isNotes ? { here: true } : { beat: true });
    this.#showTime();
  }

  #showTime() {
    const time = shownTime(this.#stage.stopwatch, Date.now());
    const { root } = this.#stage;
    for (const node of root.querySelectorAll(".timer-at, .big-timer")) if (node.textContent !== time) node.textContent = time;
    root.querySelector(".timer").classList.toggle("is-running", this.#stage.stopwatch.since !== null);
    if (!this.#isNotes) return;
    root.querySelector(".presenter-side .clock").textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
    const state = root.querySelector(".wall-state");
    const { room, me } = this.room ?? {};
    const isLed = room && me && room.lead !== me;
    const name = !this.hasWall ? "alone" : isLed ? "led" : this.#stage.isBlack ? "black" : "there";
    const text = filled(state.dataset[name], { lead: room?.lead });
    if (state.textContent !== text) state.textContent = text;
  }

  get #ownNotes() {
    return this.#stage.root.querySelector(".own-notes textarea");
  }

  get #ownKey() {
    return `notes:${this.#stage.root.dataset.walkthrough}:${this.#stage.view.slide}`;
  }

  #showNotes() {
    const { root, deck, view } = this.#stage;
    const notes = deck.node(view.slide).querySelector(".slide-notes");
    const box = root.querySelector(".presenter-notes");
    if (box.dataset.of !== view.slide) {
      box.dataset.of = view.slide;
      box.replaceChildren(...[...(notes?.querySelectorAll("section") ?? [])].map((part) => part.cloneNode(true)));
      box.scrollTop = 0;
      this.#ownNotes.value = stored(this.#ownKey) ?? "";
    }
    const heading = root.querySelector(".notes-title");
    heading.textContent = filled(heading.dataset.text, { title: deck.slides.find(({ id }) => id === view.slide).title });
    const next = deck.slides[deck.slides.findIndex(({ id }) => id === view.slide) + 1];
    const title = root.querySelector(".next-title");
    title.textContent = next ? filled(title.dataset.text, { title: next.title }) : title.dataset.end;
  }
}

/** The second window with what the address of this one says, and its own language. */
function notesAddress(notes) {
  const address = new URL(notes, location.href);
  for (const [key, value] of new URLSearchParams(location.search)) {
    if (key !== "lang") address.searchParams.set(key, value);
  }
  return address.href;
}
