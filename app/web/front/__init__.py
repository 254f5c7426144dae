# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Pages that belong to no one walkthrough: front page, API for people, errors, corrections."""
