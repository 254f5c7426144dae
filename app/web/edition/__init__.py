# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The edition without a server: every page as a file, and every path as data for the browser."""
