// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// <live-rates>: shows what the stream of counters says: rates, their last minute, totals.

import { waitMs } from "../core/backoff.js";
import { filled } from "../core/steps.js";
import { sparkPath } from "../core/spark.js";

/** Looks that the small pictures go back. */
const HISTORY = 60;

class LiveRates extends HTMLElement {
  #histories = new Map();
  #source = null;
  #timer = 0;
  #tries = 0;

  connectedCallback() {
    this.#open();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#source.close();
  }

  #open() {
    const source = new EventSource(this.dataset.stream);
    this.#source = source;
    source.addEventListener("look", (event) => {
      this.#tries = 0;
      this.#say("live", this.dataset.live);
      for (const counter of JSON.parse(event.data)) this.#show(counter);
      this.#showHeat();
    });
    source.addEventListener("error", () => {
      this.#say("lost", this.dataset.lost);
      // A browser tries again by itself where the line broke, and never where it was refused.
      if (source.readyState === EventSource.CLOSED) {
        this.#timer = setTimeout(() => this.#open(), waitMs(this.#tries++));
      }
    });
  }

  #say(state, text) {
    const place = this.querySelector(".v-state");
    // The same words again would be read out again.
    if (place.dataset.state === state) return;
    place.dataset.state = state;
    place.textContent = text;
  }

  #show({ name, per_second: rate, since_start: since }) {
    const history = this.#histories.get(name) ?? [];
    if (rate !== null) history.push(rate);
    this.#histories.set(name, history.slice(-HISTORY));
    for (const place of this.querySelectorAll(`:is(.v-tiles > li, tr)[data-name="${name}"]`)) {
      place.toggleAttribute("data-busy", Boolean(rate));
      place.querySelector(".v-rate").textContent = rate === null ? "" : this.#rate(rate);
      const counted = place.querySelector("[data-counted]");
      counted.textContent = number(Number(counted.dataset.counted) + since);
      const fresh = place.querySelector(".v-since");
      if (fresh) {
        fresh.hidden = false;
        fresh.querySelector("dd").textContent = number(since);
        const paths = sparkPath(history, HISTORY, 120, 28);
        place.querySelector(".line").setAttribute("d", paths.line);
        place.querySelector(".area").setAttribute("d", paths.area);
      }
    }
  }

  /** The bars beside the lines, each as its share of the highest rate of an abort. */
  #showHeat() {
    const now = (mark) => this.#histories.get(mark.dataset.name)?.at(-1) ?? 0;
    const marks = [...this.querySelectorAll(".marks > li")];
    const most = Math.max(...marks.filter((mark) => mark.dataset.kind === "named").map(now));
    for (const mark of marks) {
      const rate = now(mark);
      const gauge = mark.querySelector(".gauge");
      gauge?.firstElementChild.setAttribute("x2", `${rate ? (100 * rate) / most : 0}%`);
      mark.classList.toggle("is-some", Boolean(rate));
      mark.querySelector(".value").textContent = this.#beside(rate, mark.dataset);
    }
  }

  /** A rate beside a line: where others count too, it is no more than that. */
  #beside(rate, /** @type {DOMStringMap} */ { shared, kind }) {
    const text = this.#rate(rate);
    if (!rate || (!shared && kind === "named")) return text;
    if (shared) return filled(this.dataset.shared, { count: text, lines: shared });
    return filled(this.dataset.atMost, { rate: text });
  }

  #rate(rate) {
    const digits = rate < 100 ? 1 : 0;
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const text = rate.toLocaleString(document.documentElement.lang, options);
    return filled(this.dataset.unit, { rate: text });
  }
}

function number(value) {
  return value.toLocaleString(document.documentElement.lang);
}

customElements.define("live-rates", LiveRates);
