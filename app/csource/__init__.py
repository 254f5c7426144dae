# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reads C: a text with lines, its syntax tree, its decisions. Knows nothing of running it."""
