// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The overview before the code stays as its reader left it. theme.js hides what is known before
// it is painted; from here on the element does.

import { store, stored } from "../core/storage.js";

/** @param {HTMLDetailsElement} life */
export function observeOverview(life) {
  life.open = !stored("overview");
  delete document.documentElement.dataset.overview;
  life.addEventListener("toggle", () => store("overview", life.open ? "" : "known"));
}
