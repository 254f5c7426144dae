// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What is shown of a reading: sentences, values and shares, which lines are lit, the text to copy.

import assert from "node:assert/strict";
import { test } from "node:test";
import { reportFor } from "../../static/js/core/host-report.js";

const row = (name, kind, ...sites) => ({
  name,
  shown: name,
  kind,
  means: `${name}s`,
  isLater: name === "TIME_WAIT",
  sites: sites.map((line) => ({ line, isMini: line === 135, href: `/at/${line}`, text: `at ${line}` })),
  symptoms: [],
});
/** Texts that show their key and every fact. */
const TEXTS = new Proxy(
  {
    comma: ", ",
    space: " ",
    aborts: "{share} of {count} {what}: {value}",
    risen: "{share} of {count} risen {what}: {value}",
    abort: "{value} {what}",
    sockets: "{left} of {count}",
    "orphans-1": "one orphan",
    ignored: "{count} ignored",
    shared: "≤ {count} of {lines}",
    later: "later {count}",
    kept: "kept {count}",
    would: "would {count}",
  },
  { get: (texts, key) => texts[key] ?? (/-1$/.test(String(key)) ? undefined : String(key)) },
);
const WORDS = {
  lang: "en",
  texts: TEXTS,
  rows: [
    row("TcpExtTCPAbortOnClose", "named", 49),
    row("TcpExtTCPAbortOnData", "named", 55, 89),
    row("TcpOutRsts", "counter", 14, 51),
    row("FIN_WAIT1", "state", 56),
    row("FIN_WAIT2", "state", 132, 135),
    row("TIME_WAIT", "state", 89),
    row("LISTEN", "other", 14),
  ],
  leads: { "abort-on-close": "On [close]", "reset-after-close": "Reset" },
  branches: {
    "unread/true": { line: 47, href: "/unread/true", text: "unread" },
    "zero-linger/true": { line: 53, href: "/zero-linger/true", text: "linger" },
  },
  page: "/symptoms",
  which: "/which",
  code: "/code",
  origin: "https://example.org",
};
const report = (text) => reportFor({ text, words: WORDS });
const said = (text) => report(text).sentences;
const ABORTS = "TcpExtTCPAbortOnClose 3 0.0\nTcpExtTCPAbortOnData 1 0.0\n";
const SOCKET = "0 0 192.0.2.1:443 192.0.2.2:5000";

test("first comes what most of the aborted closes are, then the others and since when", () => {
  const [first, ...others] = ["75% of 4 TcpExtTCPAbortOnCloses: 3", "1 TcpExtTCPAbortOnDatas", "since-nstat"];
  assert.deepEqual(said(ABORTS), [first, ...others]);
  assert.deepEqual(said("TCPAbortOnClose 3\n").at(0), "100% of 3 TcpExtTCPAbortOnCloses: 3");
  assert.equal(said("Tcp:\n    7 connections reset due to early user close\n").at(-1), "since-boot");
  assert.match(said(`${ABORTS}${ABORTS.replace("3", "5")}`)[0], /^100% of 2 risen TcpExtTCPAbortOnCloses: 2$/);
});

test("zero, nonsense and what nstat leaves out are told apart", () => {
  assert.deepEqual(said(ABORTS.replaceAll(/[31] /g, "0 ")), ["zero"]);
  assert.deepEqual(said("TcpOutRsts 5 0.0\n"), ["unlisted"]);
  assert.deepEqual(said("Lorem ipsum\ndolor sit amet"), ["nothing"]);
  assert.deepEqual(said(`${ABORTS}host$ uptime\n 16:20 up 3 days\n`).at(-1), "2 ignored");
  const sums = (orphans) => said(`TCP: inuse 9 orphan ${orphans} tw 0 alloc 11 mem 3`);
  assert.deepEqual([sums(1), sums(2)], [["one orphan"], ["orphans"]]);
  assert.deepEqual(said("12 ESTAB\n3 FIN-WAIT-1\n"), ["3 of 15", "others"]);
  assert.deepEqual([report("Lorem").tone, report(ABORTS).tone], ["trouble", ""]);
});

