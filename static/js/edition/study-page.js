// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Puts a page together: the parts that depend on the path from the example that is nearest, and
// what is the reader's own on top of them. The document that goes in is the default socket's page.

import { CodePainter } from "../elements/code-painter.js";
import { StepPainter } from "../elements/step-painter.js";
import { stepsIn } from "../dom/steps.js";
import { markForm } from "./form-marks.js";
import { markHead } from "./head-marks.js";
import { changed } from "./inputs.js";
import { described } from "./places.js";
import { unpacked } from "./pool.js";
import { addressOf, readAddress, root } from "./site.js";

function bringParts(fresh, text) {
  const parts = fresh.createElement("template");
  parts.innerHTML = text.replaceAll('="~/', `="${root.href}`);
  for (const part of parts.content.querySelectorAll("[data-swap]")) {
    fresh.querySelector(`[data-swap="${part.dataset.swap}"]`).replaceWith(part);
  }
}

/** Links that repeat the scenario were written without it; a challenge goes along with others. */
function ownLinks(fresh, { values, challenge }, { lang, id, facts }) {
  const goes = challenge && `challenge=${challenge}`;
  for (const link of fresh.querySelectorAll('[href^="?"]')) {
    const asked = new URLSearchParams(link.getAttribute("href"));
    const state = asked.get("state");
    const query = state
      ? changed({ ...values, state }, facts)
      : [...changed(values, facts), goes, asked.has("step") && `step=${asked.get("step")}`];
    link.setAttribute("href", addressOf(lang, id, "", query));
  }
  const [share, present] = fresh.querySelectorAll(".links > a");
  share.href = addressOf(lang, id, "", changed(values, facts));
  present.href = addressOf(lang, id, "present", changed(values, facts));
  if (!goes) return;
  for (const link of fresh.querySelectorAll(".way, .station, .why-not, .presets a")) {
    link.href += `${link.search ? "&" : "?"}${goes}`;
  }
}

/** The number of the branch that is taken exactly when these lines are executed; null where no single one is. */
function branchTo({ start, end }, { together }) {
  const found = together.filter(([lines]) => lines.some((line) => start <= line && line <= end));
  return found.length === 1 ? found[0][1] : null;
}

/** What the atlas knows of the branches of a place, below its line. */
function tellBranches(fresh, focus, { pages, facts }) {
  const { decision, way, start } = focus;
  const count = facts.branches.length;
  const numbers = [];
  if (decision) {
    for (const taken of way ? [way] : ["true", "false"]) numbers.push(facts.branches.indexOf(`${decision.id}/${taken}`));
  } else {
    const leading = branchTo(focus, facts);
    if (leading !== null) numbers.push(count + leading);
  }
  if (!numbers.length) return;
  const line = fresh.querySelector(`#L${start}`);
  const below = document.createElement("div");
  below.className = ["below", ...line.classList].filter((name) => name === "below" || name.startsWith("in-")).join(" ");
  const rail = line.closest(".stretch").querySelector(".rail.rest").cloneNode(true);
  const no = Object.assign(document.createElement("span"), { className: "no" });
  const text = Object.assign(document.createElement("div"), { className: "text" });
  below.append(rail, no, text);
  line.after(below);
  for (const number of numbers) {
    text.insertAdjacentHTML("beforeend", pages.branches[number].replaceAll('="~/', `="${root.href}`));
  }
}

function markFocus(fresh, { focus, step }, there) {
  tellBranches(fresh, focus, there);
  for (let number = focus.start; number <= focus.end; number++) {
    fresh.getElementById(`L${number}`).classList.add("is-focus");
  }
  if (!step) fresh.querySelector(`#L${focus.start} .no`).setAttribute("autofocus", "");
  if (focus.way) fresh.querySelector(`#L${focus.start} .way[data-way="${focus.way}"]`).classList.add("is-focus");
  if (!focus.block) return;
  const block = fresh.getElementById(focus.block);
  block.classList.add("is-current");
  block.querySelector("details.more").open = true;
}

function showStep(fresh, walk, steps, number) {
  for (const painter of [new CodePainter(walk, steps), new StepPainter(walk, steps)]) painter.paint(number);
  const { line } = steps[number - 1];
  fresh.querySelector(`#L${line} .no`).setAttribute("autofocus", "");
  fresh.querySelector("details.steps").open = true;
  fresh.querySelector(".player input[type=range]").setAttribute("value", number);
  fresh.querySelector(".player progress").setAttribute("value", number - 1);
  const here = fresh.querySelector(".map-here");
  here.setAttribute("y", (line - 1) * 20 - 2);
  here.setAttribute("height", 24);
}

function pageTitle({ focus, values }, place, { facts, pages }) {
  const { words } = pages;
  const name = `${facts.function}()`;
  if (focus) {
    const title = `${place.title} · ${name}`;
    return focus.decision ? words.decisions[focus.decision.id] + words.space + title : title;
  }
  const query = changed(values, facts).join("&");
  if (!query) return words.title;
  const preset = facts.presets.findIndex((one) => one.query === query);
  return `${preset < 0 ? query.replaceAll("&", ", ") : words.presets[preset][0]} · ${name}`;
}

function nameTheHead(fresh, view, { lang, id, facts }) {
  const { focus, hasScenario, values, step, challenge } = view;
  const own = hasScenario ? changed(values, facts) : [];
  fresh.querySelector("link[rel=canonical]").href = addressOf(lang, id, focus?.place, own);
  const query = [...own, challenge && `challenge=${challenge}`, step && `step=${step}`];
  for (const link of fresh.querySelectorAll("a[data-language]")) {
    link.href = addressOf(readAddress(link.href).lang, id, focus?.place, query);
  }
  if (!focus && !own.length) return;
  const sentences = fresh.querySelector(".head .sentences").textContent.replace(/\s+/g, " ").trim();
  fresh.querySelector("meta[name=description]").content = sentences;
}

/**
 * Makes the default socket's page that of another view.
 * @param {Document} fresh is changed
 */
export function studyPage(fresh, view, there) {
  const { pages, facts } = there;
  bringParts(fresh, unpacked(pages, pages.pages[view.near.number]));
  const walk = fresh.querySelector("walk-through");
  ownLinks(fresh, view, there);
  const steps = stepsIn(walk);
  const place = view.focus && described(view.focus, steps, facts, pages.words);
  markForm(fresh, view, there);
  markHead(fresh, view, place, there);
  if (view.focus) markFocus(fresh, view, there);
  walk.dataset.count = steps.length;
  walk.dataset.step = view.step ?? "";
  if (view.step) showStep(fresh, walk, steps, view.step);
  fresh.title = pageTitle(view, place, there);
  nameTheHead(fresh, view, there);
}
