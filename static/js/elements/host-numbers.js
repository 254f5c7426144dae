// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// <host-numbers>: shows what a pasted text says, in the sentences, the table and beside the lines of
// code. A worker reads it; nothing leaves the browser. On the front page there is the field alone.

import { makeCopy } from "../dom/copying.js";
import { element } from "../dom/document.js";
import { workerAt } from "../dom/markup.js";

/** A pause in typing, in ms, after which the text is read. */
const PAUSE = 150;

/**
 * Of a longer text only the beginning stands in the field: a browser takes seconds to lay out 2 MB
 * of lines, and the page would stand still.
 */
const LONG = 32 * 1024;
const BEGINNING = 4 * 1024;

/** How a text begins that waits for the page that the reader goes on to; it is taken out there at once. */
const ON_THE_WAY = "pasted:";

class HostNumbers extends HTMLElement {
  /** What was read of the text, null without one: see readHostText. */
  reading = null;
  #words = null;
  #report = null;
  /** The text, where it is longer than what stands in the field. @type {string | null} */
  #whole = null;
  /** @type {Worker | null} */
  #worker = null;
  #asked = null;
  /** What is to be read once the worker is free. */
  #next = null;
  #isBusy = false;
  #due = 0;

  connectedCallback() {
    this.#words = { ...JSON.parse(this.querySelector(".words").textContent, fromHost), origin: location.origin };
    for (const part of this.querySelectorAll(".in-browser, .paste, .copy, .clear")) part.hidden = false;
    for (const part of this.querySelectorAll(".without-script")) part.hidden = true;
    this.#area.addEventListener("input", () => {
      this.#whole = null;
      clearTimeout(this.#due);
      this.#due = setTimeout(() => this.#readField(), PAUSE);
    });
    this.#area.addEventListener("paste", (event) => this.#paste(event));
    this.querySelector(".clear").addEventListener("click", () => {
      this.#put("");
      this.#readField();
      this.#area.focus();
    });
    makeCopy(this.querySelector(".copy"), () => this.#report.markdown);
    if (this.#isBox) this.querySelector(".again").addEventListener("click", () => sendOn(this.#text));
    else if (!this.#area.value) this.#put(received());
    const link = new URLSearchParams(location.search).get("found");
    // A browser may have brought a text back with the page.
    if (this.#area.value) this.#readField();
    else if (link && !this.#isBox) this.#read({ link });
  }

  get #area() {
    return this.querySelector("textarea");
  }

  /** Whether the table and the code are on another page. */
  get #isBox() {
    return !this.querySelector(".heat");
  }

  get #text() {
    return this.#whole ?? this.#area.value;
  }

  #put(text) {
    this.#whole = text.length > LONG ? text : null;
    const end = text.lastIndexOf("\n", BEGINNING);
    this.#area.value = this.#whole === null ? text : `${text.slice(0, end > 0 ? end : BEGINNING)}\n…`;
  }

