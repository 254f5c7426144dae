// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The slides of each text that is shown: those of the page itself, and those of another kernel, which
// come from the page that has them when they are asked for. A text is known by its variant or its
// kernel's label, the walkthrough's own by "".

import { documentOf } from "../dom/markup.js";
import { Traces } from "./traces.js";

const TEXTS = ["kernel", "variant"];

/** How a query asks for a text; a label has a dot or a `~`, which no variant's id has. */
export function textAsked(text) {
  return text && `${/[.~]/.test(text) ? "kernel" : "variant"}=${text}`;
}

/** The socket of a query, without the text, the step and the language. */
export function socketOf(query) {
  const pairs = new URLSearchParams(query);
  for (const key of [...TEXTS, "step", "lang"]) pairs.delete(key);
  return pairs.toString();
}

export class Decks {
  #root;
  #parts = new Map();
  #coming = new Map();

  /**
   * @param {HTMLElement} root with the address of the slides, without a text; without a server there is none
   * @param {string | null} here the text whose slides the page has; null where it has not all of them
   */
  constructor(root, here) {
    this.#root = root;
    if (here !== null) this.#parts.set(here, partOf(document, here));
  }

  /** What is there of a text: {text, shown, deck, traces}; `shown` is "" where a kernel is not on this server. */
  known(text) {
    return this.#root.dataset.slides ? this.#parts.get(text) : [...this.#parts.values()][0];
  }

  /** The same, as soon as it is there. Rejects where nobody can tell. */
  async of(text) {
    if (this.known(text)) return this.known(text);
    if (!this.#coming.has(text)) this.#coming.set(text, this.#load(text).finally(() => this.#coming.delete(text)));
    const part = await this.#coming.get(text);
    this.#parts.set(text, part);
    return part;
  }

  async #load(text) {
    const { slides } = this.#root.dataset;
    const response = await fetch(text ? `${slides}&${textAsked(text)}` : slides, { signal: AbortSignal.timeout(20_000) });
    const fresh = documentOf(await response.text());
    if (!response.ok || !fresh.querySelector(".deck")) throw new Error(`no slides: ${response.status}`);
    return partOf(fresh, text);
  }

  /** Puts the slides of a text into the page, with what says so, and the decisions that can be asked. */
  put({ deck, band, decisions }) {
    this.#root.querySelector(".deck").replaceWith(deck);
    document.querySelector(".of-text")?.remove();
    if (band) this.#root.before(band);
    if (decisions) this.#root.querySelector(".ask-decisions")?.replaceWith(decisions);
  }
}

function partOf(page, text) {
  const { dataset } = page.querySelector(".stage");
  return {
    text,
    shown: dataset.text,
    deck: page.querySelector(".deck"),
    band: page.querySelector(".of-text"),
    decisions: page.querySelector(".ask-decisions"),
    traces: new Traces(dataset.traces),
  };
}
