// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The score of who predicts: of the present path, and of each decision, which this browser keeps.

import { changeProgress, readProgress, withPrediction } from "./progress.js";

export class PredictionScore {
  #walkthrough;
  /** {right, all} of the present path. */
  run = { right: 0, all: 0 };

  constructor(walkthrough) {
    this.#walkthrough = walkthrough;
  }

  get progress() {
    return readProgress(this.#walkthrough);
  }

  /** A new path. */
  start() {
    this.run = { right: 0, all: 0 };
  }

  /** @param {boolean} isKept false where the path is not the walkthrough's own, as in a variant */
  count(decision, isRight, isKept) {
    this.run = { right: this.run.right + (isRight ? 1 : 0), all: this.run.all + 1 };
    if (!isKept) return;
    changeProgress(this.#walkthrough, (progress) => withPrediction(progress, decision, isRight));
  }
}
