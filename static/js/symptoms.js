// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The page of symptoms, and no other, loads this.

import { HostNumbers } from "./elements/host-numbers.js";

customElements.define("host-numbers", HostNumbers);
