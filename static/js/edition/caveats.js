// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Why no real kernel can be in a scenario: the codes of `caveats_of` in app/kernel/scenario.py.

const before = ["LISTEN", "SYN_SENT"];
const moving = ["ESTABLISHED", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2"];
const closed = ["CLOSE_WAIT", "CLOSING", "LAST_ACK"];

const listed = (text) => (text === "none" ? [] : text.split("-"));
const isSet = (text) => Number(text) !== 0;

/** The codes, in their order; none where a kernel can be there. */
export function caveatsOf(values, { bytes }) {
  const { state } = values;
  const recv = listed(values.recv);
  const hasFin = (segment) => segment.endsWith("fin");
  const events = [...listed(values.wait), ...listed(values.backlog)];
  const total = recv.reduce((sum, segment) => sum + (Number.parseInt(segment, 10) || 0), 0);
  const [pending, children] = [isSet(values.pending), isSet(values.accept_queue)];
  const found = [];
  if (recv.length && before.includes(state)) found.push("data-before-connection");
  else if (recv.some(hasFin) && moving.includes(state)) found.push("fin-without-transition");
  else if (recv.length && closed.includes(state) && !recv.some(hasFin)) found.push("data-without-fin");
  if (recv.slice(0, -1).some(hasFin)) found.push("data-after-fin");
  if (total > bytes) found.push("beyond-window");
  if (isSet(values.repair) && state === "LISTEN") found.push("repair-on-listen");
  if (children && state !== "LISTEN") found.push("children-without-listener");
  if (isSet(values.fastopen) && !["SYN_RECV", "FIN_WAIT1"].includes(state)) found.push("fastopen-elsewhere");
  if (pending && ["LISTEN", "FIN_WAIT2"].includes(state)) found.push("pending-elsewhere");
  if (pending && events.includes("ack")) found.push("ack-before-fin");
  return found;
}
