// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What the shapes found in a text, while it is read and in the end.

/** Which symptoms a counter, a state and a number of orphans lead to, the likeliest first. */
const OF_COUNTER = {
  TCPAbortOnClose: ["abort-on-close", "reset-after-close"],
  TCPAbortOnData: ["abort-on-data"],
  TCPAbortOnLinger: ["abort-on-linger"],
  TCPAbortOnMemory: ["abort-on-memory"],
  TCPAbortOnTimeout: ["tail-lost"],
};
const OF_STATE = {
  FIN_WAIT1: "fin-wait1",
  FIN_WAIT2: "fin-wait2",
  TIME_WAIT: "time-wait",
  CLOSE_WAIT: "close-wait",
  LAST_ACK: "last-ack",
  CLOSING: "closing",
};
const OF_FAILURE = { epipe: "epipe", refused: "listener-clients-reset", econnreset: "reset-after-close" };
/** How ss, netstat and /proc/net/tcp call the timer that probes a shut window. */
const PROBES = ["persist", "probe", "04"];
/** What the reader may have to be told, beside the numbers. */
export const CODES = [
  "not-linux",
  "translated",
  "cut",
  "two-readings",
  "several-hosts",
  "no-tcp",
  "no-names",
  "refused",
  "econnreset",
  "epipe",
  "too-large",
  "nothing",
];
const BRANCH_OF_COUNTER = {
  TCPAbortOnClose: "unread/true",
  TCPAbortOnLinger: "linger2-negative/true",
  TCPAbortOnMemory: "oom/true",
};

/**
 * A reading that says nothing yet: see readHostText.
 * @returns {any}
 */
export function noReading() {
  return {
    kind: [],
    counters: {},
    rises: {},
    ...NO_SOCKETS,
    orphans: null,
    timewait: null,
    says: [],
    ignored: 0,
    happened: { symptoms: [], branches: [], states: [] },
  };
}

/** All but the states are null too where the list has no such column. */
const NO_SOCKETS = { states: null, held: null, minisockets: null, waiting: null };

/** The reading with what it leads to. */
export function whole(/** @type {any} */ reading) {
  return { ...reading, symptoms: symptomsOf(reading), branches: branchesOf(reading) };
}

export class Findings {
  #found = noReading();
  #kinds = new Map();
  /** Each counter's readings, oldest first, and the sources that they are of. */
  #counters = new Map();
  #sources = new Set();
  #source = "";
  /** Of the list of sockets: how many there are, and whether it says their states. */
  #rows = 0;
  #hasStates = false;
  #connections = new Map();
  #hasOther = false;
  #isForeign = false;
  #isNameless = false;
  /**
   * The last row of ss, which may go on in the next line, or have been cut.
   * @type {{peer: string, state: string, isHeld: boolean, received: number} | null}
   */
  #last = null;

