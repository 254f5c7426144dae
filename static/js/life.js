// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of a life.

import { WalkLife } from "./elements/walk-life.js";

customElements.define("walk-life", WalkLife);
