# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every path through a function, found by lazy choice, with the exact conditions of each."""
