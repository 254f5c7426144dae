// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The room as the presenter sees it: code, QR code and followers in the corner of the wall and large
// on demand, who leads, and the handing over.

import { filled } from "../core/steps.js";
import { element } from "../dom/document.js";
import { documentOf } from "../dom/markup.js";
import { answerTo } from "./asking.js";

export class RoomPanel {
  #root;
  #dialog;
  #code = null;
  #presenters = 0;

  constructor(root) {
    this.#root = root;
    this.#dialog = root.querySelector(".room-panel");
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  toggle() {
    if (this.#dialog.open) this.#dialog.close();
    else this.open();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  problem(text) {
    const node = this.#dialog.querySelector(".room-problem");
    node.hidden = !text;
    node.textContent = text ?? "";
  }

  /** @param {any} state room (its state), me (this presenter) and followers; or past, the code of one that has ended; or null */
  show(state) {
    const room = state?.room ?? null;
    const isIn = Boolean(room) && !room.is_ended;
    this.#dialog.querySelector(".no-room").hidden = isIn;
    this.#dialog.querySelector(".in-room").hidden = !isIn;
    this.#root.querySelector(".corner").hidden = !isIn;
    this.#root.classList.toggle("has-room", isIn);
    this.#showPast(state?.past);
    const button = this.#root.querySelector(".room-at");
    if (!isIn) {
      button.textContent = button.dataset.none;
      return;
    }
    // The presenter's own connection is none of the class.
    const count = Math.max(0, state.followers - room.presenters);
    const code = readable(room.room);
    button.textContent = filled(button.dataset.some, { code, count });
    if (this.#code !== room.room) this.#showCode(room.room, code);
    const node = this.#root.querySelector(".corner-count");
    node.textContent = count === 1 ? node.dataset.one : filled(node.dataset.many, { count });
    this.#showLead(room, state.me);
  }

  #showPast(code) {
    const past = this.#dialog.querySelector(".past-room");
    past.hidden = !code;
    const text = past.querySelector("p");
    if (code) text.textContent = filled(text.dataset.text, { code: readable(code) });
  }

  #showCode(room, code) {
    this.#code = room;
    const address = new URL(`${this.#root.dataset.rooms}${room}`, location.href);
    for (const selector of [".corner-qr", ".big-qr"]) this.#root.querySelector(selector).src = `${address.pathname}/qr.svg`;
    const where = address.host + address.pathname.replace(`/${room}`, "");
    for (const selector of [".corner-where", ".big-where"]) this.#root.querySelector(selector).textContent = where;
    for (const selector of [".corner-code", ".big-code"]) this.#root.querySelector(selector).textContent = code;
    this.#dialog.querySelector(".local-only").hidden = !/^(localhost|127\.|\[::1\])/.test(address.hostname);
  }

  #showLead(room, me) {
    const state = this.#dialog.querySelector(".lead-state");
    const { dataset } = state;
    const leads = room.lead === me;
    // An invitation is good once.
    if (room.presenters > this.#presenters) this.forgetLink();
    this.#presenters = room.presenters;
    const isMine = room.offered_to === me;
    const sentences = [leads ? dataset.me : dataset.other];
    if (isMine) sentences.push(dataset.toMe);
    else if (room.offered_to) sentences.push(dataset.offered);
    const values = { me, count: room.presenters, lead: room.lead, to: room.offered_to };
    state.textContent = filled(sentences.join(" "), values);
    const others = Array.from({ length: room.presenters }, (_, n) => n + 1).filter((n) => n !== room.lead);
    const offers = leads && !room.offered_to ? others : [];
    this.#dialog.querySelector(".offers").replaceChildren(
      ...offers.map((number) => {
        const button = element("button", "", filled(dataset.to, { number }));
        button.type = "button";
        button.dataset.do = `offer:${number}`;
        return button;
      }),
    );
    const there = { accept: isMine, decline: isMine, withdraw: leads && Boolean(room.offered_to), invite: leads, "own-link": true, "end-room": leads, results: true, "leave-room": true };
    for (const [name, isThere] of Object.entries(there)) this.#dialog.querySelector(`[data-do=${name}]`).hidden = !isThere;
    this.#dialog.classList.toggle("is-offered", isMine);
  }

  /** Shows a link, for another presenter or (`whose` is "own") for this one's other screen. */
  showLink(link, whose) {
    const box = this.#dialog.querySelector(".invitation");
    box.hidden = false;
    box.querySelector("span").textContent = box.dataset[whose];
    const input = box.querySelector("input");
    input.value = link;
    input.select();
    const code = box.querySelector(".own-qr");
    code.hidden = whose !== "own";
    code.open = false;
    code.ontoggle = () => code.open && this.#drawLink(link, code.querySelector("div"));
  }

  /** The server draws it, for who has the key. It is a secret, so it is there only when asked for. */
  async #drawLink(link, box) {
    const { hash, search } = new URL(link);
    const of = new URLSearchParams(hash.slice(1));
    try {
      const response = await answerTo(`${this.#root.dataset.rooms}${of.get("room")}/own-qr.svg${search}`, { key: of.get("key") });
      const drawn = documentOf(await response.text(), "image/svg+xml");
      box.replaceChildren(document.importNode(drawn.documentElement, true));
      box.scrollIntoView({ block: "nearest" });
    } catch (problem) {
      this.problem(problem.message);
    }
  }

  forgetLink() {
    const box = this.#dialog.querySelector(".invitation");
    box.hidden = true;
    box.querySelector("input").value = "";
    box.querySelector(".own-qr").open = false;
    box.querySelector(".own-qr > div").replaceChildren();
  }

  /** Asks before the room ends for everybody. */
  isSure() {
    return confirm(this.#dialog.querySelector(".sure").dataset.text);
  }
}

/** As it stands on the wall: bcdf-2345. */
function readable(code) {
  return `${code.slice(0, code.length / 2)}-${code.slice(code.length / 2)}`;
}
