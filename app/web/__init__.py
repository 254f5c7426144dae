# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The web: addresses, pages, API. It knows HTTP and templates, and nothing of TCP."""
