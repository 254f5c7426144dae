// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of texts to copy, and no other, loads this.

import { equipCopying } from "./dom/copying.js";

equipCopying(document.querySelector(".copy-texts"));
