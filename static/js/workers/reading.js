// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// A worker that reads pasted texts: a long one takes longer than a page may stand still.

import { reportFor } from "../core/host-report.js";

onmessage = ({ data }) => postMessage(reportFor(data));
