// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of slides, and no other, loads this: it becomes a stage.

import { Lecture } from "./classroom/lecture.js";
import { Stage } from "./classroom/stage.js";
import { StageInput } from "./classroom/stage-input.js";
import { Windows } from "./classroom/windows.js";

// A presenter's key must not be seen on the wall, not even for a moment.
const fragment = location.hash.slice(1);
if (fragment.includes("=")) history.replaceState(null, "", location.pathname + location.search);

const root = document.querySelector(".stage");
document.documentElement.classList.add("is-staged");
root.querySelector(".stage-parts").hidden = false;
const stage = new Stage(root);
const input = new StageInput(stage);
const windows = new Windows(stage, input);
root.querySelector(".presenter-side").hidden = !windows.isNotes;
addEventListener("resize", () => stage.deck.refit());
addEventListener("hashchange", () => stage.deck.node(location.hash.slice(1)) && stage.goTo(location.hash.slice(1)));
// Without a server there are no rooms.
const lecture = root.dataset.rooms ? new Lecture(stage, input, windows) : null;
// All the traces that there are come in one piece then.
if (!lecture) await stage.part.traces.prefetch();
await stage.open();
root.classList.add("is-ready");
if (!windows.isNotes) await lecture?.resume(fragment);
