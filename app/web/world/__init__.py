# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees of a call, step by step: ladder, state diagram, fields, counters, timers."""
