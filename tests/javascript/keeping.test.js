// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a browser keeps for its reader: progress, its file, the notebook; and what is wrong in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { asMarkdown, changed, parseNotebook, storedForm as notebookForm } from "../../static/js/core/notebook.js";
import { fileOf, merged, readFile } from "../../static/js/core/progress-file.js";
import * as progress from "../../static/js/core/progress.js";

const { noProgress, parseProgress, storedForm, withNames, withPrediction } = progress;

/** The progress after so many predictions of one decision. */
const predicted = (...answers) => answers.reduce((known, isRight) => withPrediction(known, "unread", isRight), noProgress());

test("what is stored is read again", () => {
  const seen = { branches: ["unread/true"], paths: ["wt-f"], challenges: ["quiet"] };
  const whole = Object.entries(seen).reduce((known, [key, names]) => withNames(known, key, names), predicted(true));
  assert.deepEqual(whole, { ...predicted(true), ...seen });
  assert.deepEqual(parseProgress(storedForm(whole)), whole);
});

for (const text of [null, "", "{", "[]", "null", '{"version":2,"branches":["a"]}', '{"version":1}', '{"version":1,"branches":5}']) {
  test(`what is none of ours is no progress: ${text}`, () => assert.deepEqual(parseProgress(text), noProgress()));
}

test("names and counts that cannot be are left out", () => {
  const stored = {
    version: 1,
    branches: ["unread/true", "unread/true", "<b>", 7, "x".repeat(90)],
    challenges: [],
    predictions: { unread: { right: 9, all: 3, streak: 8 }, none: { right: 1, all: 0 }, "A B": { all: 1 }, odd: { all: -1 } },
  };
  const known = parseProgress(JSON.stringify(stored));
  assert.deepEqual(known.branches, ["unread/true"]);
  assert.deepEqual(known.predictions, { unread: { right: 3, all: 3, streak: 3 } });
});

test("three right answers in a row master a decision, and a wrong one begins anew", () => {
  const level = (...answers) => progress.levelOf(predicted(...answers), "unread");
  assert.equal(progress.levelOf(noProgress(), "unread"), "new");
  assert.equal(level(true, true), "some");
  assert.equal(level(true, true, true), "mastered");
  assert.equal(level(true, true, true, false), "wrong");
  assert.deepEqual(progress.score(predicted(true, false, true)), { right: 2, all: 3 });
});

test("a file has all of it, and refuses what is not for this walkthrough or of the future", () => {
  const file = fileOf(predicted(true), "tcp_close");
  assert.deepEqual(readFile(file, "tcp_close"), { progress: predicted(true) });
  assert.deepEqual(readFile(file, "tiny_shutdown"), { problem: "other" });
  assert.deepEqual(readFile(file.replace('"version":1', '"version":2'), "tcp_close"), { problem: "future" });
  for (const text of ["", "[]", "null", '{"version":0}', '{"version":1,"branches":{},"challenges":[],"predictions":{}}']) {
    assert.deepEqual(readFile(text, "tcp_close"), { problem: "bad" });
  }
  const old = file.replace('"walkthrough":"tcp_close",', "");
  assert.deepEqual(readFile(old, "anything"), { progress: predicted(true) });
});

test("a file that comes twice counts once", () => {
  const [short, long] = [predicted(true), predicted(true, true, false)];
  assert.deepEqual(merged(short, long), merged(merged(long, short), long));
  assert.deepEqual(merged(short, long).predictions.unread, { right: 2, all: 3, streak: 0 });
  assert.deepEqual(merged(withNames(noProgress(), "branches", ["a"]), withNames(noProgress(), "branches", ["a", "b"])).branches, ["a", "b"]);
});

test("without storage progress lasts as long as the page", () => {
  progress.changeProgress("here", (known) => withPrediction(known, "unread", true));
  assert.deepEqual(progress.readProgress("here").predictions.unread, { right: 1, all: 1, streak: 1 });
  assert.deepEqual(progress.readProgress("elsewhere"), noProgress());
});

test("a notebook keeps marks and notes, and no more of a note than fits", () => {
  const notebook = changed(changed({ blocks: {} }, "drain", { marked: true }), "drain", { text: "x".repeat(3000) });
  assert.equal(notebook.blocks.drain.text.length, 2000);
  assert.deepEqual(parseNotebook(notebookForm(notebook)), notebook);
  for (const text of [null, "{", '{"version":3}', '{"version":1}']) assert.deepEqual(parseNotebook(text), { blocks: {} });
});

test("a notebook as Markdown has what is marked or noted, in the page's order", () => {
  const notebook = { blocks: { b: { marked: true, text: "" }, a: { marked: false, text: " note " }, c: { marked: false, text: "" } } };
  const titles = ["a", "b", "c"].map((id) => [id, id.toUpperCase(), `#${id}`]);
  assert.equal(asMarkdown(notebook, "Notes", titles), "# Notes\n\n## [A](#a)\n\nnote\n\n## ★ [B](#b)\n");
});
