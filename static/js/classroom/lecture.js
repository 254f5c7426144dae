// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A presentation with a room: what the stage shows goes to the room while this presenter leads, and
// comes from it while another does. The presenter's window has no key: what is pressed there happens
// here.

import { element } from "../dom/document.js";
import { Refused } from "./asking.js";
import { forget, knownPresenter, startRoom } from "./presenter.js";
import { RoomLine } from "./room-line.js";
import { RoomPanel } from "./room-panel.js";
import { Votes } from "./votes.js";

export class Lecture {
  #stage;
  #windows;
  #panel;
  #votes;
  #presenter = null;
  /** Who this was in a room that has ended: the key to its results. */
  #past = null;
  #line = null;
  #sentView = "";
  #sentBlack = false;

  constructor(stage, input, windows) {
    this.#stage = stage;
    this.#windows = windows;
    this.#panel = new RoomPanel(stage.root);
    this.#votes = new Votes(stage, input, {
      send: (command) => this.#send(command),
      tell: () => this.#tell(),
      shareAgain: () => this.#shareAgain(),
    });
    for (const name of ["accept", "decline", "withdraw"]) input.on(name, () => this.#send({ do: name }));
    input.on("end-room", () => this.#panel.isSure() && this.#send({ do: "end" }));
    input.on("offer", (to) => this.#send({ do: "offer", to: Number(to) }));
    input.on("room", () => this.#panel.toggle());
    input.on("qr", () => this.#line && this.#panel.toggle());
    input.on("start-room", () => this.#start());
    input.on("leave-room", () => this.#leave());
    input.on("invite", () => this.#invite());
    input.on("own-link", () => this.#showLink(this.#presenter.fragment, "own"));
    input.on("results", () => this.#save());
    stage.root.addEventListener("stage:shown", ({ detail }) => detail.isRemote || this.#share());
    stage.root.addEventListener("stage:room", ({ detail }) => this.#draw(detail));
    stage.root.addEventListener("stage:link", ({ detail }) => this.#panel.showLink(detail.link, detail.whose));
    this.#draw(null);
  }

  /** Goes on as a presenter, where the address or this tab says that this is one. */
  async resume(fragment) {
    try {
      const known = await knownPresenter(this.#stage.root.dataset.rooms, fragment);
      if (known) this.#enter(known);
    } catch (problem) {
      this.#panel.problem(problem.message);
      this.#panel.open();
    }
  }

  get #room() {
    return this.#line?.room ?? null;
  }

  get #leads() {
    return Boolean(this.#presenter) && this.#room?.lead === this.#presenter.number;
  }

  // Entering and leaving

  async #start() {
    this.#panel.problem(null);
    try {
      const { rooms, walkthrough } = this.#stage.root.dataset;
      this.#enter(await startRoom(rooms, walkthrough));
    } catch (problem) {
      this.#panel.problem(problem.message);
    }
  }

  #enter(presenter) {
    this.#presenter = presenter;
    this.#past = null;
    this.#sentView = "";
    const line = (this.#line = new RoomLine(`${presenter.address}/events`));
    line.addEventListener("room:state", ({ detail }) => this.#onState(detail));
    line.addEventListener("room:voters", () => this.#tell());
    line.addEventListener("room:line", ({ detail }) => this.#onLine(detail));
  }

  #leave() {
    this.#line?.close();
    this.#line = this.#presenter = null;
    forget();
    this.#panel.forgetLink();
    this.#stage.hush();
    this.#tell();
  }

  #onLine(state) {
    if (state === "open") {
      this.#stage.hush();
      // What was shown without a connection is shown to the class now.
      this.#share();
    } else {
      this.#stage.say(state);
    }
    if (state === "gone") this.#leaveGone();
  }

  #leaveGone() {
    this.#leave();
    this.#stage.say("gone");
  }

  // What the room says

  async #onState({ room, event }) {
    if (room.is_ended) {
      this.#past = this.#presenter;
      this.#leaveGone();
      return;
    }
    const isOurs = event && this.#presenter.caused(event);
    if (!event && room.last === 1) this.#share();
    else if (!isOurs && (!event || event.kind === "shown") && !this.#isAhead()) await this.#adopt(room);
    if (!isOurs && (!event || event.kind === "black")) {
      this.#sentBlack = room.is_black;
      this.#stage.black(room.is_black, { isQuiet: true });
    }
    if (event?.kind === "taken" && this.#leads) this.#share();
    if (room.offered_to === this.#presenter?.number) this.#panel.open();
    this.#tell();
  }

  /** Whether this wall shows something that the room has not been told yet. */
  #isAhead() {
    return this.#leads && this.#sentView !== "" && this.#sentView !== this.#viewNow();
  }

  async #adopt({ view }) {
    const { block, query, step, variant } = view;
    this.#sentView = JSON.stringify(commandOf({ slide: block ?? "start", query, step }, variant));
    await this.#stage.show({ slide: block ?? "start", query, step, from: null, text: variant ?? "" }, { isQuiet: true });
  }

  #viewNow() {
    return JSON.stringify(commandOf(this.#stage.view, this.#stage.part.shown || null));
  }

  // What the room is told

  #share() {
    const now = this.#viewNow();
    if (!this.#leads) {
      if (this.#room && now !== this.#sentView && !this.#windows.hasNotes) this.#stage.say("aside", { lead: this.#room.lead });
      return;
    }
    if (now !== this.#sentView) {
      this.#sentView = now;
      this.#send(JSON.parse(now)).then((answer) => {
        if (answer === undefined && this.#sentView === now) this.#sentView = "unsent";
      });
    }
    if (this.#stage.isBlack !== this.#sentBlack) {
      this.#sentBlack = this.#stage.isBlack;
      this.#send({ do: "black", on: this.#stage.isBlack });
    }
  }

  #shareAgain() {
    this.#sentView = "";
    this.#share();
  }

  /** Sends a command; undefined where that was not possible, which is said. */
  async #send(command) {
    if (!this.#presenter) return undefined;
    try {
      return await this.#presenter.send(command);
    } catch (problem) {
      if (problem instanceof Refused) this.#stage.say("refused", { why: problem.message });
      else this.#stage.say("lost");
      return undefined;
    }
  }

  #tell() {
    const state = this.#presenter && this.#room ? { room: this.#room, me: this.#presenter.number, followers: this.#line.followers } : this.#past && { past: this.#past.room };
    this.#windows.room = state;
    this.#draw(state);
    this.#windows.tell();
  }

  #draw(state) {
    this.#panel.show(state);
    this.#votes.show(state);
  }

  // Several presenters, results

  async #invite() {
    const answer = await this.#send({ do: "invite" });
    if (!answer) return;
    this.#showLink(`room=${this.#presenter.room}&invitation=${answer.invitation}`, "other");
  }

  /** It is a secret: where it was asked for in the presenter's window, the wall does not show it. */
  #showLink(fragment, whose) {
    const link = new URL(this.#stage.root.dataset.action, location.href);
    link.hash = fragment;
    if (this.#panel.isOpen) this.#panel.showLink(link.href, whose);
    else this.#windows.tellLink({ link: link.href, whose });
  }

  async #save() {
    const who = this.#presenter ?? this.#past;
    try {
      const url = URL.createObjectURL(await who.results());
      element("a", { href: url, download: `room-${who.room}.csv` }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (problem) {
      this.#panel.problem(problem.message);
    }
  }
}

function commandOf({ slide, query, step }, variant) {
  return { do: "show", block: slide === "start" ? null : slide, query, step, variant };
}