  /** Takes a long text out of the browser's hands; a shorter one goes into the field as ever. */
  #paste(event) {
    const pasted = event.clipboardData?.getData("text") ?? "";
    const { value, selectionStart, selectionEnd } = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
    if (this.#whole === null && pasted.length + value.length <= LONG) return;
    event.preventDefault();
    this.#put(
      this.#whole === null
        ? value.slice(0, selectionStart) + pasted + value.slice(selectionEnd)
        : `${this.#whole}\n${pasted}`,
    );
    this.#readField();
  }

  #readField() {
    const text = this.#text;
    this.querySelector(".beginning").hidden = this.#whole === null;
    if (text.trim()) this.#read({ text });
    else {
      this.#next = null;
      this.#isBusy = false;
      this.#worker?.terminate();
      this.#worker = null;
      this.#show(null);
    }
  }

  /** Has a text or a link read; of those that come meanwhile only the last. */
  #read(asked) {
    if (this.#isBusy) {
      this.#next = asked;
      return;
    }
    this.#isBusy = true;
    this.querySelector(".said").ariaBusy = "true";
    this.#asked = { ...asked, words: this.#words };
    this.#worker ??= this.#started();
    this.#worker.postMessage(this.#asked);
  }

  #started() {
    const worker = workerAt(new URL("../workers/reading.js", import.meta.url));
    worker.addEventListener("message", ({ data }) => this.#take(data));
    // Where a worker may have no modules, the page itself reads.
    worker.addEventListener("error", async () => {
      const { reportFor } = await import("../core/host-report.js");
      this.#take(reportFor(this.#asked));
    });
    return worker;
  }

  #take(report) {
    this.#isBusy = false;
    const next = this.#next;
    this.#next = null;
    if (next) this.#read(next);
    else this.#show(report);
  }

  #show(report) {
    this.#report = report;
    this.reading = report?.reading ?? null;
    const said = this.querySelector(".said");
    const [first = "", ...others] = report?.sentences ?? [];
    said.ariaBusy = null;
    said.dataset.tone = report?.tone ?? "";
    said.querySelector("strong").textContent = first;
    said.querySelector("span").textContent = others.join(this.#words.texts.space);
    const { leads, branches, page } = this.#words;
    const here = this.#isBox ? page : "";
    this.#list(".leads", report?.leads ?? [], (id) => element("a", { href: `${here}#${id}` }, leads[id]));
    this.#list(".branches", report?.branches ?? [], (id) =>
      element("a", { href: branches[id].href }, element("code", "", branches[id].text)),
    );
    this.querySelector(".take").hidden = !report;
    for (const part of this.querySelectorAll(".again, .copy")) part.hidden = !report?.link;
    this.querySelector(".again").href = report?.link || page;
    const code = this.querySelector(".on-code");
    code.hidden = !report?.code;
    code.href = report?.code || page;
    // The export has no such page.
    const ask = this.querySelector(".ask");
    if (ask) {
      ask.hidden = !report?.which;
      ask.href = report?.which || page;
    }
    if (!this.#isBox) this.#showNumbers(report);
  }

  #list(list, ids, link) {
    const part = this.querySelector(list);
    part.hidden = !ids.length;
    part.querySelector("ul").replaceChildren(...ids.map((id) => element("li", "", link(id))));
  }

  #showNumbers(report) {
    const { hasFigures = false, rows = {}, marks = {}, lit = {} } = report ?? {};
    this.toggleAttribute("data-read", Boolean(report && !report.tone));
    for (const cell of this.querySelectorAll(".figure")) cell.hidden = !hasFigures;
    for (const cell of this.querySelectorAll(".caption th")) cell.colSpan = hasFigures ? 4 : 2;
    for (const row of this.querySelectorAll("tr[data-name]")) {
      const { count = "", share = "", state = "none" } = rows[row.dataset.name] ?? {};
      row.dataset.state = state;
      row.querySelector(".count").textContent = count;
      row.querySelector(".share").textContent = share;
    }
    for (const line of this.querySelectorAll(".heat ol > li")) {
      const number = line.id.slice("heat-".length);
      if (lit[number]) line.dataset.lit = lit[number];
      else delete line.dataset.lit;
      for (const mark of line.querySelectorAll(".marks > li")) {
        const { text = "", look, size = 0 } = marks[`${number} ${mark.dataset.name}`] ?? {};
        if (look === undefined) delete mark.dataset.look;
        else mark.dataset.look = look;
        mark.querySelector(".value").textContent = text;
        mark.querySelector(".gauge line")?.setAttribute("x2", `${size}%`);
      }
    }
  }
}

/** In the export an address is relative to its page: here it begins at the host, as everywhere. */
function fromHost(key, value) {
  if (!["href", "page", "which", "code"].includes(key)) return value;
  const { href, origin } = new URL(value, location.href);
  return href.slice(origin.length);
}

/**
 * Keeps a text until the next page has it: the window's name goes along with the way to a page of this
 * site, and with no way to another. What is put into sessionStorage now and then came after the page.
 */
function sendOn(text) {
  window.name = ON_THE_WAY + text;
}

function received() {
  const { name } = window;
  if (!name.startsWith(ON_THE_WAY)) return "";
  window.name = "";
  return name.slice(ON_THE_WAY.length);
}

customElements.define("host-numbers", HostNumbers);