test("each row has its value, and its share among its kind", () => {
  const { rows } = report(`${ABORTS}TcpOutRsts 9022 0.0\n`);
  assert.deepEqual(rows.TcpExtTCPAbortOnClose, { count: "3", share: "75%", state: "some" });
  assert.deepEqual(rows.TcpOutRsts, { count: "9,022", share: "", state: "some" });
  assert.deepEqual(rows.FIN_WAIT1, { count: "absent", share: "", state: "none" });
});

test("lit is what is known: a line of its own, the decision before it, one of several as that", () => {
  const { lit, marks, code } = report(`${ABORTS}TcpOutRsts 9 0.0\n`);
  assert.deepEqual(lit, { 47: "known", 49: "known", 55: "shared", 89: "shared" });
  assert.equal(code, "/code#lit=47-known,49-known,55-shared,89-shared");
  assert.equal(report("Lorem").code, "");
  assert.deepEqual(marks["55 TcpExtTCPAbortOnData"], { text: "≤ 1 of 2", look: "shared", size: 34 });
  assert.equal(report("TcpOutRsts 9 0.0\n").lit[51], "shared");
});

for (const [what, text, lit] of [
  ["sockets that a process holds light nothing", `FIN-WAIT-1 ${SOCKET} users:(("a",pid=1,fd=3))`, {}],
  ["TIME_WAIT is made later", `TIME-WAIT ${SOCKET}`, { 89: "later" }],
  ["without timers either may be it", `FIN-WAIT-2 ${SOCKET}`, { 132: "shared", 135: "shared" }],
  ["a timer tells the mini-socket", `FIN-WAIT-2 ${SOCKET} timer:(timewait,9sec,0)`, { 135: "known" }],
  ["a timer tells the orphan", `FIN-WAIT-2 ${SOCKET} timer:(keepalive,9sec,0)`, { 132: "known" }],
  ["who waits for accept() would be reset", "LISTEN 3 128 0.0.0.0:22 0.0.0.0:*", { 14: "would" }],
]) {
  test(`on the code: ${what}`, () => assert.deepEqual(report(text).lit, lit));
}

const RESET = "IP 192.0.2.1.80 > 192.0.2.2.5: Flags [R.], seq 9, ack 2, win 0, length 0";
for (const [what, text, sentences, which] of [
  ["a reset", RESET, ["happened", "tell-apart"], "/which?sent=rst"],
  ["a linger time of 0", "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) = 0", ["happened"], "/which?linger=zero"],
  ["what one counter rose by", `${ABORTS}TcpExtTCPAbortOnData 3 0.0`, null, "/which?counter=TCPAbortOnData"],
  ["a refused connection", RESET.replace("seq 9", "seq 0"), ["refused"], ""],
  ["a failed write()", "write(3, 1, 1) = -1 EPIPE (Broken pipe)", ["epipe"], ""],
  ["conntrack", "tcp 6 118 TIME_WAIT src=192.0.2.7 dst=192.0.2.1 sport=3 dport=80", ["conntrack", "nothing"], ""],
  ["tcpdrop", "20:49:06 0 4 192.0.2.1:443 > 192.0.2.2:5 FIN_WAIT1 (FIN|ACK)", ["dropped"], ""],
]) {
  test(`said, and known for the next question: ${what}`, () => {
    const shown = report(text);
    if (sentences) assert.deepEqual(shown.sentences, sentences);
    assert.equal(shown.which, which);
  });
}

test("a link shows the same again, and nothing of the host is in what is given away", () => {
  const shown = report(`${ABORTS}FIN-WAIT-1 ${SOCKET} users:(("secret",pid=1,fd=3))\n`);
  const link = new URL(shown.link, "https://example.org").searchParams.get("found");
  assert.deepEqual(reportFor({ link, words: WORDS }), shown);
  for (const secret of ["192.0", "443", "secret"]) assert.ok(!shown.markdown.includes(secret), secret);
  assert.match(shown.markdown, /\| `TcpExtTCPAbortOnClose` \| 3 \| 75% \| \[at 49\]\(https:\/\/example.org\/at\/49\) \|/);
  assert.match(shown.markdown, /- \[On \\\[close\\\]\]\(https:\/\/example.org\/symptoms#abort-on-close\)/);
});
