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

  known(query) {
    return this.#known.get(query);
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
    const { texts, steps, traces } = await response.json();
    const found = traces.map(({ ladder, states, life, says, steps: path, ...trace }) => ({
      ...trace,
      ladder: texts[ladder],
      states: texts[states],
      life: texts[life],
      says: texts[says],
      steps: path.map((at, index) => ({ ...steps[at], n: index + 1 })),
    }));
    for (const trace of found) this.#known.set(trace.query, trace);
    return found;
  }
}
