// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What the reader points at, as texts to copy: in a sheet beside the control that was pressed. And
// lines as people select them on code hosts. Loaded when one of these is first wanted.

import { equipCopying } from "../dom/copying.js";
import { copyAddress, linesPlace } from "../core/line-places.js";
import { closeButton, element, needSheet, placeBeside } from "../dom/document.js";
import { documentOf } from "../dom/markup.js";

let sheet = null;
let opener = null;

/** Fetches the texts of a place and shows them beside the link; without popovers, their page. */
export async function openCopying(link) {
  const address = link.dataset.copy === "here" ? copyAddress(link.href, location) : link.href;
  const [answer] = await Promise.all([fetch(address), needSheet("copy")]).catch(() => [null]);
  if (!answer?.ok || !HTMLElement.prototype.showPopover) return location.assign(address);
  const page = documentOf(await answer.text());
  const texts = page.querySelector(".copy-texts");
  sheet ??= makeSheet();
  const more = element("a", { href: address, className: "copy-more" }, page.querySelector("main").dataset.more);
  texts.append(more);
  sheet.replaceChildren(closeButton(sheet, page.querySelector("main").dataset.close), texts);
  equipCopying(texts);
  opener = link;
  sheet.showPopover();
  place(link.getBoundingClientRect());
  (sheet.querySelector("button[data-copy]:not([hidden])") ?? more).focus({ preventScroll: true });
}

function makeSheet() {
  const made = element("div", { className: "copy-sheet", popover: "auto", role: "dialog" });
  made.setAttribute("aria-labelledby", "copy-title");
  made.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && opener.isConnected) opener.focus({ preventScroll: true });
  });
  document.body.append(made);
  return made;
}

/** Beside the control; on a phone the sheet has its own place. */
function place(anchor) {
  if (matchMedia("(max-width: 40rem)").matches) sheet.style.left = sheet.style.top = "";
  else placeBeside(sheet, anchor);
}

/** Shift and a click on a number: the lines from the one that was chosen before. */
export function selectLines(walk, link) {
  const first = walk.querySelector(".line.is-focus")?.dataset.line ?? link.textContent;
  const target = new URL(link.href);
  target.pathname = target.pathname.replace(/L\d+(?=\/?$)/, linesPlace(Number(first), Number(link.textContent)));
  return walk.visit(target.href, {});
}

/** `#lit=49-known,126-shared`: what a pasted text said of lines, marked in the whole function. */
export function showLit(walk) {
  for (const [, number, look] of location.hash.matchAll(/(\d+)-([a-z]+)/g)) {
    const line = walk.querySelector(`#L${number}`);
    if (line) line.dataset.lit = look;
  }
  walk.querySelector("[data-lit]")?.scrollIntoView({ block: "center" });
}

/** `#L10-L20`, as code hosts write it: the address of the lines. */
export function showHash(walk) {
  const [, first, last] = location.hash.match(/^#L(\d+)-L?(\d+)$/);
  const line = walk.querySelector(`#L${first} .no`);
  if (!line || !walk.querySelector(`#L${last}`)) return;
  // Where the address of lines is this very hash, they are shown already.
  if (line.closest(".is-focus")) return;
  const target = new URL(line.href);
  target.pathname = target.pathname.replace(/L\d+(?=\/?$)/, linesPlace(Number(first), Number(last)));
  location.replace(target.href);
}
