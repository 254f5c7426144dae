// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a host prints: which of it is read, and how. `pasted/` has a text a shape, and in expected.json
// what can be told from each; README.md there says what its keys mean.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linkOf, readingOf } from "../../static/js/core/reading/link.js";
import { MAX_LENGTH, readHostText } from "../../static/js/core/reading/read.js";

const text = (name) => readFileSync(new URL(`pasted/${name}`, import.meta.url), "utf8");
const EXPECTED = JSON.parse(text("expected.json"));
const some = (counts) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count));

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`${name} is read right`, () => {
    const reading = readHostText(text(name));
    assert.ok(reading.kind.some((kind) => expected.kind.includes(kind)), `kind ${reading.kind}`);
    if (expected.counters) assert.deepEqual(reading.counters, expected.counters);
    if (expected.rises) assert.deepEqual(some(reading.rises), some(expected.rises));
    for (const key of ["states", "held"]) {
      if (expected[key]) assert.deepEqual(some(reading[key]), some(expected[key]), key);
    }
    for (const key of ["minisockets", "waiting", "orphans", "timewait"]) {
      if (key in expected) assert.equal(reading[key], expected[key], key);
    }
    if (expected.symptoms) {
      const first = reading.symptoms.slice(0, 3);
      assert.ok(first.some((id) => expected.symptoms.includes(id)), `symptoms ${first}`);
    }
    for (const branch of expected.branches ?? []) assert.ok(reading.branches.includes(branch), branch);
    if (expected.says) assert.ok(reading.says.includes(expected.says), `says ${reading.says}`);
    const claims = { ...reading.states, ...reading.counters };
    for (const state of expected.not?.zero ?? []) assert.notEqual(claims[state], 0, state);
    for (const [key, value] of Object.entries(expected.not?.other ?? {})) {
      if (key in claims) assert.ok([value].flat().includes(claims[key]), `${key} ${claims[key]}`);
    }
    for (const key of expected.not?.claimed ?? []) assert.deepEqual(Object.keys(reading[key] ?? {}), [], key);
    for (const code of expected.not?.says ?? []) assert.ok(!reading.says.includes(code), code);
  });
}

for (const [pasted, counters] of [
  ["TcpExtTCPAbortOnClose 5123, TCPAbortOnData 88", { TCPAbortOnClose: 5123, TCPAbortOnData: 88 }],
  ["ALERT host=web-1 TcpExtTCPAbortOnClose=5123 (> 1000)", { TCPAbortOnClose: 5123 }],
  ["- TCPAbortOnClose: 54\n+ TCPAbortOnClose: 60", { TCPAbortOnClose: 60 }],
  ["2026-11-30 10:00:00 web-1 TcpOutRsts 7 0.0", { OutRsts: 7 }],
  ["TcpOutRsts many", {}],
  ["TcpExtTCPAbortOnClose", {}],
  [`TCPAbortOnClose ${"9".repeat(400)}`, {}],
  ["TCPAbortOnCloser 5", {}],
  ["TCPAbortOnClose 5kB", {}],
  ["constructor 5\n__proto__ 0 0 a:1 b:2", {}],
]) {
  test(`by name, with whatever stands around it: ${pasted.slice(0, 60)}`, () => {
    assert.deepEqual(readHostText(pasted).counters, counters);
  });
}

test("a link says all that was read, in words of ours, and shows it again", () => {
  for (const name of Object.keys(EXPECTED)) {
    const reading = readHostText(text(name));
    const link = linkOf(reading);
    assert.ok(link.length < 1500, name);
    assert.deepEqual(readingOf(link), { ...reading, ignored: 0 }, name);
  }
});

for (const link of ["10.0.0.5:443", "TCPAbortOnClose", "TCPAbortOnClose:-1", "host:1", "held.web:1", "says.hello", "a,".repeat(200)]) {
  test(`what no link says is refused: ${link.slice(0, 40)}`, () => assert.equal(readingOf(link), null));
}

test("two readings of one host give what rose, those of two hosts do not", () => {
  const reading = (before) => readHostText(`${before}TcpOutRsts 5 0.0\n${before.replace("a", "b")}TcpOutRsts 9 0.0\n`);
  assert.deepEqual([reading("").rises, reading("").says], [{ OutRsts: 4 }, ["two-readings"]]);
  assert.deepEqual([reading("host a\n").rises, reading("host a\n").says], [{}, ["several-hosts"]]);
});

test("sar gives a rate, and with it a rise", () => {
  const head = "10:00:00     atmptf/s  estres/s retrans/s isegerr/s   orsts/s\n";
  const { rises } = readHostText(`${head}10:10:00         0.00      0.10      0.00      0.00      0.50\n`);
  assert.deepEqual(some(rises), { EstabResets: 60, OutRsts: 300 });
});

