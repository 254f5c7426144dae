// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Lines of `ss -tan`, and of `ss -Htan | awk '{print $1}' | sort | uniq -c`.

/** How ss spells the states, and the kernel's own spelling. */
const STATES = {
  ESTAB: "ESTABLISHED",
  "SYN-SENT": "SYN_SENT",
  "SYN-RECV": "SYN_RECV",
  "FIN-WAIT-1": "FIN_WAIT1",
  "FIN-WAIT-2": "FIN_WAIT2",
  "TIME-WAIT": "TIME_WAIT",
  UNCONN: "CLOSE",
  "CLOSE-WAIT": "CLOSE_WAIT",
  "LAST-ACK": "LAST_ACK",
  LISTEN: "LISTEN",
  CLOSING: "CLOSING",
};
const TRANSPORTS = new Set(["tcp", "mptcp"]);
const ADDRESS = /^\S+:(?:\*|\d+|[a-z][\w.-]*)$/i;
const HEADER = /^(?:\d+\s+)?(?:Netid\s+)?(?:State\b|Recv-Q\s+Send-Q)/;

/**
 * @param {string} line without white space around it
 * @returns {{state: string | null, times: number, isHeld: boolean} | null} null for any other
 *   line; `times` is the count of uniq, 0 for a header; `state` is null in a list without the
 *   column; `isHeld` says that a process is listed.
 */
export function readSsLine(line) {
  if (HEADER.test(line)) return { state: null, times: 0, isHeld: false };
  const words = line.split(/\s+/);
  const times = words.length === 2 && /^\d{1,15}$/.test(words[0]) ? Number(words.shift()) : 1;
  if (TRANSPORTS.has(words[0])) words.shift();
  const state = Object.hasOwn(STATES, words[0]) ? STATES[words[0]] : null;
  const isHeld = /\busers:\(\(/.test(line);
  if (state && (words.length === 1 || isRow(words.slice(1)))) return { state, times, isHeld };
  return !state && isRow(words) ? { state, times, isHeld } : null;
}

/** Whether these are the two queues and the two addresses, and perhaps more. */
function isRow(/** @type {string[]} */ [received, sent, local, peer]) {
  return (
    /^\d+$/.test(received) && /^\d+$/.test(sent) && ADDRESS.test(local ?? "") && ADDRESS.test(peer ?? "")
  );
}
