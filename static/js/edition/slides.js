// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The slides of the edition: a stage without rooms, whose traces are those of the examples.

import { setUpStage } from "../classroom/set-up.js";
import { Traces } from "../classroom/traces.js";
import { needSheet } from "../dom/sheets.js";
import { factsOf, pagesOf, tracesAddress } from "./data.js";
import { classText, isSame } from "./head-marks.js";
import { nearestExample } from "./examples.js";
import { changed } from "./inputs.js";
import { readQuery } from "./query.js";
import { beyond, refusal } from "./refusal.js";
import { readAddress } from "./site.js";

class ExampleTraces extends Traces {
  #facts;
  #pages;

  constructor(address, facts, pages) {
    super(address);
    this.#facts = facts;
    this.#pages = pages;
  }

  async of(query) {
    await this.prefetch();
    return this.known(query) ?? this.#told(query);
  }

  /** The trace of an example, as that of the socket that it stands for. */
  #told(query) {
    const { values, problems } = readQuery(query, this.#facts);
    const near = problems.length ? null : nearestExample(values, this.#facts);
    if (!near) throw new Error(`nobody can tell ${query}`);
    const own = changed(values, this.#facts).join("&");
    const trace = this.known(own) ?? { ...this.known(near.example.query), query: own };
    if (!isSame(near, values, this.#facts)) trace.title = trace.story = null;
    if (near.differences.length) trace.story = classText(near, this.#pages.words);
    this.keep(query, trace);
    return trace;
  }
}

function problemsOf({ problems, values }, facts) {
  if (problems.length) return problems;
  return nearestExample(values, facts) ? [] : beyond(values, facts);
}

async function showRefusal(problems, there) {
  await needSheet("pages");
  const fresh = refusal(problems, there);
  document.body.className = "error";
  document.querySelector(".stage").replaceWith(document.adoptNode(fresh.querySelector("main")));
  document.title = fresh.title;
}

const { lang, id, query } = readAddress(location.href);
const root = document.querySelector(".stage");
const [facts, pages] = await Promise.all([factsOf(id), pagesOf(id, lang)]);
const problems = problemsOf(readQuery(query, facts), facts);
if (problems.length) {
  await showRefusal(problems, { lang, id, facts, words: pages.words });
} else {
  root.dataset.notes = new URL(root.dataset.notes, document.baseURI).href;
  const { stage } = setUpStage(root, new ExampleTraces(tracesAddress(id, lang), facts, pages));
  await stage.open();
  root.classList.add("is-ready");
}