for (const [pasted, branch] of [
  ["setsockopt(3, SOL_TCP, TCP_LINGER2, [-1], 4) = 0", "linger2-negative/true"],
  ["IP 192.0.2.1.80 > 192.0.2.2.5: Flags [F.], seq 1\nIP 192.0.2.1.80 > 192.0.2.2.5: Flags [R.], seq 2", "needs-fin/true"],
]) {
  test(`what happened leads to ${branch}`, () => assert.ok(readHostText(pasted).branches.includes(branch)));
}

test("a socket list of lsof is read, each with its process", () => {
  const row = "nginx 7 root 9u IPv4 1 0t0 TCP 192.0.2.1:80->192.0.2.2:5 (FIN_WAIT2)";
  const { states, held } = readHostText(row);
  assert.deepEqual([states, held], [{ FIN_WAIT2: 1 }, { FIN_WAIT2: 1 }]);
});

for (const name of ["b06_netstat_s.txt", "b14_ss_s.txt", "c29_ss_s_new.txt", "b36_tcpdrop.txt"]) {
  test(`no line of a known tool is strange: ${name}`, () => assert.equal(readHostText(text(name)).ignored, 0));
}

test("BSD's list is another system's", () => {
  const { says, states } = readHostText("tcp4  0  0  192.0.2.1.80  192.0.2.2.5  FIN_WAIT_2");
  assert.deepEqual([says, states], [["not-linux"], null]);
});

const PREFIXES = ["", "> ", "12:", "- ", "web-1  | ", "\u001b[32m", "[pod/a/b] ", "Nov 30 10:00:00 web-1 "];

/** Pieces of texts joined, cut and with something before each line; the same in each run. */
function* pieces(rounds) {
  const texts = Object.keys(EXPECTED).map(text);
  // A generator with a seed, so that a failure comes again.
  let seed = 7;
  const below = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  for (let round = 0; round < rounds; round++) {
    const whole = `${texts[below(texts.length)]}\n${texts[below(texts.length)]}`;
    const start = below(whole.length);
    yield whole.slice(start, start + below(whole.length)).replace(/^/gm, PREFIXES[below(PREFIXES.length)]);
  }
}

test("no number is claimed that is not in the text, and no zero, however it is cut and joined", () => {
  for (const pasted of pieces(2500)) {
    const digits = pasted.replace(/(\d),(?=\d{3})/g, "$1").match(/\d+/g) ?? [];
    const numbers = new Set(digits.map(Number));
    const lines = pasted.split("\n").length;
    const why = () => JSON.stringify(pasted);
    const { counters, rises, states, held, minisockets, waiting, orphans, timewait } = readHostText(pasted);
    const told = [...Object.values(counters), orphans, timewait].filter((value) => value !== null);
    for (const value of told) assert.ok(numbers.has(value) || /\de\+/.test(pasted), `${value} in ${why()}`);
    for (const rise of Object.values(rises)) assert.ok(rise >= 0 && (rise === 0 || numbers.size > 1), why());
    for (const [state, count] of Object.entries(states ?? {})) {
      assert.ok(count ? count <= lines || digits.some((digit) => Number(digit) >= count / lines) : numbers.has(0), why());
      assert.ok((held?.[state] ?? 0) <= count, `held ${state} in ${why()}`);
    }
    assert.ok((minisockets ?? 0) <= (states?.FIN_WAIT2 ?? 0), why());
    if (waiting) assert.ok(states.LISTEN, why());
  }
});

test("what a link says is what was read, however a text is cut", () => {
  for (const pasted of pieces(300)) {
    const reading = readHostText(pasted);
    assert.deepEqual(readingOf(linkOf(reading)), { ...reading, ignored: 0 }, JSON.stringify(pasted));
  }
});

for (const [what, pasted] of Object.entries({
  "one long line": "a".repeat(MAX_LENGTH),
  "opened braces": "{\n".repeat(100_000),
  prefixes: "1:".repeat(500_000),
  "colours without an end": "\u001b[".repeat(500_000),
  names: "TcpExtTCPAbortOnClose ".repeat(90_000),
  rows: "ESTAB 0 0 x y\n".repeat(100_000),
  "numbers of 400 digits": `TCPAbortOnClose ${"9".repeat(400)}\n`.repeat(4000),
  "blanks within a line": `TCPAbortOnClose${" ".repeat(1_000_000)}x`,
  "blanks between columns": `tcp 0 0 ${"a ".repeat(500_000)}`,
  "bars and prompts": "a | ".repeat(400_000),
  "an address without an end": `IP ${"1.".repeat(900_000)} > `,
  "objects within objects": '{"a":'.repeat(300_000),
  tags: "<td ".repeat(400_000),
})) {
  test(`a hostile text ends: ${what}`, () => assert.deepEqual(readHostText(pasted).counters, {}));
}

test("a text of more than 2 MB is not read", () => {
  const reading = readHostText("TcpOutRsts 1 0.0\n".repeat(MAX_LENGTH / 16));
  assert.deepEqual([reading.says, reading.counters], [["too-large"], {}]);
});
