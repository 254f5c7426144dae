// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A presenter in a room: has the key, sends commands one after the other. The key comes by the
// fragment of the presenter's link or by starting a room; it is kept in memory and for this tab
// alone, and travels in the Authorization header only.

import { waitMs } from "../core/backoff.js";
import { store, stored } from "../core/storage.js";
import { answerTo, Refused } from "./asking.js";

const KEPT = "presenter";
const TRIES = 6;

export class Presenter {
  #rooms;
  #key;
  #queue = [];
  #isSending = false;
  #sent = new Set();

  /**
   * @param {string} rooms address of rooms, with a slash at its end
   * @param {{room: string, key: string, presenter: number}} who
   */
  constructor(rooms, { room, key, presenter }) {
    this.#rooms = rooms;
    this.#key = key;
    this.room = room;
    this.number = presenter;
    store(KEPT, JSON.stringify({ room, key, presenter }), "sessionStorage");
  }

  get address() {
    return `${this.#rooms}${this.room}`;
  }

  /** The fragment of the link by which this presenter is the same on another screen. */
  get fragment() {
    return `room=${this.room}&key=${this.#key}&presenter=${this.number}`;
  }

  /** Whether a command of this tab has caused an event. */
  caused({ command }) {
    return this.#sent.has(command.replace(/\.close$/, ""));
  }

  /**
   * Sends a command; gives the answer. Of what is shown only the newest that waits is sent. Rejects
   * with a sentence for what the room does not allow, and for what could not be sent.
   */
  send(command) {
    if (command.do === "show") this.#queue = this.#queue.filter(({ body, give }) => body.do !== "show" || void give(null));
    return new Promise((give, refuse) => {
      const id = crypto.getRandomValues(new Uint32Array(4)).join("-").slice(0, 40);
      this.#sent.add(id);
      this.#queue.push({ body: { ...command, id }, give, refuse });
      this.#next();
    });
  }

  async #next() {
    if (this.#isSending) return;
    const job = this.#queue.shift();
    if (!job) return;
    this.#isSending = true;
    try {
      job.give(await this.#post(job.body));
    } catch (problem) {
      job.refuse(problem);
    }
    this.#isSending = false;
    this.#next();
  }

  async #post(body) {
    for (let tries = 0; ; tries++) {
      let told;
      try {
        const response = await answerTo(`${this.address}/commands`, { key: this.#key, body, signal: AbortSignal.timeout(8000) });
        return await response.json();
      } catch (problem) {
        told = problem;
        if (problem instanceof Refused && problem.status !== 429 && problem.status !== 503) throw problem;
        // Sent again with the same id, it has no second effect.
      }
      // What is newer makes this one needless.
      if (body.do === "show" && this.#queue.some((job) => job.body.do === "show")) return null;
      if (tries >= TRIES) throw told;
      await new Promise((done) => setTimeout(done, waitMs(Math.min(tries, 3), told.waitMs ?? 0)));
    }
  }

  /** The votes as a table, for saving. */
  async results() {
    const lang = document.documentElement.lang.split("-")[0];
    return (await answerTo(`${this.address}/results.csv?lang=${lang}`, { key: this.#key })).blob();
  }
}

/** A new room. */
export async function startRoom(rooms, walkthrough) {
  const answer = await answerTo(rooms.replace(/\/$/, ""), { body: { walkthrough } });
  return new Presenter(rooms, await answer.json());
}

/** Becomes a presenter by an invitation. */
async function joinRoom(rooms, room, invitation) {
  const answer = await answerTo(`${rooms}${room}/presenters`, { body: { invitation } });
  return new Presenter(rooms, { room, ...(await answer.json()) });
}

/**
 * The presenter of this tab: by the fragment of the address, which is taken out of it before anybody
 * sees it on the wall, or as before a reload. Null for none.
 */
export async function knownPresenter(rooms, fragment) {
  const { room, key, invitation, presenter } = Object.fromEntries(new URLSearchParams(fragment));
  if (room && key) return new Presenter(rooms, { room, key, presenter: Number(presenter) || 1 });
  if (room && invitation) return joinRoom(rooms, room, invitation);
  const kept = JSON.parse(stored(KEPT, "sessionStorage"));
  return kept && new Presenter(rooms, kept);
}

export function forget() {
  store(KEPT, "null", "sessionStorage");
}
