// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of slides, and no other, loads this: it becomes a stage.

import { Stage } from "./classroom/stage.js";
import { StageInput } from "./classroom/stage-input.js";
import { Windows } from "./classroom/windows.js";

const root = document.querySelector(".stage");
document.documentElement.classList.add("is-staged");
root.querySelector(".stage-parts").hidden = false;
const stage = new Stage(root);
const input = new StageInput(stage);
const windows = new Windows(stage, input);
addEventListener("resize", () => stage.deck.refit());
addEventListener("hashchange", () => stage.deck.node(location.hash.slice(1)) && stage.goTo(location.hash.slice(1)));
await stage.open();
root.classList.add("is-ready");
root.querySelector(".presenter-side").hidden = !windows.isNotes;
