// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a host prints: which of it is read, and how.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_BYTES, readHostNumbers } from "../../static/js/core/host-numbers.js";
import { sentences, shareOf, valuesOf } from "../../static/js/core/host-report.js";

const NSTAT = `\
#kernel
IpInReceives                    8123771            0.0
TcpActiveOpens                  90211              0.0
TcpEstabResets                  4410               0.0
TcpOutRsts                      9022               0.0
TcpExtTCPAbortOnData            300                0.0
TcpExtTCPAbortOnClose           2700               0.0
TcpExtTCPAbortOnMemory          0                  0.0
TcpExtTCPAbortOnTimeout         77                 0.0
TcpExtTCPAbortOnLinger          0                  0.0
`;
const NETSTAT = `\
TcpExt: SyncookiesSent EmbryonicRsts TW TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger TCPAbortFailed
TcpExt: 0 1 5512 300 2700 0 77 0 0
IpExt: InNoRoutes InTruncatedPkts
IpExt: 0 0
MPTcpExt: MPCapableSYNRX
MPTcpExt: 0
`;
const SNMP = `\
Ip: Forwarding DefaultTTL
Ip: 1 64
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens EstabResets OutRsts
Tcp: 1 200 120000 -1 90211 4410 9022
`;
const SS = `\
State      Recv-Q Send-Q Local Address:Port  Peer Address:Port  Process
LISTEN     0      128          0.0.0.0:22         0.0.0.0:*
ESTAB      0      0      10.0.0.5:443       203.0.113.7:51122
FIN-WAIT-1 0      4096   10.0.0.5:https     203.0.113.9:51123
FIN-WAIT-1 0      1      10.0.0.5:443       203.0.113.9:51124
FIN-WAIT-2 0      0      10.0.0.5:443       203.0.113.9:51125  users:(("nginx",pid=7,fd=9))
LAST-ACK   0      1      [2001:db8::5]:443  [2001:db8::9]:51126
TIME-WAIT  0      0      10.0.0.5:443       203.0.113.11:51127  timer:(timewait,43sec,0)
CLOSE-WAIT 1      0      10.0.0.5%eth0:443  203.0.113.12:51128
`;

/** The numbers of a reading that say how well it was understood. */
const doubts = ({ foreign, ignored, broken }) => ({ foreign, ignored, broken });

test("nstat is read", () => {
  const found = readHostNumbers(NSTAT);
  assert.equal(found.counters.TcpExtTCPAbortOnClose, 2700);
  assert.equal(found.counters.TcpOutRsts, 9022);
  assert.deepEqual(doubts(found), { foreign: 1, ignored: 0, broken: 0 });
});

test("/proc/net/netstat and snmp are read", () => {
  const found = readHostNumbers(NETSTAT + SNMP);
  assert.equal(found.counters.TcpExtTCPAbortOnClose, 2700);
  assert.equal(found.counters.TcpOutRsts, 9022);
  assert.equal(found.counters.TcpMaxConn, -1);
  assert.deepEqual(doubts(found), { foreign: 5, ignored: 0, broken: 0 });
});

test("lines that a terminal wrapped are put together", () => {
  const wrapped = NETSTAT.replace(" TCPAbortOnData ", "\nTCPAbortOnData ").replace(" 300 ", "\n300 ");
  const { lines: _, ...found } = readHostNumbers(wrapped);
  const { lines: __, ...expected } = readHostNumbers(NETSTAT);
  assert.deepEqual(found, { ...expected, bytes: wrapped.length });
});

for (const [what, text] of [
  ["a number is missing", "TcpExt: TW TCPAbortOnData\nTcpExt: 1\n"],
  ["a number too many", "TcpExt: TW TCPAbortOnData\nTcpExt: 1 2 3\n"],
  ["no numbers", "TcpExt: TW TCPAbortOnData\n"],
  ["the numbers of another group", "TcpExt: TW\nTcp: 1\n"],
]) {
  test(`names and numbers that do not fit are left out: ${what}`, () => {
    const found = readHostNumbers(text);
    assert.deepEqual(found.counters, {});
    assert.equal(found.broken, 1);
  });
}

test("ss is read", () => {
  const found = readHostNumbers(SS);
  const states = { LISTEN: 1, ESTABLISHED: 1, FIN_WAIT1: 2, FIN_WAIT2: 1, LAST_ACK: 1, TIME_WAIT: 1, CLOSE_WAIT: 1 };
  assert.deepEqual(found.states, states);
  assert.deepEqual([found.sockets, found.held, found.ignored], [8, { FIN_WAIT2: 1 }, 0]);
});

