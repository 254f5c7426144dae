// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of this host's counters, and no other, loads this.

import { LiveRates } from "./elements/live-rates.js";

customElements.define("live-rates", LiveRates);
