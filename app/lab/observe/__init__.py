# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a running kernel shows of a socket: counters, sockets, segments, transitions."""
