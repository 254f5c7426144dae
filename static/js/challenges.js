// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of challenges, and no other, loads this.

import { ReaderProgress } from "./elements/reader-progress.js";

customElements.define("reader-progress", ReaderProgress);
