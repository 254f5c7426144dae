// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Other addresses of the walkthrough, shown without a reload: those of links, and of the socket in the
// form, a change of which shows its path at once. The server renders them and makes the short address;
// what is wrong with what was typed is said in the form.

import { documentOf } from "../dom/markup.js";

const TYPING_PAUSE_MS = 250;

/** Asks the server for a page: whether it is one, its short address, and the page. */
export async function askServer(url, signal) {
  const response = await fetch(url, { signal, headers: { Accept: "text/html" } });
  const fresh = documentOf(await response.text());
  return { ok: response.ok, address: response.url, fresh };
}

/** Whether a control is no longer as the page came. */
function isChanged(control) {
  if (control.matches("select")) return !control.selectedOptions[0].defaultSelected;
  return control.matches("input") && (control.checked !== control.defaultChecked || control.value !== control.defaultValue);
}

/** The address without the place on the page. */
const bare = () => location.pathname + location.search;

export class PageVisits {
  #walk;
  #shown;
  #request = null;
  #address = bare();
  #timer = 0;

  /**
   * @param {HTMLElement} walk the <walk-through>
   * @param {(keepsForm: boolean) => void} shown called when another address was brought in
   */
  constructor(walk, shown) {
    this.#walk = walk;
    this.#shown = shown;
    for (const type of ["change", "input", "submit"]) walk.addEventListener(type, (event) => this.#onForm(event));
    walk.addEventListener("walk:step", () => (this.#address = bare()));
    // A place on the page that is open needs no visit, which would take the focus from it.
    window.addEventListener("popstate", () => {
      if (bare() === this.#address) this.#request?.abort();
      else this.visit(location.href, { history: "none" });
    });
    document.addEventListener("click", (event) => this.#onLanguage(event));
    // What was chosen before this script had come was not heard, and counts all the same.
    const form = walk.querySelector("socket-form form");
    if ([.../** @type {any} */ (form).elements].some(isChanged)) this.#send(form);
  }

  /** Shows another address of this walkthrough. */
  async visit(url, { history: how = "push", keepsForm = false }) {
    clearTimeout(this.#timer);
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.#walk.setAttribute("aria-busy", "true");
    try {
      const { ok, address, fresh } = await this.#walk.ask(url, request.signal);
      // Not everybody who is asked can be interrupted: an answer that comes too late is not shown.
      request.signal.throwIfAborted();
      if (!ok || !fresh.querySelector("walk-through")) {
        if (keepsForm) this.#showProblems(fresh);
        else location.assign(url);
        return;
      }
      const { hash } = new URL(url, location.href);
      this.#show(fresh, address + hash, how, keepsForm);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    } finally {
      if (this.#request === request) this.#walk.removeAttribute("aria-busy");
    }
  }

  #onForm(event) {
    const form = event.target.closest("socket-form form");
    if (!form || (event.type === "input" && !event.target.matches("[type=text], [type=number]"))) return;
    if (event.type === "submit") event.preventDefault();
    clearTimeout(this.#timer);
    if (event.type === "input") this.#timer = setTimeout(() => this.#send(form), TYPING_PAUSE_MS);
    else this.#send(form);
  }

  #send(form) {
    const query = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    this.visit(new URL(`?${query}`, form.action).href, { keepsForm: true });
  }

  #show(fresh, url, how, keepsForm) {
    const next = fresh.querySelector("walk-through");
    const focused = document.activeElement;
    const part = focused.closest("[data-swap]")?.dataset.swap;
    swapParts(document, fresh, new Set(keepsForm ? ["form"] : []));
    if (keepsForm) {
      copyMarks(this.#walk, fresh);
      this.#showProblems(null);
    }
    this.#walk.dataset.step = next.dataset.step;
    this.#walk.dataset.count = next.dataset.count;
    if (next.dataset.inside) this.#walk.dataset.inside = next.dataset.inside;
    else delete this.#walk.dataset.inside;
    document.title = fresh.title;
    for (const selector of ["link[rel=canonical]", "meta[name=description]"]) {
      document.head.querySelector(selector)?.replaceWith(fresh.head.querySelector(selector));
    }
    if (how === "push" && url !== location.href) history.pushState(null, "", url);
    this.#address = bare();
    this.#shown(keepsForm);
    if (part && document.activeElement === document.body) focusAgain(document.querySelector(`[data-swap="${part}"]`), /** @type {Found} */ (focused));
  }

  #showProblems(fresh) {
    const box = this.#walk.querySelector(".problems");
    const list = fresh?.querySelector("#problems");
    const keys = [...(list?.children ?? [])].map((item) => item.dataset.key);
    for (const input of this.#walk.querySelectorAll(".field :is(input, select)")) {
      input.ariaInvalid = keys.includes(input.name) ? "true" : null;
    }
    // Beside what was typed: the head of the form may be out of sight.
    this.#walk.querySelector(".field:has([aria-invalid])")?.append(box);
    box.hidden = !list;
    box.replaceChildren(...(list ? [list] : []));
    if (list) box.scrollIntoView({ block: "nearest" });
  }

  #onLanguage(event) {
    // The links stand outside of the element, and were made for the address at the last visit.
    const link = event.target.closest("a[data-language]");
    const lang = link && new URL(link.href).searchParams.get("lang");
    if (!lang) return;
    const address = new URL(location.href);
    address.searchParams.set("lang", lang);
    link.href = address;
  }
}

/** The focus was on what a visit has replaced: on what has the same name now, or else on that part of the page. */
function focusAgain(part, { localName, ariaLabel, title, textContent }) {
  const same = [...part.querySelectorAll(localName)].find(
    (other) => other.ariaLabel === ariaLabel && other.title === title && other.textContent === textContent,
  );
  for (const node of [same, part]) {
    if (document.activeElement === document.body) node?.focus({ preventScroll: true });
  }
}

/**
 * Replaces each [data-swap] part by the part of the same name in the new document.
 * @param {Set<string>} kept names of parts that stay as they are
 */
function swapParts(current, fresh, kept) {
  for (const part of current.querySelectorAll("[data-swap]")) {
    const name = part.dataset.swap;
    const other = fresh.querySelector(`[data-swap="${name}"]`);
    if (!other || kept.has(name)) continue;
    const scroll = part.scrollTop;
    if (part instanceof HTMLDetailsElement && part.open) other.open = true;
    part.replaceWith(other);
    other.scrollTop = scroll;
  }
}

/** Brings the marks of the form (read, changed) up to date without touching what is typed. */
function copyMarks(current, fresh) {
  for (const field of current.querySelectorAll(".field")) {
    const other = fresh.querySelector(`.field[data-key="${field.dataset.key}"]`);
    if (!other) continue;
    field.toggleAttribute("data-read", other.hasAttribute("data-read"));
    field.toggleAttribute("data-changed", other.hasAttribute("data-changed"));
    field.querySelector(".mark")?.replaceWith(other.querySelector(".mark"));
  }
}
