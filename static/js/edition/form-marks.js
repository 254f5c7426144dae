// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The reader's socket in the form and in the menu of situations.

import { changed } from "./inputs.js";

/** A default value and not a typed one, so that a reset finds its way back. */
function setControl(control, value, isChanged) {
  if (control.type === "checkbox") control.toggleAttribute("checked", value === "1");
  else if (control.type === "number") control.setAttribute("value", value);
  else if (control.tagName === "SELECT") {
    for (const option of control.options) option.toggleAttribute("selected", option.text === value);
  } else control.setAttribute("value", isChanged ? value : "");
}

export function markForm(fresh, { values, near, challenge }, { facts, pages }) {
  const { words } = pages;
  const form = fresh.querySelector("socket-form form");
  for (const radio of form.querySelectorAll("input[name=state]")) {
    radio.toggleAttribute("checked", radio.value === values.state);
  }
  for (const input of facts.inputs) {
    const field = form.querySelector(`.field[data-key="${input.key}"]`);
    if (!field) continue;
    const isRead = near.example.reads.includes(input.key);
    const isChanged = values[input.key] !== input.default;
    field.toggleAttribute("data-read", isRead);
    field.toggleAttribute("data-changed", isChanged);
    const [title, text] = isRead ? words.read : words.unread;
    Object.assign(field.querySelector(".mark"), { title, textContent: text });
    setControl(field.querySelector("[name]"), values[input.key], isChanged);
  }
  // The language is a folder of the address.
  form.querySelector("input[name=lang]")?.remove();
  if (challenge) {
    const hidden = fresh.createElement("input");
    Object.assign(hidden, { type: "hidden", name: "challenge" });
    hidden.setAttribute("value", challenge);
    form.prepend(hidden);
    form.querySelector(".actions a").href += `?challenge=${challenge}`;
  }
  const query = changed(values, facts).join("&");
  fresh.querySelectorAll(".presets a").forEach((link, number) => {
    if (facts.presets[number].query === query) link.ariaCurrent = "true";
    else link.ariaCurrent = null;
  });
}
