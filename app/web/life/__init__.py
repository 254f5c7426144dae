# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What becomes of a socket when close() has returned, event by event; and of many of them."""