  kind(kind) {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  /** Whether there was something of this kind before. */
  isOf(kind) {
    return this.#kinds.has(kind);
  }

  say(code) {
    put(this.#found.says, code);
  }

  /** A label, host or namespace that the next numbers are of. */
  source(name) {
    this.#source = name;
  }

  counter(kind, name, value) {
    if (value === null) return false;
    this.kind(kind);
    if (!this.#counters.has(name)) this.#counters.set(name, []);
    this.#counters.get(name).push({ value, source: this.#source });
    this.#sources.add(this.#source);
    return true;
  }

  rise(name, count) {
    this.rose(name, (this.#found.rises[name] ?? 0) + count);
  }

  /** By how much a counter has risen altogether. */
  rose(name, count) {
    this.#found.rises[name] = count;
  }

  otherProtocol() {
    this.#hasOther = true;
  }

  foreign(kind) {
    this.kind(kind);
    this.#isForeign = true;
  }

  translated(kind) {
    this.kind(kind);
    this.say("translated");
  }

  /** The head of a list of sockets. A second one begins a newer list. */
  list(kind, { hasState = true, hasProcess = false }) {
    this.kind(kind);
    if (this.#rows && hasState) this.say("two-readings");
    if (hasState || !this.#found.states) this.#begin(hasState);
    if (hasProcess) this.#found.held = {};
  }

  #begin(hasStates) {
    Object.assign(this.#found, NO_SOCKETS, { states: {} });
    this.#rows = 0;
    this.#hasStates = hasStates;
  }

  states(kind, state, count) {
    if (count === null) return false;
    this.kind(kind);
    if (!this.#found.states) this.#begin(true);
    const { states } = this.#found;
    states[state] = (states[state] ?? 0) + count;
    return true;
  }

  row(kind, { state, received = 0, peer = "", isHeld = false, timer = "", hasProcess = isHeld }) {
    this.states(kind, state, 1);
    const found = this.#found;
    this.#rows++;
    // Whatever was cut off above it.
    this.#hasStates = true;
    if (hasProcess) found.held ??= {};
    if (isHeld && found.held) found.held[state] = (found.held[state] ?? 0) + 1;
    if (timer) found.minisockets ??= 0;
    if (timer === "timewait" && state === "FIN_WAIT2") found.minisockets++;
    const isOrphan = !isHeld && ["FIN_WAIT1", "LAST_ACK", "CLOSING"].includes(state);
    if (isOrphan && PROBES.includes(timer)) put(found.happened.symptoms, "closed-window-orphans");
    if (kind === "ss") {
      found.waiting ??= 0;
      if (state === "LISTEN") found.waiting += received;
      this.#last = { peer, state, isHeld, received };
    }
    return true;
  }

  nameless(kind) {
    this.kind(kind);
    this.#isNameless = true;
  }

  gauges(kind, gauges) {
    this.kind(kind);
    Object.assign(this.#found, gauges);
  }

  fact(kind, facts) {
    this.kind(kind);
    for (const [key, values] of Object.entries(facts)) for (const value of values) put(this.#found.happened[key], value);
  }

  /** A line that says how a call failed, or null where it did not. */
  failure(kind, code) {
    if (code) this.say(code);
    this.fact(kind, { symptoms: code ? [OF_FAILURE[code]] : [] });
  }

  /** A segment of a capture: what each end has sent so far tells what a reset was. */
  segment(kind, from, to, { isSyn, isFin, isReset, acks, isRefusal }) {
    this.kind(kind);
    if (this.#connections.size > 5000) return;
    const key = [from, to].sort().join();
    const sent = this.#connections.get(key) ?? {};
    this.#connections.set(key, sent);
    const own = (sent[from] ??= { fin: false, other: false });
    if (isSyn) sent.asks = from;
    if (isFin) own.fin = true;
    if (!isReset) {
      own.other = true;
      return;
    }
    // Whoever has sent nothing else refuses: no connection was there, and none was closed.
    const isRefused = !own.other && acks && (sent.asks === to || isRefusal);
    if (isRefused) {
      this.fact(kind, { symptoms: ["resets-without-aborts"] });
      this.say("refused");
    } else if (own.fin) this.fact(kind, { symptoms: ["fin-then-reset"], branches: ["needs-fin/true"] });
    else if (acks) this.fact(kind, { symptoms: ["reset-after-close", "abort-on-data"], branches: ["unread/true", "zero-linger/true"] });
    else this.fact(kind, { symptoms: ["resets-without-aborts"] });
  }

  /** A line that no shape fits: the rest of a row of ss, where a terminal wrapped, or not understood. */
  other(line) {
    if (this.#last?.peer === "" && /^\S+:\S+/.test(line)) this.#last.peer = line;
    else this.#found.ignored++;
  }

  /** The last row of a list is no row where the text ends within its peer's address. */
  #dropCutRow() {
    if (this.#last === null || !/^[\d.]{1,15}$/.test(this.#last.peer)) return;
    const { state, isHeld, received } = this.#last;
    const { states, held } = this.#found;
    this.say("cut");
    if (state === "LISTEN") this.#found.waiting -= received;
    for (const counts of [states, (isHeld && held) || {}]) {
      if (counts[state] > 1) counts[state]--;
      else delete counts[state];
    }
  }

  /** The reading, as shared by the page, its tests and programs. */
  reading() {
    const found = this.#found;
    let isRepeated = false;
    for (const [name, readings] of this.#counters) {
      const [oldest, newest] = [readings[0], readings.at(-1)];
      if (!this.#isForeign) found.counters[name] = newest.value;
      if (readings.length > 1) isRepeated = true;
      // What the text itself says goes back further.
      if (this.#sources.size === 1 && newest.value > oldest.value) found.rises[name] ??= newest.value - oldest.value;
    }
    if (this.#sources.size > 1) this.say("several-hosts");
    else if (isRepeated) this.say("two-readings");
    this.#dropCutRow();
    if (this.#isForeign) {
      Object.assign(found, NO_SOCKETS);
      this.say("not-linux");
    }
    const hasStates = found.states !== null && this.#hasStates;
    const { symptoms, states } = found.happened;
    const isEmpty = ![found.counters, found.rises, symptoms, states].some((part) => Object.keys(part).length);
    if (isEmpty && !hasStates && found.orphans === null && found.timewait === null) {
      if (this.#isNameless) this.say("no-names");
      else if (this.#hasOther) this.say("no-tcp");
      else if (!found.says.length && !found.states) this.say("nothing");
    }
    // A list that does not say them.
    if (found.states && !hasStates) found.states = {};
    found.kind = this.#kinds.size ? [...this.#kinds].sort((a, b) => b[1] - a[1]).map(([kind]) => kind) : ["other"];
    return whole(found);
  }
}

function put(list, value) {
  if (!list.includes(value)) list.push(value);
}

/**
 * Ids of symptoms, the likeliest first: what happened, what was aborted, what is there in numbers.
 * @param {any} reading
 * @returns {string[]}
 */
function symptomsOf({ counters, rises, states, waiting, orphans, timewait, happened }) {
  const weight = new Map(happened.symptoms.map((id) => [id, Infinity]));
  const add = (id, count) => count > 0 && weight.set(id, Math.max(weight.get(id) ?? 0, count));
  const aborted = Object.entries(OF_COUNTER).map(([name, ids]) => [ids, rises[name] || counters[name] || 0]);
  const found = [...weight.keys()];
  const ranked = (entries) => entries.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  for (const [ids] of ranked(aborted)) found.push(...ids.slice(0, 1));
  for (const [ids] of ranked(aborted)) found.push(...ids.slice(1));
  if (!aborted.some(([, count]) => count) && (counters.OutRsts || rises.OutRsts)) found.push("resets-without-aborts");
  add("listener-clients-reset", waiting ?? 0);
  add("orphans", orphans ?? 0);
  add("time-wait", timewait ?? 0);
  for (const [state, id] of Object.entries(OF_STATE)) {
    add(id, (states?.[state] ?? 0) + Number(happened.states.includes(state)));
  }
  for (const [id] of ranked([...weight].filter(([, count]) => count !== Infinity))) found.push(id);
  return [...new Set(found)];
}

/**
 * The branches that a reading proves or makes likely.
 * @param {any} reading
 * @returns {string[]}
 */
function branchesOf({ counters, rises, states, minisockets, happened }) {
  const found = [...happened.branches];
  for (const [name, branch] of Object.entries(BRANCH_OF_COUNTER)) {
    if (rises[name] || counters[name]) found.push(branch);
  }
  if (states?.FIN_WAIT1 || states?.LAST_ACK) found.push("needs-fin/true");
  if (minisockets) found.push("keeps-socket/false");
  return [...new Set(found)];
}
