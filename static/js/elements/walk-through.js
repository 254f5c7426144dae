// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of a walkthrough: steps without a request, other sockets without a reload.
// The address is the truth at every moment.
//
// Others listen here: "walk:step" after each step (detail: {step, steps}; step is 0 while the
// whole path is shown) and "walk:shown" after another address was brought in.

import { filled, lineStates, targets } from "../core/steps.js";
import { copyMarks, swapParts } from "../core/swap.js";
import { WalkPlayer } from "./walk-player.js";

export class WalkThrough extends HTMLElement {
  #steps = [];
  #request = null;

  connectedCallback() {
    this.#readSteps();
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("walk:visit", (event) => this.visit(event.detail.url, { keepsForm: true }));
    document.addEventListener("click", (event) => this.#onLanguage(event));
    window.addEventListener("popstate", () => this.visit(location.href, { history: "none" }));
    new WalkPlayer(this);
  }

  get step() {
    return Number(this.dataset.step) || 0;
  }

  #readSteps() {
    this.#steps = [...this.querySelectorAll("#steps > li")].map((item) => ({
      n: Number(item.dataset.n),
      line: Number(item.dataset.line),
      end: Number(item.dataset.end),
      verdict: item.dataset.verdict ?? "",
      origin: item.dataset.origin,
      href: item.querySelector(".goto").href,
      item,
    }));
  }

  // Stepping

  /** Shows a step; everything on the page follows in the same moment. */
  go(n) {
    const step = this.#steps[n - 1];
    if (!step) return;
    this.dataset.step = n;
    this.querySelector(".blocks").classList.add("is-stepping");
    this.#markLines(n);
    this.#lightRail(n);
    this.#markSteps(step);
    this.#markPlayer(step);
    history.replaceState(null, "", step.href);
    this.querySelector(`#L${step.line}`)?.scrollIntoView({ block: "nearest" });
    this.#tell("walk:step");
  }

  #tell(name) {
    const detail = { step: this.step, steps: this.#steps };
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  get steps() {
    return this.#steps;
  }

  #markLines(n) {
    const states = lineStates(this.#steps, n);
    const here = new Map();
    for (const step of this.#steps) {
      if (step.n > n) break;
      if (!here.has(step.line)) here.set(step.line, []);
      here.get(step.line).push(step);
    }
    for (const line of this.querySelectorAll(".line[data-path='on']")) {
      const number = Number(line.dataset.line);
      line.dataset.when = states.get(number);
      const steps = here.get(number) ?? [];
      this.#markFork(line, steps.at(-1));
      this.#showEffects(line, steps);
    }
  }

  #lightRail(n) {
    const passed = new Set(["e"]);
    const ahead = new Set();
    for (const step of this.#steps) (step.n <= n ? passed : ahead).add(step.origin);
    for (const track of this.querySelectorAll(".tracks path")) {
      const origins = track.dataset.by.split(" ");
      const isOn = origins.some((origin) => passed.has(origin));
      track.classList.toggle("on", isOn);
      track.classList.toggle("ahead", !isOn && origins.some((origin) => ahead.has(origin)));
      // What is drawn last lies on top.
      if (isOn && track.nextElementSibling) track.parentNode.append(track);
    }
  }

  #markFork(line, step) {
    const fork = line.querySelector(".fork");
    if (!fork) return;
    for (const way of fork.querySelectorAll(".way")) {
      way.toggleAttribute("data-taken", way.dataset.way === step?.verdict);
    }
    const short = step?.item.querySelector(".short");
    fork.querySelector(".reason").replaceChildren(...(short ? short.cloneNode(true).childNodes : []));
  }

  #showEffects(line, steps) {
    const effects = steps.flatMap((step) =>
      [...step.item.querySelectorAll(".effect[data-outward]")].map((effect) => {
        const chip = document.createElement("span");
        chip.className = "effect";
        chip.dataset.kind = effect.dataset.kind;
        chip.dataset.name = effect.dataset.name;
        chip.textContent = effect.textContent;
        return chip;
      }),
    );
    const text = line.querySelector(".text");
    let list = text.querySelector(":scope > .effects");
    if (!list && effects.length) {
      list = document.createElement("span");
      list.className = "effects";
      text.append(list);
    }
    list?.replaceChildren(...effects);
  }

  #markSteps(current) {
    for (const step of this.#steps) {
      if (step === current) step.item.setAttribute("aria-current", "step");
      else step.item.removeAttribute("aria-current");
    }
    for (const block of this.querySelectorAll(".block")) {
      const [start, end] = block.dataset.block.split("-").map(Number);
      block.classList.toggle("is-current", start <= current.line && current.line <= end);
    }
  }

  #markPlayer(current) {
    const player = this.querySelector(".player");
    const to = targets(this.#steps, current.n);
    for (const button of player.querySelectorAll("[data-go]:not(.whole)")) {
      const target = to[button.dataset.go];
      if (target) {
        button.href = this.#steps[target - 1].href;
        button.removeAttribute("aria-disabled");
        button.removeAttribute("role");
      } else {
        button.removeAttribute("href");
        button.setAttribute("aria-disabled", "true");
        button.setAttribute("role", "link");
      }
    }
    const where = player.querySelector(".where");
    where.querySelector(".at").textContent = filled(where.dataset.stepping, {
      step: current.n,
      count: this.#steps.length,
    });
    where.querySelector(".whole").hidden = false;
    const why = current.item.querySelector(".why");
    player.querySelector(".why").replaceChildren(...(why ? why.cloneNode(true).childNodes : []));
    player.querySelector("progress").value = current.n - 1;
    const spoken = player.querySelector(".spoken");
    spoken.textContent = filled(spoken.dataset.text, {
      step: current.n,
      line: current.line,
      why: why?.textContent ?? "",
    });
  }

  // Events

  #onClick(event) {
    const link = event.target.closest("a");
    if (!link?.href || event.defaultPrevented || isSpecial(event) || !isOurs(link)) return;
    const name = link.dataset.go;
    if (name && name !== "whole") {
      event.preventDefault();
      const target = targets(this.#steps, this.step)[name];
      if (target) this.go(target);
      return;
    }
    const step = link.closest("#steps > li");
    event.preventDefault();
    if (step) this.go(Number(step.dataset.n));
    else this.visit(link.href, {});
  }

  #onLanguage(event) {
    // The links stand outside of this element, and were made for the address at the last visit.
    const link = event.target.closest("a[data-language]");
    if (!link) return;
    const address = new URL(location.href);
    address.searchParams.set("lang", new URL(link.href).searchParams.get("lang"));
    link.href = address;
  }

  // Other addresses

  /** Shows another address of this walkthrough; what is wrong with it is said in the form. */
  async visit(url, { history: how = "push", keepsForm = false }) {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { signal: request.signal, headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!response.ok || !fresh.querySelector("walk-through")) {
        if (keepsForm) this.#showProblems(fresh);
        else location.assign(url);
        return;
      }
      const { hash } = new URL(url, location.href);
      this.#show(fresh, response.url + hash, how, keepsForm);
    } catch (error) {
      if (error.name !== "AbortError") location.assign(url);
    } finally {
      if (this.#request === request) this.removeAttribute("aria-busy");
    }
  }

  #show(fresh, url, how, keepsForm) {
    const next = fresh.querySelector("walk-through");
    swapParts(document, fresh, new Set(keepsForm ? ["form"] : []));
    if (keepsForm) {
      copyMarks(this, fresh);
      this.#showProblems(null);
    }
    this.dataset.step = next.dataset.step;
    this.dataset.count = next.dataset.count;
    document.title = fresh.title;
    for (const selector of ["link[rel=canonical]", "meta[name=description]"]) {
      document.head.querySelector(selector)?.replaceWith(fresh.head.querySelector(selector));
    }
    if (how === "push" && url !== location.href) history.pushState(null, "", url);
    this.#readSteps();
    const place = keepsForm ? null : this.querySelector("main [autofocus]");
    place?.focus({ preventScroll: true });
    place?.closest(".line").scrollIntoView({ block: "center" });
    this.#tell("walk:shown");
  }

  #showProblems(fresh) {
    const box = this.querySelector(".problems");
    const list = fresh?.querySelector("#problems");
    box.hidden = !list;
    box.replaceChildren(...(list ? [list] : []));
  }
}

function isSpecial(event) {
  return event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

/** A link into this walkthrough that is a page, and not a place in the one that is open. */
function isOurs(link) {
  const here = location.pathname.split("/")[1];
  return (
    link.origin === location.origin &&
    link.pathname.split("/")[1] === here &&
    !link.getAttribute("href").startsWith("#") &&
    link.dataset.reload === undefined
  );
}
