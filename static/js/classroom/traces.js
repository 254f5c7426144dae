// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The traces behind the slides: those of the presets come in one piece, so that a presentation goes
// on without a server; another scenario is asked for when it is shown. The form is that of
// app/web/classroom/compact.py.

export class Traces {
  #address;
  #known = new Map();
  #all = null;

  /** @param {string} address of the presets' traces */
  constructor(address) {
    this.#address = address;
  }

  /** Loads the traces of all presets; may be called again where it has failed. */
  prefetch() {
    this.#all ??= this.#load(this.#address).catch((problem) => {
      this.#all = null;
      throw problem;
    });
    return this.#all;
  }

  has(query) {
    return this.#known.has(query);
  }

  known(query) {
    return this.#known.get(query);
  }

  keep(query, trace) {
    this.#known.set(query, trace);
  }

  /** The trace of a scenario's query. Rejects where nobody can tell. */
  async of(query) {
    // What was prefetched is waited for; a single one is smaller, but it may be the same.
    if (!this.#known.has(query) && this.#all) await this.#all.catch(() => null);
    if (!this.#known.has(query)) {
      const [trace] = await this.#load(query ? `${this.#address}&${query}` : this.#address);
      // It may have been written in another order than the server does.
      if (query) this.#known.set(query, trace);
    }
    return this.#known.get(query);
  }

  async #load(address) {
    const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${response.status}: ${address}`);
    const { texts, traces } = await response.json();
    const found = traces.map((trace) => decoded(trace, texts));
    for (const trace of found) this.#known.set(trace.query, trace);
    return found;
  }
}

function decoded({ query, tone, title, story, outcome, ladder, states, life, says, steps }, texts) {
  const text = (index) => texts[index];
  return {
    query,
    tone,
    title: title === null ? null : text(title),
    story: story === null ? null : text(story),
    outcome: outcome.map(text),
    ladder: text(ladder),
    states: text(states),
    life: text(life),
    says: text(says),
    steps: steps.map(([line, end, origin, decision, verdict, reason, why, ...effects], index) => ({
      n: index + 1,
      line,
      end,
      origin: text(origin),
      decision: text(decision),
      verdict: text(verdict),
      reason: text(reason),
      why: text(why),
      effects: effects.map(([kind, name, said, isOutward]) => ({
        kind: text(kind),
        name: text(name),
        text: text(said),
        isOutward: Boolean(isOutward),
      })),
    })),
  };
}