test("ss with its netid column is read", () => {
  const head = "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n";
  const found = readHostNumbers(`${head}tcp LAST-ACK 0 1 10.0.0.5:443 10.0.0.6:5000\n`);
  assert.deepEqual([found.states, found.ignored], [{ LAST_ACK: 1 }, 0]);
});

test("counts of uniq are read", () => {
  const found = readHostNumbers("     12 ESTAB\n   4096 TIME-WAIT\n      3 LAST-ACK\n");
  assert.deepEqual(found.states, { ESTABLISHED: 12, TIME_WAIT: 4096, LAST_ACK: 3 });
  assert.equal(found.sockets, 4111);
});

test("ss without its state column is told apart", () => {
  const head = "Recv-Q Send-Q Local Address:Port Peer Address:Port\n";
  const found = readHostNumbers(`${head}0 1 10.0.0.5:443 10.0.0.6:5000\n`);
  assert.deepEqual([found.stateless, found.sockets, found.ignored], [1, 0, 0]);
});

test("everything may stand in one text, with any line ends", () => {
  const found = readHostNumbers(`${SS}${NSTAT}\n\n${NETSTAT}${SNMP}`.replaceAll("\n", "\r\n"));
  assert.equal(found.counters.TcpExtTCPAbortOnClose, 2700);
  assert.deepEqual([found.sockets, found.ignored, found.broken], [8, 0, 0]);
});

test("the last reading of a counter counts", () => {
  assert.deepEqual(readHostNumbers("TcpOutRsts 1 0.0\nTcpOutRsts 2 0.0\n").counters, { TcpOutRsts: 2 });
});

for (const text of [
  "Lorem ipsum dolor sit amet",
  "TcpOutRsts many",
  "FIN-WAIT-1",
  "constructor 5\n__proto__ 0 0 a:1 b:2",
  "<script>alert(1)</script>",
  "\0\0\0",
  "TcpExt",
  "12 34 56",
]) {
  test(`odd lines do no harm: ${JSON.stringify(text)}`, () => {
    const found = readHostNumbers(text);
    assert.deepEqual(found.counters, {});
    assert.equal(found.ignored + found.sockets, found.lines);
  });
}

test("a text of 256 kB is read, and a larger one is not", () => {
  const line = "TcpOutRsts 1 0.0\n";
  const atTheLimit = line.repeat(Math.floor(MAX_BYTES / line.length));
  assert.equal(MAX_BYTES, 256 * 1024);
  assert.deepEqual(readHostNumbers(atTheLimit).counters, { TcpOutRsts: 1 });
  const found = readHostNumbers(atTheLimit + line);
  assert.deepEqual([found.isTooLarge, found.counters, found.lines], [true, {}, 0]);
});

// What is said of it

const ROWS = [
  { name: "TcpExtTCPAbortOnClose", kind: "named" },
  { name: "TcpExtTCPAbortOnData", kind: "named" },
  { name: "TcpOutRsts", kind: "counter" },
  { name: "FIN_WAIT1", kind: "state" },
];
const TEXTS = {
  "too-large": "{size} of {limit}", "no-tcp": "no tcp", nothing: "nothing in {lines}", aborts: "{count} aborts", unlisted: "unlisted",
  zero: "zero", sockets: "{left} of {count}", held: "{held}", others: "others: {states}", "no-state": "no state", broken: "{count} broken",
  ignored: "{count} ignored", comma: ", ",
};
const said = (text) => {
  const found = readHostNumbers(text);
  return sentences(TEXTS, found, ROWS, valuesOf(ROWS, found), String);
};

test("each row has its value, and its share among its kind", () => {
  const values = valuesOf(ROWS, readHostNumbers(NSTAT));
  assert.deepEqual(ROWS.map((row) => values.get(row.name)), [2700, 300, 9022, null]);
  assert.deepEqual(ROWS.map((row) => shareOf(row, ROWS, values)), [0.9, 0.1, null, null]);
});

test("zero, nonsense and what nstat leaves out are told apart", () => {
  assert.deepEqual(said(NSTAT), ["3000 aborts"]);
  assert.deepEqual(said("TcpExtTCPAbortOnClose 0 0.0\nTcpExtTCPAbortOnData 0 0.0\n"), ["zero"]);
  assert.deepEqual(said("TcpOutRsts 5 0.0\n"), ["unlisted"]);
  assert.deepEqual(said("UdpInDatagrams 5 0.0\n"), ["no tcp"]);
  assert.deepEqual(said("Lorem ipsum\ndolor sit amet"), ["nothing in 2"]);
  assert.deepEqual(said(`${NSTAT}host$ uptime\n 16:20 up 3 days\n`), ["3000 aborts", "2 ignored"]);
});
