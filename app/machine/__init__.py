# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs C: types and values, the compiler from syntax tree to closures, the record of a run.

Knows nothing of the kernel. What the C calls and names arrives through an `Environment`.
"""
