// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Makes a stage of the page of slides, with its keys and its second window.

import { Stage } from "./stage.js";
import { StageInput } from "./stage-input.js";
import { Windows } from "./windows.js";

/** Everything is there, but nothing is shown yet. */
export function setUpStage(root) {
  document.documentElement.classList.add("is-staged");
  root.querySelector(".stage-parts").hidden = false;
  const stage = new Stage(root);
  const input = new StageInput(stage);
  const windows = new Windows(stage, input);
  root.querySelector(".presenter-side").hidden = !windows.isNotes;
  addEventListener("resize", () => stage.deck.refit());
  addEventListener("hashchange", () => stage.deck.node(location.hash.slice(1)) && stage.goTo(location.hash.slice(1)));
  return { stage, input, windows };
}
