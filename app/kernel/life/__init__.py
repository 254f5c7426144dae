# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The life of a socket after the function has returned, with a clock, at both ends."""
