# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Observations of a socket in a running kernel: counters, sockets, segments, transitions."""
