// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Rooms and what is around them: events, keys, waiting, time; and the search.

import assert from "node:assert/strict";
import { test } from "node:test";
import { waitMs } from "../../static/js/core/backoff.js";
import { eventsOf, takeEvents } from "../../static/js/core/event-stream.js";
import { doneBy, PLAYER_KEYS, STAGE_KEYS } from "../../static/js/core/keys.js";
import { copyAddress, linesPlace } from "../../static/js/core/line-places.js";
import { folded, presentQuestion, roomOf } from "../../static/js/core/room-state.js";
import { addressOf, excerpt } from "../../static/js/core/search.js";
import { sparkPath } from "../../static/js/core/spark.js";
import { shownTime, STOPPED, toggled } from "../../static/js/core/stopwatch.js";

test("a key does one thing", () => {
  for (const table of [PLAYER_KEYS, STAGE_KEYS]) {
    const all = table.flatMap((entry) => entry.keys);
    assert.equal(new Set(all).size, all.length);
  }
  assert.equal(doneBy("l", PLAYER_KEYS), "[data-go=forward]");
  assert.equal(doneBy("z", PLAYER_KEYS), undefined);
  assert.equal(doneBy("PageDown", STAGE_KEYS), "forward");
  assert.equal(doneBy(".", STAGE_KEYS), "black");
  assert.equal(doneBy("z", STAGE_KEYS), undefined);
});

test("a room is folded from its events; a gap is noticed, and what came before is old", () => {
  const room = roomOf({ last: 3, question: null, presenters: 1, lead: 1, offered_to: null, is_black: false });
  const event = (number, kind, data = {}) => ({ number, at_ms: number, kind, data });
  assert.equal(folded(room, event(3, "black", { is_black: true })), room);
  assert.equal(folded(room, event(5, "black", { is_black: true })), null);
  const asked = folded(room, event(4, "asked", { text: {} }));
  assert.deepEqual([presentQuestion(asked).number, presentQuestion(asked).is_open], [4, true]);
  const revealed = folded(folded(asked, event(5, "closed")), event(6, "revealed", { question: 4, counts: { true: 2 }, answer: "true" }));
  assert.deepEqual([presentQuestion(revealed).counts, presentQuestion(revealed).is_open], [{ true: 2 }, false]);
  assert.equal(presentQuestion(folded(revealed, event(7, "shown", { block: "drain" }))), null);
  assert.equal(presentQuestion(roomOf(revealed)), null);
  const offered = folded(room, event(4, "offered", { to: 2 }));
  assert.equal(folded(offered, event(5, "declined")).offered_to, null);
  assert.deepEqual([folded(offered, event(5, "taken", { presenter: 2 })).lead, folded(room, event(4, "ended")).is_ended], [2, true]);
  assert.equal(folded(room, event(4, "of-a-newer-server")).last, 4);
});

test("events come out of a stream wherever it is cut", async () => {
  const text = 'event: progress\ndata: {"step":\ndata: 1}\n\n: a comment\n\nevent:result\ndata:two\n\nevent: cut';
  const { events, rest } = takeEvents(text);
  assert.deepEqual(events, [{ name: "progress", data: '{"step":\n1}' }, { name: "result", data: "two" }]);
  assert.equal(rest, "event: cut");
  const bytes = [...new TextEncoder().encode("event: a\ndata: ü\n\n")].map((byte) => Uint8Array.of(byte));
  const found = [];
  for await (const event of eventsOf({ body: ReadableStream.from(bytes) })) found.push(event);
  assert.deepEqual(found, [{ name: "a", data: "ü" }]);
});

test("waiting gets longer, has an end, and heeds what the server asked for", () => {
  assert.deepEqual([0, 1, 2, 20].map((tries) => waitMs(tries, 0, () => 1)), [1000, 2000, 4000, 30_000]);
  assert.equal(waitMs(0, 0, () => 0), 500);
  assert.equal(waitMs(0, 9000, () => 0), 9000);
});

test("a stopwatch stands, runs, and goes on where it stood", () => {
  const stood = toggled(toggled(STOPPED, 1000), 62_500);
  assert.deepEqual(stood, { ms: 61_500, since: null });
  assert.equal(shownTime(stood, 1e9), "1:01");
  assert.equal(shownTime(toggled(stood, 0), 3_600_000), "1:01:01");
});

test("lines have one address, in whichever order they are chosen", () => {
  assert.deepEqual([linesPlace(42, 42), linesPlace(48, 42)], ["L42", "L42-L48"]);
  const here = { origin: "http://x", pathname: "/p/tcp_close/drain", search: "?recv=3" };
  assert.equal(copyAddress("http://x/p/copy/tcp_close", here), "http://x/p/copy/tcp_close/drain?recv=3");
});

test("what was found has an address, on a server and among files, and an excerpt", () => {
  assert.equal(addressOf("http://x/tcp_close?lang=zh", "?recv=300"), "http://x/tcp_close?recv=300&lang=zh");
  assert.equal(addressOf("http://x/tcp_close", "symptoms/last-ack"), "http://x/tcp_close/symptoms/last-ack");
  assert.equal(addressOf("http://x/zh/tcp_close/", "drain#why-drain"), "http://x/zh/tcp_close/drain/#why-drain");
  assert.deepEqual(excerpt("what was unread is away", ["away", "unread"]), ["what was ", "unread", " is away"]);
  assert.deepEqual(excerpt("words", ["none"]), ["words", "", ""]);
});

test("a small picture has the newest value at its right, and the highest at its top", () => {
  assert.deepEqual(sparkPath([], 3, 20, 10), { line: "", area: "" });
  assert.equal(sparkPath([9, 0, 7], 2, 20, 10).line, "M0 9L20 2");
  assert.equal(sparkPath([0, 0], 3, 20, 10).line, "M10 9L20 9");
});
