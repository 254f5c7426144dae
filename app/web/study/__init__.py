# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of a walkthrough: the socket, the code with its rail, the commentary, the player."""
