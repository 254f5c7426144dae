// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The line to a room: its state, kept up to date by server-sent events (app/rooms says which). A
// lost connection comes back by itself and resumes after the last event, so that none is missed.
//
// Dispatches "room:state" (detail: {room, event}, event null for a snapshot), "room:voters" and
// "room:line" (detail: "open", "lost" or "gone").

import { waitMs } from "../core/backoff.js";
import { folded, roomOf } from "../core/room-state.js";

/** A phone that slept for longer may have a dead connection that nobody has told it of. */
const ASLEEP_MS = 20_000;

export class RoomLine extends EventTarget {
  #address;
  #source = null;
  #timer = 0;
  #tries = 0;
  #hiddenAt = 0;
  #isOver = false;
  room = null;
  followers = 0;

  /** @param {string} address of the room's events */
  constructor(address) {
    super();
    this.#address = address;
    addEventListener("offline", () => this.#lost());
    addEventListener("online", () => this.#again(Math.random() * 1000));
    addEventListener("pagehide", () => this.#source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.#again(0));
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    this.#open();
  }

  /** Stops listening, for good. */
  close() {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #open() {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = (this.#source = new EventSource(this.room ? `${this.#address}?after=${this.room.last}` : this.#address));
    source.addEventListener("open", () => {
      this.#tries = 0;
      this.#tell("room:line", "open");
    });
    source.addEventListener("snapshot", ({ data }) => this.#know(roomOf(JSON.parse(data)), null));
    source.addEventListener("event", ({ data }) => this.#onEvent(JSON.parse(data)));
    source.addEventListener("voters", ({ data }) => this.#onVoters(JSON.parse(data)));
    source.addEventListener("followers", ({ data }) => {
      this.followers = JSON.parse(data).followers;
      this.#tell("room:voters", this.room);
    });
    source.addEventListener("error", () => this.#onError(source));
  }

  #know(room, event) {
    this.room = room;
    this.#tell("room:state", { room, event });
    if (room.is_ended) this.close();
  }

  #onEvent(event) {
    if (!this.room) return;
    const room = folded(this.room, event);
    if (room === this.room) return;
    if (room) this.#know(room, event);
    else this.#open();
  }

  #onVoters({ question, ...voters }) {
    if (this.room?.question?.number !== question) return;
    this.room = { ...this.room, question: { ...this.room.question, ...voters } };
    this.#tell("room:voters", this.room);
  }

  // Lost, and back again

  #onError(source) {
    if (source !== this.#source || this.#isOver) return;
    this.#tell("room:line", "lost");
    // While it is connecting the browser tries by itself, after the time that the server told it.
    if (source.readyState === EventSource.CLOSED) this.#ask();
  }

  /** A browser does not say why it was refused; the state does. */
  async #ask() {
    let least = 0;
    try {
      const response = await fetch(this.#address.replace(/events$/, "state"), { signal: AbortSignal.timeout(8000) });
      if (response.status === 404) {
        this.close();
        this.#tell("room:line", "gone");
        return;
      }
      if (response.ok) {
        const state = await response.json();
        if (state.is_ended) {
          this.#know(roomOf(state), null);
          return;
        }
      }
      least = 1000 * (Number(response.headers.get("Retry-After")) || 0);
    } catch {
      // No answer at all: try again later.
    }
    this.#again(waitMs(this.#tries++, least));
  }

  #lost() {
    if (this.#isOver) return;
    this.#source?.close();
    this.#tell("room:line", "lost");
    // Some systems never say that they are online again.
    this.#again(waitMs(this.#tries++));
  }

  #again(ms) {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (navigator.onLine ? this.#open() : this.#lost()), ms);
  }

  #onVisibility() {
    if (document.hidden) this.#hiddenAt = Date.now();
    else if (this.#hiddenAt && Date.now() - this.#hiddenAt > ASLEEP_MS) this.#again(Math.random() * 500);
  }
}
