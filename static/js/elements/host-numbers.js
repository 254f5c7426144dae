// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// <host-numbers>: shows the numbers of a pasted text in the table and beside the lines of code.
// Which line is behind which number stands in the server's markup. Nothing leaves the page.

import { sentencesOf, shareOf, valuesOf } from "../core/host-report.js";
import { readHostText } from "../core/reading/read.js";
import { filled } from "../core/steps.js";

/** A pause in typing, in ms, after which the text is read. */
const PAUSE = 150;

/** Symptoms that are linked beside the sentences. */
const LEADS = 3;

export class HostNumbers extends HTMLElement {
  /** What was read of the text, null without one: see readHostText. */
  reading = null;
  #texts = {};
  #due = 0;

  connectedCallback() {
    for (const term of this.querySelectorAll(".paste dt")) {
      this.#texts[term.textContent] = term.nextElementSibling.textContent;
    }
    this.querySelector(".without-script").hidden = true;
    this.querySelector(".paste").hidden = false;
    this.#area.addEventListener("input", () => {
      clearTimeout(this.#due);
      this.#due = setTimeout(() => this.#read(), PAUSE);
    });
    this.querySelector(".clear").addEventListener("click", () => {
      this.#area.value = "";
      this.#read();
      this.#area.focus();
    });
    // A browser may have brought a text back with the page.
    if (this.#area.value) this.#read();
  }

  get #area() {
    return this.querySelector("textarea");
  }

  #read() {
    const text = this.#area.value;
    const reading = text.trim() ? readHostText(text) : null;
    this.reading = reading;
    const rows = [...this.querySelectorAll("tr[data-name]")];
    const data = rows.map((row) => ({ name: row.dataset.name, kind: row.dataset.kind }));
    const values = valuesOf(data, reading);
    this.querySelector(".clear").hidden = !text;
    for (const cell of this.querySelectorAll(".figure")) cell.hidden = !values.size;
    for (const cell of this.querySelectorAll(".caption th")) cell.colSpan = values.size ? 4 : 2;
    rows.forEach((row, i) => this.#showRow(row, values, shareOf(data[i], data, values)));
    this.#showHeat(values);
    const said = this.querySelector(".said");
    const report = { texts: this.#texts, reading, rows: data, values, number, percent };
    said.textContent = reading ? sentencesOf(report).join(this.#texts.space) : "";
    said.dataset.tone = reading && !values.size && !reading.symptoms.length ? "trouble" : "";
    this.#showLeads(reading?.symptoms ?? []);
  }

  /** Links to the symptoms that the text leads to: the page has one to each already. */
  #showLeads(symptoms) {
    const leads = symptoms
      .map((id) => document.querySelector(`.index a[href="#${id}"]`))
      .filter(Boolean)
      .slice(0, LEADS);
    const list = this.querySelector(".leads");
    list.hidden = !leads.length;
    list.querySelector("ul").replaceChildren(
      ...leads.map((link) => {
        const item = document.createElement("li");
        item.append(link.cloneNode(true));
        return item;
      }),
    );
  }

  #showRow(row, values, share) {
    const value = values.get(row.dataset.name);
    row.dataset.state = value ? "some" : value === 0 ? "zero" : "none";
    row.querySelector(".count").textContent = this.#shown(value);
    row.querySelector(".share").textContent = share === null ? "" : percent(share);
  }

  #shown(value) {
    if (value === undefined) return "";
    return value === null ? this.#texts.absent : number(value);
  }

  #showHeat(values) {
    const marks = [...this.querySelectorAll(".marks > li")];
    for (const mark of marks) {
      const { name, kind, shared } = mark.dataset;
      const value = values.get(name);
      const peers = marks.filter((other) => other.dataset.kind === kind);
      const most = Math.max(...peers.map((other) => values.get(other.dataset.name) ?? 0));
      const gauge = mark.querySelector(".gauge");
      gauge?.toggleAttribute("hidden", !value);
      if (gauge && value) gauge.querySelector("*").style.inlineSize = `${(100 * value) / most}%`;
      mark.classList.toggle("is-some", Boolean(value));
      mark.querySelector(".value").textContent =
        value && shared
          ? filled(this.#texts.shared, { count: number(value), lines: shared })
          : this.#shown(value);
    }
  }
}

function number(value) {
  return value.toLocaleString(document.documentElement.lang);
}

function percent(share) {
  const format = /** @type {const} */ ({ style: "percent", maximumFractionDigits: 1 });
  const isSmall = share > 0 && share < 0.001;
  const text = Math.max(share, isSmall ? 0.001 : 0).toLocaleString(document.documentElement.lang, format);
  return isSmall ? `< ${text}` : text;
}
