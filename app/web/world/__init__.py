# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees of a call: the ladder, the state diagram, fields, counters and timers, at each step."""
