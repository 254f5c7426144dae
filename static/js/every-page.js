// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What every page has. It travels as one file: app/web/http/scripts.py puts in what is imported, and
// has other modules take it from here.

import "./elements/theme-switch.js";
import "./elements/socket-form.js";
import "./elements/walk-through.js";
import "./elements/walk-world.js";
import "./observers/line-numbers.js";
import "./observers/mini-map.js";
import "./observers/overview.js";
import "./observers/situations.js";
import "./observers/search-key.js";
import "./observers/helper-cards.js";
import "./observers/block-notes.js";
import "./observers/progress.js";
