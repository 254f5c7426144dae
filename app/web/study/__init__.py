# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of a walkthrough: the code with its rail, the socket that was chosen, the commentary, the player."""
